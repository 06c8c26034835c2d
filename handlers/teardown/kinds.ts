import { isOwner, ownedBy, type RecordSet } from './records';
import type { Kind, Leftover } from './sweep';
import { everyPage, isGone, type Aws } from '../shared/aws';

/** Which cluster's leftovers, and where they are. */
export interface Settings {
  readonly clusterName: string;
  readonly vpcId: string;
  /** The zones whose records are cleaned up. */
  readonly zoneIds: string[];
}

/** The tag that load balancer controllers put on everything that they create. */
const CONTROLLER_TAG = 'elbv2.k8s.aws/cluster';

/** The tag that EKS puts on the security group that it creates. */
const EKS_TAG = 'aws:eks:cluster-name';

/** The tag that Cilium's operator puts on its network interfaces. */
const CILIUM_TAG = 'io.cilium/cluster-name';

/** How many load balancers or target groups DescribeTags accepts at once. */
const TAGS_AT_ONCE = 20;

/**
 * All kinds of leftovers, in the order in which they can be deleted: load balancers use target groups and, through their
 * interfaces, security groups. Security groups name each other in their rules.
 */
export function kindsOf(aws: Aws, settings: Settings): Kind[] {
  const { clusterName, zoneIds } = settings;
  return [
    {
      name: 'load balancer',
      help: 'if it is protected: aws elbv2 modify-load-balancer-attributes --attributes Key=deletion_protection.enabled,Value=false --load-balancer-arn ARN',
      find: async () => (await taggedInVpc(aws, settings, 'describeLoadBalancers', 'LoadBalancers', 'LoadBalancerArn'))
        .map(id => ({ id, remove: () => aws.call('elb', 'deleteLoadBalancer', { LoadBalancerArn: id }) })),
    },
    {
      name: 'target group',
      find: async () => (await taggedInVpc(aws, settings, 'describeTargetGroups', 'TargetGroups', 'TargetGroupArn'))
        .map(id => ({ id, remove: () => aws.call('elb', 'deleteTargetGroup', { TargetGroupArn: id }) })),
    },
    { name: 'network interface', find: () => findInterfaces(aws, settings) },
    { name: 'rules of security group', find: () => findRules(aws, settings) },
    {
      name: 'security group',
      find: async () => (await securityGroups(aws, settings))
        .map(({ GroupId }) => ({ id: GroupId, remove: () => aws.call('ec2', 'deleteSecurityGroup', { GroupId }) })),
    },
    { name: 'log group', find: () => findLogGroup(aws, `/aws/eks/${clusterName}/cluster`) },
    ...zoneIds.map(zone => ({ name: `record in ${zone}`, find: () => findRecords(aws, zone, clusterName) })),
  ];
}

async function taggedInVpc(aws: Aws, { clusterName, vpcId }: Settings, operation: string, items: string, arn: string): Promise<string[]> {
  const all = await everyPage(aws, 'elb', operation, { PageSize: 400 }, items, ['Marker', 'NextMarker']);
  const arns: string[] = all.filter(it => it.VpcId === vpcId).map(it => it[arn]);
  const ours: string[] = [];
  for (let at = 0; at < arns.length; at += TAGS_AT_ONCE) {
    const { TagDescriptions } = await aws.call('elb', 'describeTags', { ResourceArns: arns.slice(at, at + TAGS_AT_ONCE) });
    ours.push(...TagDescriptions
      .filter((it: any) => isTagged(it.Tags, CONTROLLER_TAG, clusterName))
      .map((it: any) => it.ResourceArn));
  }
  return ours;
}

/** Only those that are attached to nothing: one that is in use belongs to a running machine. */
async function findInterfaces(aws: Aws, { clusterName, vpcId }: Settings): Promise<Leftover[]> {
  const found = await inVpc(aws, 'describeNetworkInterfaces', 'NetworkInterfaces', vpcId, [
    { Name: `tag:${CILIUM_TAG}`, Values: [clusterName] }, { Name: 'status', Values: ['available'] },
  ]);
  return found.filter(it => it.Status === 'available' && isTagged(it.TagSet, CILIUM_TAG, clusterName)).map(({ NetworkInterfaceId }) => ({
    id: NetworkInterfaceId,
    remove: () => aws.call('ec2', 'deleteNetworkInterface', { NetworkInterfaceId }),
  }));
}

