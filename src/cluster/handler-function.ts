import { join } from 'path';
import { Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface HandlerFunctionProps {
  readonly description: string;
  /** The module below the handlers' folder, and what it exports. */
  readonly handler: string;
  readonly memorySize: number;
  readonly logGroup: logs.ILogGroup;
  /** What it may do beside logging and going on. */
  readonly statements: iam.PolicyStatement[];
  readonly environment?: { [name: string]: string };
  readonly layers?: lambda.ILayerVersion[];
  /** Where it runs. Without it, it has the internet but none of the VPC. */
  readonly network?: { readonly vpc: ec2.IVpc; readonly vpcSubnets?: ec2.SubnetSelection; readonly securityGroups: ec2.ISecurityGroup[] };
}

/**
 * What Lambda itself does, with the function's role, to give the function an address in a VPC.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
const NETWORK_ACTIONS = [
  'ec2:AssignPrivateIpAddresses', 'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * One of the functions that serve custom resources: it answers CloudFormation itself, and goes on by invoking itself.
 */
export class HandlerFunction extends Construct {
  public readonly function: lambda.Function;
  public readonly role: iam.Role;

  /** The function's ARN, for custom resources: what names it is created after all that the function needs, and deleted before. */
  public readonly serviceToken: string;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    const { network } = props;
    this.role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Handler: new iam.PolicyDocument({
          minimize: false,
          statements: [
            new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [props.logGroup.logGroupArn] }),
            ...network ? [new iam.PolicyStatement({ actions: NETWORK_ACTIONS, resources: ['*'] })] : [],
            ...props.statements,
          ],
        }),
      },
    });
    this.function = new lambda.Function(this, 'Function', {
      description: props.description,
      code: lambda.Code.fromAsset(join(__dirname, '..', '..', 'assets')),
      handler: props.handler,
      runtime: lambda.Runtime.NODEJS_24_X,
      timeout: Duration.minutes(15),
      memorySize: props.memorySize,
      logGroup: props.logGroup,
      role: this.role,
      environment: props.environment,
      layers: props.layers,
      ...network,
    });
    // The first of the two, in a way that makes CloudFormation wait for both, whatever construct the resource is of.
    this.serviceToken = Token.asString({ 'Fn::Select': [0, [this.function.functionArn, this.ownRights(network !== undefined).ref]] });
  }

  /** What names the function itself, and so can't stand in the role, which the function needs first. */
  private ownRights(inVpc: boolean): iam.CfnPolicy {
    const { functionArn } = this.function;
    return new iam.CfnPolicy(this, 'Policy', {
      policyName: 'Itself',
      roles: [this.role.roleName],
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: functionArn },
          // Interfaces are Lambda's business and not that of the function's code.
          ...inVpc ? [{ Effect: 'Deny', Action: NETWORK_ACTIONS, Resource: '*', Condition: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } } }] : [],
        ],
      },
    });
  }
}

/** Where functions log: a group that goes with the stack, after them. Lambda's own groups would be kept for ever. */
export function functionLogs(scope: Construct): logs.LogGroup {
  return new logs.LogGroup(scope, 'LogGroup', { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
}
