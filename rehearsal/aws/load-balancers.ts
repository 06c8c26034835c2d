import type { AwsClient } from './client';

type Texts = { readonly [key: string]: string };

/** A load balancer, with all that belongs to it. */
export interface LoadBalancer {
  readonly dns: string;
  readonly scheme: string;
  readonly tags: Texts;
  readonly attributes: Texts;
  readonly webAcl: string | null;
  /** The security groups that let it in. */
  readonly opened: string[];
  readonly listeners: Listener[];
  readonly targetGroups: TargetGroup[];
}

export interface Listener {
  readonly port: number;
  readonly protocol: string;
  readonly policy: string | null;
  readonly certificates: string[];
  readonly redirects: { readonly Protocol: string; readonly Port: string; readonly StatusCode: string }[];
  readonly rules: { readonly hosts: string[]; readonly paths: string[]; readonly actions: string[] }[];
}

export interface TargetGroup {
  readonly name: string;
  readonly type: string;
  readonly version: string | null;
  readonly path: string | null;
  readonly interval: number;
  readonly timeout: number;
  readonly healthy: number;
  readonly unhealthy: number;
  readonly codes: string | null;
  readonly attributes: Texts;
  readonly targets: number;
  readonly tags: Texts;
}

/** The load balancers that are in the account. */
export async function loadBalancersIn(aws: AwsClient): Promise<LoadBalancer[]> {
  const { LoadBalancers } = await aws.call('elbv2', 'describe_load_balancers');
  return Promise.all(LoadBalancers.map((it: any) => loadBalancer(aws, it)));
}

async function loadBalancer(aws: AwsClient, { LoadBalancerArn, DNSName, Scheme, SecurityGroups = [] }: any): Promise<LoadBalancer> {
  const { Listeners } = await aws.call('elbv2', 'describe_listeners', { LoadBalancerArn });
  const { TargetGroups } = await aws.call('elbv2', 'describe_target_groups', { LoadBalancerArn });
  return {
    dns: DNSName,
    scheme: Scheme,
    tags: await tagsOf(aws, LoadBalancerArn),
    attributes: textsOf((await aws.call('elbv2', 'describe_load_balancer_attributes', { LoadBalancerArn })).Attributes),
    webAcl: (await aws.call('wafv2', 'get_web_acl_for_resource', { ResourceArn: LoadBalancerArn })).WebACL?.ARN ?? null,
    opened: await openedTo(aws, SecurityGroups),
    listeners: await Promise.all(Listeners.map((it: any) => listener(aws, it))),
    targetGroups: await Promise.all(TargetGroups.map((it: any) => targetGroup(aws, it))),
  };
}

async function listener(aws: AwsClient, found: any): Promise<Listener> {
  const { ListenerArn, Port, Protocol, SslPolicy = null, Certificates = [], DefaultActions } = found;
  const { Rules } = await aws.call('elbv2', 'describe_rules', { ListenerArn });
  const values = ({ Conditions }: any, field: string, config: string) =>
    Conditions.filter((it: any) => it.Field === field).flatMap((it: any) => it[config].Values);
  return {
    port: Port,
    protocol: Protocol,
    policy: SslPolicy,
    certificates: Certificates.map((it: any) => it.CertificateArn),
    redirects: DefaultActions.filter((it: any) => it.Type === 'redirect').map((it: any) => it.RedirectConfig),
    rules: Rules.filter((it: any) => !it.IsDefault).map((rule: any) => ({
      hosts: values(rule, 'host-header', 'HostHeaderConfig'),
      paths: values(rule, 'path-pattern', 'PathPatternConfig'),
      actions: rule.Actions.map((it: any) => it.Type),
    })),
  };
}

async function targetGroup(aws: AwsClient, group: any): Promise<TargetGroup> {
  const { TargetGroupArn } = group;
  return {
    name: group.TargetGroupName,
    type: group.TargetType,
    version: group.ProtocolVersion ?? null,
    path: group.HealthCheckPath ?? null,
    interval: group.HealthCheckIntervalSeconds,
    timeout: group.HealthCheckTimeoutSeconds,
    healthy: group.HealthyThresholdCount,
    unhealthy: group.UnhealthyThresholdCount,
    codes: Object.values<string>(group.Matcher ?? {})[0] ?? null,
    attributes: textsOf((await aws.call('elbv2', 'describe_target_group_attributes', { TargetGroupArn })).Attributes),
    targets: (await aws.call('elbv2', 'describe_target_health', { TargetGroupArn })).TargetHealthDescriptions.length,
    tags: await tagsOf(aws, TargetGroupArn),
  };
}

async function tagsOf(aws: AwsClient, arn: string): Promise<Texts> {
  const { TagDescriptions: [{ Tags }] } = await aws.call('elbv2', 'describe_tags', { ResourceArns: [arn] });
  return textsOf(Tags);
}

/** The security groups that let one of these in. */
async function openedTo(aws: AwsClient, groups: string[]): Promise<string[]> {
  const { SecurityGroups } = await aws.call('ec2', 'describe_security_groups');
  const isOpen = ({ IpPermissions }: any) =>
    IpPermissions.some((rule: any) => rule.UserIdGroupPairs.some((pair: any) => groups.includes(pair.GroupId)));
  return SecurityGroups.filter(isOpen).map((it: any) => it.GroupId);
}

function textsOf(pairs: { Key: string; Value: string }[]): Texts {
  return Object.fromEntries(pairs.map(({ Key, Value }) => [Key, Value]));
}