async function securityGroups(aws: Aws, { clusterName, vpcId }: Settings): Promise<any[]> {
  const found = new Map<string, any>();
  for (const tag of [CONTROLLER_TAG, EKS_TAG]) {
    const groups = await inVpc(aws, 'describeSecurityGroups', 'SecurityGroups', vpcId, [{ Name: `tag:${tag}`, Values: [clusterName] }]);
    groups.filter(it => isTagged(it.Tags, tag, clusterName)).forEach(group => found.set(group.GroupId, group));
  }
  return [...found.values()];
}

/** A group that another group's rule names can't be deleted. So all rules of our groups that name a group are deleted first. */
async function findRules(aws: Aws, settings: Settings): Promise<Leftover[]> {
  const naming = (permissions: any[] = []) => permissions.filter(it => it.UserIdGroupPairs?.length > 0)
    .map(({ IpProtocol, FromPort, ToPort, UserIdGroupPairs }) => ({
      IpProtocol, FromPort, ToPort, UserIdGroupPairs: UserIdGroupPairs.map(({ GroupId, UserId }: any) => ({ GroupId, UserId })),
    }));
  return (await securityGroups(aws, settings))
    .map(group => ({ GroupId: group.GroupId, ingress: naming(group.IpPermissions), egress: naming(group.IpPermissionsEgress) }))
    .filter(({ ingress, egress }) => ingress.length + egress.length > 0)
    .map(({ GroupId, ingress, egress }) => ({
      id: GroupId,
      remove: async () => {
        if (ingress.length > 0) {
          await aws.call('ec2', 'revokeSecurityGroupIngress', { GroupId, IpPermissions: ingress });
        }
        if (egress.length > 0) {
          await aws.call('ec2', 'revokeSecurityGroupEgress', { GroupId, IpPermissions: egress });
        }
      },
    }));
}

/** Checked here again, whatever filter was sent: nothing without the tag may ever be deleted. */
function isTagged(tags: { Key: string; Value: string }[] | undefined, key: string, value: string): boolean {
  return (tags ?? []).some(tag => tag.Key === key && tag.Value === value);
}

function inVpc(aws: Aws, operation: string, items: string, vpcId: string, filters: object[]): Promise<any[]> {
  const Filters = [{ Name: 'vpc-id', Values: [vpcId] }, ...filters];
  return everyPage(aws, 'ec2', operation, { Filters, MaxResults: 1000 }, items, ['NextToken', 'NextToken']);
}

async function findLogGroup(aws: Aws, logGroupName: string): Promise<Leftover[]> {
  const groups = await everyPage(aws, 'logs', 'describeLogGroups', { logGroupNamePrefix: logGroupName }, 'logGroups', ['nextToken', 'nextToken']);
  return groups.filter(it => it.logGroupName === logGroupName) // the names of others only begin with it
    .map(() => ({ id: logGroupName, remove: () => aws.call('logs', 'deleteLogGroup', { logGroupName }) }));
}

/** Records are deleted in one change with their marker, so that no record is left without its owner's name. */
async function findRecords(aws: Aws, HostedZoneId: string, clusterName: string): Promise<Leftover[]> {
  let records: RecordSet[];
  try {
    records = await recordsOf(aws, HostedZoneId);
  } catch (error) {
    if (isGone(error)) {
      return []; // the zone was deleted by hand
    }
    throw error;
  }
  return records.filter(it => isOwner(it, clusterName)).flatMap(marker => {
    const owned = ownedBy(marker, records);
    if (owned === undefined) {
      console.log(`left alone: ${marker.Name} in ${HostedZoneId} does not have the format that the platform's ExternalDNS writes`);
      return [];
    }
    const Changes = [...owned, marker].map(ResourceRecordSet => ({ Action: 'DELETE', ResourceRecordSet }));
    return [{
      id: [marker.Name, marker.SetIdentifier].filter(Boolean).join(' '),
      remove: () => aws.call('route53', 'changeResourceRecordSets', { HostedZoneId, ChangeBatch: { Changes } }),
    }];
  });
}

async function recordsOf(aws: Aws, HostedZoneId: string): Promise<RecordSet[]> {
  const records: RecordSet[] = [];
  let start: object | undefined = {};
  while (start) {
    const page: any = await aws.call('route53', 'listResourceRecordSets', { HostedZoneId, ...start });
    records.push(...page.ResourceRecordSets);
    start = page.IsTruncated
      ? { StartRecordName: page.NextRecordName, StartRecordType: page.NextRecordType, StartRecordIdentifier: page.NextRecordIdentifier }
      : undefined;
  }
  return records;
}
