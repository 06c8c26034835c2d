import type { Aws, Service } from '../../handlers/shared/aws';
import { run, type DryRun, type Event } from '../../handlers/teardown/run';

/** An error as the SDK throws it. */
export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

/** An account with the leftovers that a test plants, which answers in the shapes of AWS. */
export class FakeAws implements Aws {
  public stackStatus = 'DELETE_IN_PROGRESS';
  public cluster?: { status: string; deletionProtection?: boolean };
  public loadBalancers: { arn: string; cluster: string; vpc?: string; isProtected?: boolean }[] = [];
  public targetGroups: { arn: string; cluster: string; vpc?: string }[] = [];
  public interfaces: { id: string; cluster: string; status?: string }[] = [];
  public groups: { id: string; tag: string; cluster: string; names?: string[] }[] = [];
  public logGroups: string[] = [];
  public records: any[] = [];
  public pageSize = 100;

  /** Whether EC2 lists all there is, whatever was asked for. */
  public ignoresFilters = false;

  /** All calls, in their order. */
  public readonly calls: { operation: string; input: any }[] = [];

  /** Errors by operation: each is thrown once, before the call does anything. */
  public readonly failures: { [operation: string]: Error[] } = {};

  /** Called before each call: lets a test change the account meanwhile. */
  public before: (operation: string) => void = () => {};

  public async call(_service: Service, operation: string, input: any): Promise<any> {
    this.calls.push({ operation, input });
    this.before(operation);
    const failure = this.failures[operation]?.shift();
    if (failure) {
      throw failure;
    }
    return (this as any)[operation](input);
  }

  /** What the handler asked to be deleted or changed, in its order. */
  public get changes(): string[] {
    return this.calls.map(it => it.operation).filter(it => !/^(describe|list|invoke)/.test(it));
  }

  protected describeStacks() {
    return { Stacks: [{ StackStatus: this.stackStatus }] };
  }

  protected describeCluster() {
    if (!this.cluster) {
      throw awsError('ResourceNotFoundException', 'No cluster found for name: shop.');
    }
    return { cluster: this.cluster };
  }

  protected describeLoadBalancers({ Marker }: any) {
    const [page, NextMarker] = this.page(this.loadBalancers, Marker);
    return { LoadBalancers: page.map(it => ({ LoadBalancerArn: it.arn, VpcId: it.vpc ?? 'vpc-1' })), NextMarker };
  }

  protected describeTargetGroups({ Marker }: any) {
    const [page, NextMarker] = this.page(this.targetGroups, Marker);
    return { TargetGroups: page.map(it => ({ TargetGroupArn: it.arn, VpcId: it.vpc ?? 'vpc-1' })), NextMarker };
  }

  protected describeTags({ ResourceArns }: any) {
    if (ResourceArns.length > 20) {
      throw awsError('ValidationError', '1 to 20 resources');
    }
    const all = [...this.loadBalancers, ...this.targetGroups];
    return {
      TagDescriptions: ResourceArns.map((arn: string) => ({
        ResourceArn: arn,
        Tags: [{ Key: 'elbv2.k8s.aws/cluster', Value: all.find(it => it.arn === arn)!.cluster }],
      })),
    };
  }

  protected deleteLoadBalancer({ LoadBalancerArn }: any) {
    if (this.loadBalancers.find(it => it.arn === LoadBalancerArn)?.isProtected) {
      throw awsError('OperationNotPermittedException', `Load balancer '${LoadBalancerArn}' cannot be deleted because deletion protection is enabled`);
    }
    this.loadBalancers = this.loadBalancers.filter(it => it.arn !== LoadBalancerArn);
  }

  protected deleteTargetGroup({ TargetGroupArn }: any) {
    this.targetGroups = this.targetGroups.filter(it => it.arn !== TargetGroupArn);
  }

  protected describeNetworkInterfaces({ Filters, NextToken }: any) {
    const [cluster] = valuesOf(Filters, 'tag:io.cilium/cluster-name');
    const [status] = valuesOf(Filters, 'status');
    const ours = this.interfaces.filter(it => this.ignoresFilters || (it.cluster === cluster && (it.status ?? 'available') === status));
    const [page, next] = this.page(ours, NextToken);
    return {
      NetworkInterfaces: page.map(it => ({
        NetworkInterfaceId: it.id, Status: it.status ?? 'available', TagSet: [{ Key: 'io.cilium/cluster-name', Value: it.cluster }],
      })),
      NextToken: next,
    };
  }

