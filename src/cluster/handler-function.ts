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
  /** What it may do besides logging and invoking itself. */
  readonly statements: iam.PolicyStatement[];
  readonly environment?: { [name: string]: string };
  readonly layers?: lambda.ILayerVersion[];
  /** The network that it runs in. Without one it reaches the internet, but nothing inside a VPC. */
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
 * A function that serves custom resources: it answers CloudFormation itself, and invokes itself to continue longer work.
 */
export class HandlerFunction extends Construct {
  public readonly function: lambda.Function;
  public readonly role: iam.Role;

  /** The function's ARN for custom resources, which are created after everything that the function needs, and deleted before. */
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
    // Selects the ARN, but refers to both: CloudFormation waits for the policy, too, whichever construct defines the resource.
    this.serviceToken = Token.asString({ 'Fn::Select': [0, [this.function.functionArn, this.ownRights(network !== undefined).ref]] });
  }

  /** Statements that name the function can't be in its role, which must exist before the function. */
  private ownRights(inVpc: boolean): iam.CfnPolicy {
    const { functionArn } = this.function;
    return new iam.CfnPolicy(this, 'Policy', {
      policyName: 'Itself',
      roles: [this.role.roleName],
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: functionArn },
          // Only Lambda itself handles network interfaces: the function's code may not.
          ...inVpc ? [{ Effect: 'Deny', Action: NETWORK_ACTIONS, Resource: '*', Condition: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } } }] : [],
        ],
      },
    });
  }
}

/** A log group that is deleted with the stack, after the functions that log there. Lambda's own groups would stay for ever. */
export function functionLogs(scope: Construct): logs.LogGroup {
  return new logs.LogGroup(scope, 'LogGroup', { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
}
