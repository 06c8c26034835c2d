import { CfnResource, CustomResource, Duration, Stack, Token } from 'aws-cdk-lib';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, Dependable, type IConstruct, type IDependable } from 'constructs';
import { functionLogs, HandlerFunction } from './handler-function';
import { teardownStatements, type TeardownProps } from './teardown-policy';
import { pinFeatureFlags } from '../cdk/feature-flags';

const GUARD = 'Custom::EksPlatformDeletionGuard';

/** CloudFormation's longest, and its default. It is written here because the function answers just before it ends. */
const SERVICE_TIMEOUT = Duration.hours(1);

/**
 * Deletes what a cluster's controllers left behind, after the cluster and before its VPC.
 *
 * The cluster must depend on this construct. Network interfaces, security groups and log groups that CloudFormation
 * did not make would otherwise keep the VPC from being deleted, or stay for ever.
 */
export class Teardown extends Construct {
  /** Where the platform's functions log. It is deleted with the stack, after all of them. */
  public readonly logGroup: logs.LogGroup;

  private readonly handler: HandlerFunction;
  private readonly clusterName: string;

  constructor(scope: Construct, id: string, props: TeardownProps) {
    super(scope, id);
    pinFeatureFlags(this);
    this.clusterName = props.clusterName;
    this.logGroup = functionLogs(this);
    this.handler = new HandlerFunction(this, 'Handler', {
      description: `Deletes what the controllers of ${Token.isUnresolved(props.clusterName) ? 'a cluster' : props.clusterName} left behind`,
      handler: 'teardown/index.handler',
      memorySize: 256,
      logGroup: this.logGroup,
      statements: teardownStatements(props),
    });
    const resource = new CustomResource(this, 'Resource', {
      resourceType: 'Custom::EksPlatformTeardown',
      serviceToken: this.handler.serviceToken,
      serviceTimeout: SERVICE_TIMEOUT,
      properties: {
        Task: 'teardown',
        ClusterName: props.clusterName,
        VpcId: props.vpc.vpcId,
        ZoneIds: props.hostedZones.map(zone => zone.hostedZoneId),
      },
    });
    // A load balancer that is left has addresses in the VPC's subnets, and its interfaces keep the internet gateway from being detached.
    resource.node.addDependency(props.vpc);
  }

  /**
   * Refuses to delete the stack while the cluster's deletion protection is on, before anything in it is deleted.
   *
   * The guard depends on everything in the stack, including what depends on the platform, and so is deleted first.
   * It is a child of the stack: inside the platform, what depends on the platform would depend on the guard, too.
   */
  public guard(): void {
    const stack = Stack.of(this);
    const guard = new CustomResource(stack, `DeletionGuard${this.node.addr.slice(-8)}`, {
      resourceType: GUARD,
      serviceToken: this.handler.serviceToken,
      properties: { Task: 'guard', ClusterName: this.clusterName },
    });
    guard.node.addDependency(allBefore(stack));
  }
}

/**
 * Everything in a stack but guards, looked up at the end, when dependencies are resolved.
 *
 * Resources with a condition, such as CDK's own metadata, are left out: nothing may depend on what may not exist.
 */
function allBefore(stack: Stack): IDependable {
  const dependable: IDependable = {};
  Dependable.implement(dependable, {
    get dependencyRoots() {
      return resourcesIn(stack).filter(it => it.cfnResourceType !== GUARD && it.cfnOptions.condition === undefined);
    },
  });
  return dependable;
}

/** Resources of stacks inside are left out, as those may depend on this one; a nested stack counts as a resource itself. */
function resourcesIn(construct: IConstruct): CfnResource[] {
  const below = construct.node.children.filter(it => !Stack.isStack(it)).flatMap(resourcesIn);
  return CfnResource.isCfnResource(construct) ? [construct, ...below] : below;
}
