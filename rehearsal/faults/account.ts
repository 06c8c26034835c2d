import { CAUSE, type Failure } from './calls';

/** What there is in the account, as data that can be copied and compared. */
export interface Things {
  cluster?: { status: string; deletionProtection: boolean };
  balancers: { arn: string; cluster: string; vpc: string }[];
  targets: { arn: string; cluster: string; vpc: string }[];
  interfaces: { id: string; cluster?: string; status: string }[];
  groups: { id: string; tag: string; cluster: string; names: string[] }[];
  logs: string[];
  records: any[];
}

const VPC = 'vpc-1';

/** An error as the SDK throws it. */
export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

/** What the SDK throws when a call failed through no fault of its caller's, and its own tries are used up. */
export function failure(how: Failure): Error {
  return {
    'error': awsError('InternalFailure', `the service failed (${CAUSE})`),
    'throttling': awsError('ThrottlingException', `Rate exceeded (${CAUSE})`),
    'time-out': awsError('TimeoutError', `Connection timed out (${CAUSE})`),
  }[how];
}

/** An account of AWS: as much of it as our functions call. An operation that is not here is refused, not guessed. */
export class Account {
  public things: Things = { balancers: [], targets: [], interfaces: [], groups: [], logs: [], records: [] };

  constructor(private readonly world: { stackStatus(): string; invoke(functionName: string, event: any): void }) {}

  public call(operation: string, input: any): any {
    const run = (this as any)[operation];
    if (!OPERATIONS.includes(operation) || run === undefined) {
      throw new Error(`rehearsal/faults/account.ts does not know ${operation}: teach it what AWS does`);
    }
    return structuredClone(run.call(this, input));
  }

  protected invoke({ FunctionName, Payload }: any) {
    this.world.invoke(FunctionName, JSON.parse(Buffer.from(Payload).toString()));
    return { StatusCode: 202 };
  }

  protected describeStacks() {
    return { Stacks: [{ StackStatus: this.world.stackStatus() }] };
  }

  protected describeCluster() {
    if (this.things.cluster === undefined) {
      throw awsError('ResourceNotFoundException', 'No cluster found for name: shop.');
    }
    return { cluster: { name: 'shop', ...this.things.cluster } };
  }

  protected updateClusterConfig({ deletionProtection }: any) {
    this.things.cluster = { ...this.describeCluster().cluster, deletionProtection };
    return { update: { status: 'InProgress' } };
  }

  protected describeLoadBalancers() {
    return { LoadBalancers: this.things.balancers.map(it => ({ LoadBalancerArn: it.arn, VpcId: it.vpc })) };
  }

  protected describeTargetGroups() {
    return { TargetGroups: this.things.targets.map(it => ({ TargetGroupArn: it.arn, VpcId: it.vpc })) };
  }

  protected describeTags({ ResourceArns }: any) {
    const all = [...this.things.balancers, ...this.things.targets];
    const tagsOf = (arn: string) => [{ Key: 'elbv2.k8s.aws/cluster', Value: all.find(it => it.arn === arn)?.cluster }];
    return { TagDescriptions: ResourceArns.map((arn: string) => ({ ResourceArn: arn, Tags: tagsOf(arn) })) };
  }

  protected deleteLoadBalancer({ LoadBalancerArn }: any) {
    this.things.balancers = this.things.balancers.filter(it => it.arn !== LoadBalancerArn);
  }

  protected deleteTargetGroup({ TargetGroupArn }: any) {
    this.things.targets = this.things.targets.filter(it => it.arn !== TargetGroupArn);
  }

  /** As unkind as EC2 may be: it lists all there is, whatever was asked for. */
  protected describeNetworkInterfaces() {
    const tagsOf = (cluster?: string) => cluster === undefined ? [] : [{ Key: 'io.cilium/cluster-name', Value: cluster }];
    return { NetworkInterfaces: this.things.interfaces.map(it => ({ NetworkInterfaceId: it.id, Status: it.status, TagSet: tagsOf(it.cluster) })) };
  }

  protected deleteNetworkInterface({ NetworkInterfaceId }: any) {
    this.things.interfaces = this.things.interfaces.filter(it => it.id !== NetworkInterfaceId);
  }

  protected describeSecurityGroups() {
    return {
      SecurityGroups: this.things.groups.map(it => ({
        GroupId: it.id,
        VpcId: VPC,
        Tags: [{ Key: it.tag, Value: it.cluster }],
        IpPermissions: it.names.map(GroupId => ({ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] })),
        IpPermissionsEgress: [],
      })),
    };
  }

  protected revokeSecurityGroupIngress({ GroupId, IpPermissions }: any) {
    const revoked = IpPermissions.flatMap((it: any) => it.UserIdGroupPairs.map((pair: any) => pair.GroupId));
    this.things.groups = this.things.groups.map(it => it.id === GroupId ? { ...it, names: it.names.filter(name => !revoked.includes(name)) } : it);
  }

  protected deleteSecurityGroup({ GroupId }: any) {
    if (this.things.groups.some(it => it.id !== GroupId && it.names.includes(GroupId))) {
      throw awsError('DependencyViolation', `resource ${GroupId} has a dependent object`);
    }
    this.things.groups = this.things.groups.filter(it => it.id !== GroupId);
  }

  protected describeLogGroups({ logGroupNamePrefix }: any) {
    return { logGroups: this.things.logs.filter(it => it.startsWith(logGroupNamePrefix)).map(logGroupName => ({ logGroupName })) };
  }

  protected deleteLogGroup({ logGroupName }: any) {
    this.things.logs = this.things.logs.filter(it => it !== logGroupName);
  }

  protected listResourceRecordSets() {
    return { ResourceRecordSets: this.things.records, IsTruncated: false };
  }

  /** All changes or none. */
  protected changeResourceRecordSets({ ChangeBatch: { Changes } }: any) {
    const key = ({ Name, Type }: any) => `${Name} ${Type}`;
    const gone: string[] = Changes.filter((it: any) => it.Action === 'DELETE').map((it: any) => key(it.ResourceRecordSet));
    const missing = gone.find(it => !this.things.records.some(record => key(record) === it));
    if (missing !== undefined) {
      throw awsError('InvalidChangeBatch', `Tried to delete resource record set ${missing} but it was not found`);
    }
    this.things.records = this.things.records.filter(it => !gone.includes(key(it)));
  }
}

const OPERATIONS = [
  'invoke', 'describeStacks', 'describeCluster', 'updateClusterConfig', 'describeLoadBalancers', 'describeTargetGroups', 'describeTags',
  'deleteLoadBalancer', 'deleteTargetGroup', 'describeNetworkInterfaces', 'deleteNetworkInterface', 'describeSecurityGroups',
  'revokeSecurityGroupIngress', 'deleteSecurityGroup', 'describeLogGroups', 'deleteLogGroup', 'listResourceRecordSets', 'changeResourceRecordSets',
];
