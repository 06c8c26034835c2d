import type { Template } from '../../tools/template';
import type { AwsClient } from '../aws/client';
import { Route53, type DnsRecord } from '../aws/route53';
import type { RunningEnvironment } from '../environment/environment';
import { zonesOfTeardown } from '../template/platform';

const CONTROLLER_TAG = 'elbv2.k8s.aws/cluster';
const CILIUM_TAG = 'io.cilium/cluster-name';
const EKS_TAG = 'aws:eks:cluster-name';

/** A thing that was planted. */
interface Thing {
  readonly name: string;
  /** Whether the teardown is to delete it. */
  readonly ours: boolean;
  isThere(): Promise<boolean>;
  remove(): Promise<unknown>;
}

/** A network, by two of its subnets. */
interface Network {
  readonly vpc: string;
  readonly subnets: string[];
}

/** What a platform's controllers and others might leave in an account: the teardown deletes the one, and never the other. */
export class Planted {
  private readonly things: Thing[] = [];
  private readonly aws: AwsClient;
  private readonly route53: Route53;
  private elsewhere?: Network;

  constructor(private readonly environment: RunningEnvironment, private readonly stackName: string, private readonly template: Template) {
    this.aws = environment.aws;
    this.route53 = new Route53(this.aws);
  }

  /** Nothing where the template has no teardown. */
  async plant(): Promise<string> {
    const zones = zonesOfTeardown(this.template);
    if (zones === undefined) {
      return 'the template has no teardown';
    }
    const { clusters: [name] } = await this.aws.call('eks', 'list_clusters');
    const { cluster: { resourcesVpcConfig: { vpcId, subnetIds } } } = await this.aws.call('eks', 'describe_cluster', { name });
    this.elsewhere = await this.makeNetwork();
    await this.plantOurs(name, { vpc: vpcId, subnets: subnetIds.slice(0, 2) });
    await this.plantOthers(name, vpcId, this.elsewhere);
    for (const zone of zones) {
      // Others' records would keep a zone of the stack itself from being deleted.
      const owners = typeof zone === 'string' ? [['left', name], ['others', `${name}-2`], ['nobodys']] : [['left', name]];
      await this.plantRecords(name, await this.zoneId(zone), owners);
    }
    const ours = this.things.filter(it => it.ours).length;
    return `${ours} things as this cluster leaves them, ${this.things.length - ours} of others`;
  }

  /** Which of both are there: those that should not be, and those that should and are not. */
  async differences(oursAreThere: boolean): Promise<string[]> {
    const wrong: string[] = [];
    for (const { name, ours, isThere } of this.things) {
      const expected = oursAreThere || !ours;
      if (await isThere() !== expected) {
        wrong.push(expected ? `${name} is gone` : `${name} is left`);
      }
    }
    return wrong;
  }

  /** Removes what others left, so that the account is as it was. */
  async remove(): Promise<void> {
    for (const it of this.things.filter(one => !one.ours)) {
      await it.remove();
    }
    for (const id of this.elsewhere?.subnets ?? []) {
      await this.aws.call('ec2', 'delete_subnet', { SubnetId: id });
    }
    if (this.elsewhere) {
      await this.aws.call('ec2', 'delete_vpc', { VpcId: this.elsewhere.vpc });
    }
  }