  protected deleteNetworkInterface({ NetworkInterfaceId }: any) {
    this.interfaces = this.interfaces.filter(it => it.id !== NetworkInterfaceId);
  }

  protected describeSecurityGroups({ Filters }: any) {
    const found = this.groups.filter(it => this.ignoresFilters || valuesOf(Filters, `tag:${it.tag}`).includes(it.cluster));
    const open = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }], UserIdGroupPairs: [] };
    return {
      SecurityGroups: found.map(it => ({
        GroupId: it.id,
        Tags: [{ Key: it.tag, Value: it.cluster }],
        IpPermissions: [open, ...(it.names ?? []).map(GroupId => ({ ...open, IpRanges: [], UserIdGroupPairs: [{ GroupId }] }))],
        IpPermissionsEgress: [],
      })),
    };
  }

  protected revokeSecurityGroupIngress({ GroupId, IpPermissions }: any) {
    const group = this.groups.find(it => it.id === GroupId)!;
    const revoked = IpPermissions.flatMap((it: any) => it.UserIdGroupPairs.map((pair: any) => pair.GroupId));
    group.names = group.names!.filter(it => !revoked.includes(it));
  }

  protected deleteSecurityGroup({ GroupId }: any) {
    if (this.groups.some(it => it.id !== GroupId && it.names?.includes(GroupId))) {
      throw awsError('DependencyViolation', `resource ${GroupId} has a dependent object`);
    }
    this.groups = this.groups.filter(it => it.id !== GroupId);
  }

  protected describeLogGroups({ logGroupNamePrefix }: any) {
    return { logGroups: this.logGroups.filter(it => it.startsWith(logGroupNamePrefix)).map(logGroupName => ({ logGroupName })) };
  }

  protected deleteLogGroup({ logGroupName }: any) {
    this.logGroups = this.logGroups.filter(it => it !== logGroupName);
  }

  protected listResourceRecordSets({ StartRecordName }: any) {
    const [page, next] = this.page(this.records, StartRecordName);
    return { ResourceRecordSets: page, IsTruncated: next !== undefined, NextRecordName: next, NextRecordType: 'A' };
  }

  protected changeResourceRecordSets({ ChangeBatch }: any) {
    const gone = ChangeBatch.Changes.map((it: any) => it.ResourceRecordSet);
    this.records = this.records.filter(it => !gone.includes(it));
  }

  protected invoke() {
    return { StatusCode: 202 };
  }

  private page<T>(all: T[], token?: string): [T[], string | undefined] {
    const start = Number(token ?? 0);
    const end = start + this.pageSize;
    return [all.slice(start, end), end < all.length ? `${end}` : undefined];
  }
}

/** A Delete as CloudFormation sends it. */
export function deletion(properties: Partial<Event['ResourceProperties']> = {}, event: Partial<Event> = {}): Event {
  return {
    RequestType: 'Delete',
    ResponseURL: 'https://answer.example.com/',
    StackId: 'stack',
    RequestId: 'request',
    ResourceType: 'Custom::EksPlatformTeardown',
    LogicalResourceId: 'Teardown',
    PhysicalResourceId: 'teardown-shop',
    ResourceProperties: { Task: 'teardown', ClusterName: 'shop', VpcId: 'vpc-1', ZoneIds: ['Z1'], ...properties },
    ...event,
  };
}

/** Runs the handler for up to 15 minutes from `start` on, with a clock that jumps where it would sleep. */
export async function serve(aws: FakeAws, event: Event | DryRun, start = 0) {
  const answers: any[] = [];
  let now = start;
  const clock = { now: () => now, sleep: async (milliseconds: number) => { now += milliseconds; } };
  const invocation = { functionName: 'teardown', getRemainingTimeInMillis: () => start + 15 * 60_000 - now };
  const outcome = await run(event, invocation, { aws, clock, respond: async (_url, body) => { answers.push(body); } });
  return { answers, outcome, elapsed: now - start };
}

function valuesOf(filters: any[], name: string): string[] {
  return filters.find(it => it.Name === name)?.Values ?? [];
}
