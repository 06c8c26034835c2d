import { join } from 'path';
import { CfnResource, CustomResource, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, Dependable, type IConstruct, type IDependable } from 'constructs';
import { teardownStatements, type TeardownProps } from './teardown-policy';
import { pinFeatureFlags } from '../cdk/feature-flags';

const GUARD = 'Custom::EksPlatformDeletionGuard';

/** CloudFormation's longest, and its default; said here as the function answers just before. */
const SERVICE_TIMEOUT = Duration.hours(1);

/**
 * Deletes what a cluster's controllers left behind, after the cluster is gone and before its VPC goes.
 *
 * The cluster must depend on this construct. Interfaces, groups and log groups that CloudFormation
 * did not make would else hold the VPC, or stay for ever.
 */
export class Teardown extends Construct {
  /** Where the platform's functions log. It goes with the stack, after all of them. */
  public readonly logGroup: logs.LogGroup;

  private readonly handler: lambda.Function;
  private readonly clusterName: string;

  constructor(scope: Construct, id: string, props: TeardownProps) {
    super(scope, id);
    pinFeatureFlags(this);
    this.clusterName = props.clusterName;
    this.logGroup = new logs.LogGroup(this, 'LogGroup', { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
    this.handler = this.createHandler(props);
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::EksPlatformTeardown',
      serviceToken: this.handler.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: {
        Task: 'teardown',
        ClusterName: props.clusterName,
        VpcId: props.vpc.vpcId,
        ZoneIds: props.hostedZones.map(zone => zone.hostedZoneId),
      },
    });
    // A load balancer that is left has addresses in the VPC's subnets, and interfaces that hold its gateway.
    resource.node.addDependency(props.vpc);
    resource.node.addDependency(this.mayContinue());
  }

  /**
   * Refuses to delete the stack while the cluster's deletion protection is on, before anything in it is deleted.
   *
   * The guard comes after all that is in the stack, what depends on the platform included, and so is deleted first.
   * It stands at the stack: what depends on the platform would else depend on what comes after it.
   */
  public guard(): void {
    const stack = Stack.of(this);
    const guard = new CustomResource(stack, `DeletionGuard${this.node.addr.slice(-8)}`, {
      resourceType: GUARD,
      serviceToken: this.handler.functionArn,
      properties: { Task: 'guard', ClusterName: this.clusterName },
    });
    guard.node.addDependency(allBefore(stack));
  }

  /** A function's own log groups would be made by Lambda, and kept for ever. */
  public logFunctionsOf(construct: IConstruct): void {
    for (const resource of construct.node.findAll().filter(it => it instanceof lambda.CfnFunction)) {
      resource.loggingConfig = { logGroup: this.logGroup.logGroupName };
    }
  }

  private createHandler(props: TeardownProps): lambda.Function {
    return new lambda.Function(this, 'Handler', {
      description: `Deletes what the controllers of ${Token.isUnresolved(props.clusterName) ? 'a cluster' : props.clusterName} left behind`,
      code: lambda.Code.fromAsset(join(__dirname, '..', '..', 'assets')),
      handler: 'teardown/index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      timeout: Duration.minutes(15),
      memorySize: 256,
      logGroup: this.logGroup,
      role: new iam.Role(this, 'Role', {
        assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
        inlinePolicies: {
          Teardown: new iam.PolicyDocument({
            minimize: false,
            statements: [
              new iam.PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [this.logGroup.logGroupArn] }),
              ...teardownStatements(props),
            ],
          }),
        },
      }).withoutPolicyUpdates(), // the function comes before what names it
    });
  }

  /** Beside the role, which the function needs first: the right of the function to go on in another invocation. */
  private mayContinue(): iam.CfnPolicy {
    return new iam.CfnPolicy(this, 'Continue', {
      policyName: 'Continue',
      roles: [this.handler.role!.roleName],
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: this.handler.functionArn }],
      },
    });
  }
}

/** All that is in a stack, but guards: known when dependencies are resolved, at the end. */
function allBefore(stack: Stack): IDependable {
  const dependable: IDependable = {};
  Dependable.implement(dependable, {
    get dependencyRoots() {
      return resourcesIn(stack).filter(it => it.cfnResourceType !== GUARD);
    },
  });
  return dependable;
}

/** Without those of stacks inside, which may depend on this one; a nested stack is a resource itself. */
function resourcesIn(construct: IConstruct): CfnResource[] {
  const below = construct.node.children.filter(it => !Stack.isStack(it)).flatMap(resourcesIn);
  return CfnResource.isCfnResource(construct) ? [construct, ...below] : below;
}
