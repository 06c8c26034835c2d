import type { Account, LeftOver } from './leftovers';

/*
 * The API that finds resources by tags still lists some for an hour after they are gone, such as instances. Of these kinds the service itself
 * is asked. All others count as left until that API has forgotten them, too.
 */

type Look = (account: Account, id: string, arn: string) => Promise<unknown[] | undefined>;

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

/** Whether something that was found by its tags is really there. */
export async function isThere(account: Account, { arn, kind }: LeftOver): Promise<boolean> {
  const look = KINDS[kind];
  const found = look && await look(account, arn.split('/').pop()!, arn);
  return look === undefined || (found?.length ?? 0) > 0;
}

function where(Name: string, ...Values: string[]) {
  return { Name, Values };
}

/** Some services have an error for what is not there. */
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
