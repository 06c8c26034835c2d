import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2 } from '@aws-sdk/client-ec2';
import type { EKS } from '@aws-sdk/client-eks';
import type { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ResourceGroupsTaggingAPI } from '@aws-sdk/client-resource-groups-tagging-api';

/** What is asked in the account. */
export interface Account {
  readonly ec2: Pick<EC2, 'describeInstances' | 'describeNatGateways' | 'describeNetworkInterfaces' | 'describeVolumes' | 'describeVpcEndpoints'>;
  readonly eks: Pick<EKS, 'describeCluster'>;
  readonly elb: Pick<ElasticLoadBalancingV2, 'describeLoadBalancers' | 'describeTargetGroups'>;
  readonly logs: Pick<CloudWatchLogs, 'describeLogGroups'>;
  readonly tags: Pick<ResourceGroupsTaggingAPI, 'getResources'>;
}

/** A resource that AWS lists. */
export interface Resource {
  readonly arn: string;
  /** Such as `ec2/natgateway`. */
  readonly kind: string;
}

type Look = (account: Account, id: string, arn: string) => Promise<unknown[] | undefined>;

/**
 * The API that finds resources by tags still lists some, such as instances, for an hour after they are deleted. For these kinds the
 * service itself is asked. A resource of any other kind counts as existing until that API has forgotten it.
 */
const KINDS: { readonly [kind: string]: Look } = {
  'ec2/instance': async ({ ec2 }, id) => {
    const states = ['pending', 'running', 'stopping', 'stopped', 'shutting-down'];
    return (await ec2.describeInstances({ Filters: [where('instance-id', id), where('instance-state-name', ...states)] })).Reservations;
  },
  'ec2/natgateway': async ({ ec2 }, id) => (await ec2.describeNatGateways({ Filter: [where('nat-gateway-id', id), where('state', 'pending', 'available', 'deleting')] })).NatGateways,
  'ec2/network-interface': async ({ ec2 }, id) => (await ec2.describeNetworkInterfaces({ Filters: [where('network-interface-id', id)] })).NetworkInterfaces,
  'ec2/volume': async ({ ec2 }, id) => (await ec2.describeVolumes({ Filters: [where('volume-id', id)] })).Volumes,
  'ec2/vpc-endpoint': async ({ ec2 }, id) => {
    const { VpcEndpoints } = await ec2.describeVpcEndpoints({ Filters: [where('vpc-endpoint-id', id)] });
    return VpcEndpoints?.filter(it => it.State?.toLowerCase() !== 'deleted');
  },
  'eks/cluster': ({ eks }, name) => unlessMissing(async () => [(await eks.describeCluster({ name })).cluster]),
  'elasticloadbalancing/loadbalancer': ({ elb }, _, arn) => unlessMissing(async () => (await elb.describeLoadBalancers({ LoadBalancerArns: [arn] })).LoadBalancers),
  'elasticloadbalancing/targetgroup': ({ elb }, _, arn) => unlessMissing(async () => (await elb.describeTargetGroups({ TargetGroupArns: [arn] })).TargetGroups),
};

/** Whether a resource that was found by its tags still exists. */
export async function exists(account: Account, { arn, kind }: Resource): Promise<boolean> {
  const look = KINDS[kind];
  const found = look && await look(account, arn.split('/').pop()!, arn);
  return look === undefined || (found?.length ?? 0) > 0;
}

function where(Name: string, ...Values: string[]) {
  return { Name, Values };
}

/** Some services answer with an error if there is no such resource. */
async function unlessMissing(look: () => Promise<unknown[] | undefined>): Promise<unknown[] | undefined> {
  try {
    return await look();
  } catch (error) {
    if (/NotFound/.test((error as Error).name)) {
      return [];
    }
    throw error;
  }
}