  /** Each holds the one before it, so that the order of the deletions counts. */
  private async plantOurs(cluster: string, { vpc, subnets }: Network) {
    const [first, second] = [
      await this.group('left-1', vpc, { [CONTROLLER_TAG]: cluster }, true), await this.group('left-2', vpc, { [EKS_TAG]: cluster }, true),
    ];
    for (const [group, named] of [[first, second], [second, first], [second, second]]) {
      const rule = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId: named }] };
      await this.aws.call('ec2', 'authorize_security_group_ingress', { GroupId: group, IpPermissions: [rule] });
    }
    await this.interface('of the operator', subnets[0], second, { [CILIUM_TAG]: cluster }, true);
    const targets = await this.targetGroup('left', vpc, { [CONTROLLER_TAG]: cluster }, true);
    const balancer = await this.balancer('left', subnets, [first], { [CONTROLLER_TAG]: cluster }, true);
    await this.aws.call('elbv2', 'create_listener', {
      LoadBalancerArn: balancer, Protocol: 'HTTP', Port: 80, DefaultActions: [{ Type: 'forward', TargetGroupArn: targets }],
    });
    await this.logGroup(`/aws/eks/${cluster}/cluster`, true);
  }

  /** Another cluster's, nobody's, and what has our tags in another network. What would hold the platform's VPC is not among them. */
  private async plantOthers(cluster: string, vpc: string, elsewhere: Network) {
    await this.targetGroup('others', vpc, { [CONTROLLER_TAG]: `${cluster}-2` }, false);
    await this.targetGroup('nobodys', vpc, {}, false);
    await this.logGroup(`/aws/eks/${cluster}-2/cluster`, false);
    for (const [name, tag] of [['others', `${cluster}-2`], ['namesakes', cluster]]) {
      const group = await this.group(name, elsewhere.vpc, { [CONTROLLER_TAG]: tag }, false);
      await this.balancer(name, elsewhere.subnets, [group], { [CONTROLLER_TAG]: tag }, false);
      await this.interface(name, elsewhere.subnets[0], group, { [CILIUM_TAG]: tag }, false);
    }
  }

  private async plantRecords(cluster: string, zone: string, owners: string[][]) {
    const { HostedZones: zones } = await this.aws.call('route53', 'list_hosted_zones');
    const known = zones.find((it: any) => it.Id === `/hostedzone/${zone}`)?.Name.replace(/\.$/, '');
    if (known === undefined) { // it is there before the platform, and removed after it
      await this.route53.makeZone('left.test', zone);
      this.things.push({
        name: `hosted zone ${zone}`, ours: false, isThere: async () => true, remove: () => this.route53.removeZone({ id: zone, name: 'left.test' }),
      });
    }
    const domain = known ?? 'left.test';
    for (const [label, owner] of owners) {
      const name = `${label}.${domain}.`;
      const marker = { Name: `edns-a.${name}`, Type: 'TXT', TTL: 300, ResourceRecords: [{ Value: `"heritage=external-dns,external-dns/owner=${owner}"` }] };
      const records = [{ Name: name, Type: 'A', TTL: 300, ResourceRecords: [{ Value: '192.0.2.1' }] }, ...owner ? [marker] : []];
      await this.route53.change(zone, records.map(it => ({ Action: 'CREATE', ResourceRecordSet: it })));
      for (const { Name } of records) {
        this.add(`record ${Name}`, owner === cluster,
          async () => (await this.recordsOf(zone)).filter(it => it.Name === Name),
          () => this.route53.removeRecords(zone, it => it.Name === Name));
      }
    }
    this.things.sort((one, other) => Number(one.name.startsWith('hosted zone')) - Number(other.name.startsWith('hosted zone')));
  }

  /** None where the zone has gone with the stack. */
  private async recordsOf(zone: string): Promise<DnsRecord[]> {
    const { HostedZones: zones } = await this.aws.call('route53', 'list_hosted_zones');
    return zones.some((it: any) => it.Id === `/hostedzone/${zone}`) ? this.route53.records(zone) : [];
  }

  private async group(name: string, vpc: string, tags: Tags, ours: boolean): Promise<string> {
    const { GroupId } = await this.aws.call('ec2', 'create_security_group', { GroupName: `rehearsal-${name}`, Description: name, VpcId: vpc });
    await this.aws.call('ec2', 'create_tags', { Resources: [GroupId], Tags: listOf(tags) });
    this.add(`security group ${name}`, ours,
      async () => (await this.aws.call('ec2', 'describe_security_groups')).SecurityGroups.filter((it: any) => it.GroupId === GroupId),
      () => this.aws.call('ec2', 'delete_security_group', { GroupId }));
    return GroupId;
  }

  private async interface(name: string, SubnetId: string, group: string, tags: Tags, ours: boolean) {
    const { NetworkInterface: { NetworkInterfaceId } } = await this.aws.call('ec2', 'create_network_interface', {
      SubnetId, Groups: [group], TagSpecifications: [{ ResourceType: 'network-interface', Tags: listOf(tags) }],
    });
    this.add(`network interface ${name}`, ours,
      async () => (await this.aws.call('ec2', 'describe_network_interfaces')).NetworkInterfaces.filter((it: any) => it.NetworkInterfaceId === NetworkInterfaceId),
      () => this.aws.call('ec2', 'delete_network_interface', { NetworkInterfaceId }), true);
  }

  private async targetGroup(name: string, VpcId: string, tags: Tags, ours: boolean): Promise<string> {
    const { TargetGroups: [{ TargetGroupArn }] } = await this.aws.call('elbv2', 'create_target_group', {
      Name: `rehearsal-${name}`, Protocol: 'HTTP', Port: 80, VpcId, TargetType: 'ip', ...Object.keys(tags).length > 0 && { Tags: listOf(tags) },
    });
    this.add(`target group ${name}`, ours,
      async () => (await this.aws.call('elbv2', 'describe_target_groups')).TargetGroups.filter((it: any) => it.TargetGroupArn === TargetGroupArn),
      () => this.aws.call('elbv2', 'delete_target_group', { TargetGroupArn }));
    return TargetGroupArn;
  }

  private async balancer(name: string, Subnets: string[], SecurityGroups: string[], tags: Tags, ours: boolean): Promise<string> {
    const { LoadBalancers: [{ LoadBalancerArn }] } = await this.aws.call('elbv2', 'create_load_balancer', {
      Name: `rehearsal-${name}`, Scheme: 'internal', Subnets, SecurityGroups, Tags: listOf(tags),
    });
    this.add(`load balancer ${name}`, ours,
      async () => (await this.aws.call('elbv2', 'describe_load_balancers')).LoadBalancers.filter((it: any) => it.LoadBalancerArn === LoadBalancerArn),
      () => this.aws.call('elbv2', 'delete_load_balancer', { LoadBalancerArn }), true);
    return LoadBalancerArn;
  }

  private async logGroup(logGroupName: string, ours: boolean) {
    await this.aws.call('logs', 'create_log_group', { logGroupName });
    this.add(`log group ${logGroupName}`, ours,
      async () => (await this.aws.call('logs', 'describe_log_groups', { logGroupNamePrefix: logGroupName })).logGroups
        .filter((it: any) => it.logGroupName === logGroupName),
      () => this.aws.call('logs', 'delete_log_group', { logGroupName }));
  }

  private async makeNetwork(): Promise<Network> {
    const { Vpc: { VpcId: vpc } } = await this.aws.call('ec2', 'create_vpc', { CidrBlock: '10.99.0.0/16' });
    const subnets: string[] = [];
    for (const [index, zone] of ['a', 'b'].entries()) {
      const { Subnet: { SubnetId } } = await this.aws.call('ec2', 'create_subnet', {
        VpcId: vpc, CidrBlock: `10.99.${index}.0/24`, AvailabilityZone: `${this.environment.emulator.region}${zone}`,
      });
      subnets.push(SubnetId);
    }
    return { vpc, subnets };
  }

  /** A zone of the stack itself has its id from the deployment. */
  private async zoneId(zone: string | { readonly Ref: string }): Promise<string> {
    if (typeof zone === 'string') {
      return zone;
    }
    const found = await this.aws.call('cloudformation', 'describe_stack_resource', { StackName: this.stackName, LogicalResourceId: zone.Ref });
    return found.StackResourceDetail.PhysicalResourceId;
  }

  /** @param first whether it holds others, so that it must be removed before them */
  private add(name: string, ours: boolean, find: () => Promise<unknown[]>, remove: () => Promise<unknown>, first = false) {
    this.things[first ? 'unshift' : 'push']({ name, ours, isThere: async () => (await find()).length > 0, remove });
  }
}

type Tags = { readonly [key: string]: string };

function listOf(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
