import { Token } from 'aws-cdk-lib';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { ALB_ANNOTATIONS } from './alb-annotations';
import { albAnnotation, listenersOf, parseList, parseMap, type Annotations, type ListenPort } from './annotation';
import type { Json } from '../cdk/merge';
import { reject } from '../cdk/reject';

/** An Ingress among those that share a load balancer. */
export interface GroupMember {
  /** Its namespace and name. */
  readonly name: string;
  /** Its annotations, as they are in the end. */
  readonly annotations: () => Annotations;
  readonly spec: Json;
  readonly certificateOfClass?: boolean;
}

/** What AWS allows a load balancer, not counting its default rule and its default certificate. */
const RULES = 100;
const CERTIFICATES = 25;

/** The Ingresses of each cluster, by name, and by group. */
const CLUSTERS = new WeakMap<eks.ICluster, { readonly names: Map<string, string>; readonly groups: Map<string, GroupMember[]> }>();

/**
 * Checks an Ingress against the others of its cluster in this app.
 *
 * @param construct what defines the Ingress
 * @param cluster its cluster
 * @param group the group's name, or undefined for a load balancer of its own
 * @param member the Ingress
 */
export function joinGroup(construct: Construct, cluster: eks.ICluster, group: string | undefined, member: GroupMember): void {
  const { names, groups } = CLUSTERS.get(cluster) ?? { names: new Map(), groups: new Map() };
  CLUSTERS.set(cluster, { names, groups });
  const owner = names.get(member.name);
  if (owner !== undefined && !Token.isUnresolved(member.name)) {
    reject(construct.node.path, 'ingressName', member.name, 'a name of its own in the namespace', `${owner} defines it already`);
  }
  names.set(member.name, construct.node.path);
  if (group === undefined || Token.isUnresolved(group)) {
    const [error] = quotaErrors('a load balancer', [member]);
    if (error) {
      throw new Error(`${error} [${construct.node.path}]`);
    }
    return;
  }
  const members = groups.get(group);
  if (members) {
    members.push(member);
    return;
  }
  const first = [member];
  groups.set(group, first);
  construct.node.addValidation({ validate: () => groupErrors(group, first) });
}

/** What the controller or AWS would refuse of a group, though each Ingress by itself is right. */
function groupErrors(group: string, members: GroupMember[]): string[] {
  const name = `the group ${group}`;
  return [...conflicts(name, members.flatMap(claimsOf)), ...redirectErrors(name, members), ...quotaErrors(name, members)];
}

/** A redirect holds for every HTTP listener of the load balancer, also for members without HTTPS, which have no rule there. */
function redirectErrors(group: string, members: GroupMember[]): string[] {
  const redirecting = members.find(({ annotations }) => annotations()[albAnnotation('ssl-redirect')] !== undefined);
  const stranded = redirecting ? members.filter(({ annotations, certificateOfClass }) =>
    listenersOf(annotations(), certificateOfClass)?.every(({ protocol }) => protocol === 'HTTP')) : [];
  return stranded.map(it => `\`listen-ports\` must have HTTPS for all of ${group}, as ${redirecting!.name} redirects HTTP, got: HTTP alone of ${it.name}; `
    + 'requests for its hosts would be redirected to a listener that has no rule for them');
}

/** A value with the member that gave it. */
interface Claim {
  readonly member: string;
  readonly key: string;
  readonly value: string;
}

function conflicts(group: string, claims: Claim[]): string[] {
  const errors = new Map<string, string>();
  const first = new Map<string, Claim>();
  for (const claim of claims.filter(it => !Token.isUnresolved(it.value))) {
    const other = first.get(claim.key) ?? claim;
    first.set(claim.key, other);
    if (other.value !== claim.value && !errors.has(claim.key)) {
      errors.set(claim.key, `\`${claim.key}\` must be the same for all of ${group}, which is one load balancer, got: `
        + `${JSON.stringify(other.value)} of ${other.member}, ${JSON.stringify(claim.value)} of ${claim.member}; give it to one of them, or the same to all`);
    }
  }
  return [...errors.values()];
}

/** What the annotations of a member say that all must agree on. */
function claimsOf({ name: member, annotations, certificateOfClass }: GroupMember): Claim[] {
  const all = annotations();
  const listeners = listenersOf(all, certificateOfClass) ?? [];
  const https = listeners.filter(it => it.protocol === 'HTTPS');
  const ofPorts = (suffix: string, value: string, of: ListenPort[]) => of.map(({ port }) => ({ member, key: `${suffix} of port ${port}`, value }));
  return [
    ...listeners.map(({ port, protocol }) => ({ member, key: `listen-ports of port ${port}`, value: protocol })),
    ...ALB_ANNOTATIONS.entries().filter(([name]) => all[name] !== undefined).flatMap(([name, { groupWide }]) => {
      const suffix = name.slice(albAnnotation('').length);
      switch (groupWide) {
        case 'value': return [{ member, key: suffix, value: normal(all[name]) }];
        case 'keys': return Object.entries(parseMap(all[name]) ?? {}).map(([key, value]) => ({ member, key: `${suffix}: ${key}`, value }));
        case 'ports': return ofPorts(suffix, normal(all[name]), listeners);
        case 'HTTPS ports': return ofPorts(suffix, all[name], https);
        default: return [];
      }
    }),
  ];
}

/** The order of a list means nothing. */
function normal(value: string): string {
  return value.startsWith('[') ? value : parseList(value).sort().join(',');
}

function quotaErrors(name: string, members: GroupMember[]): string[] {
  const withDefault = members.filter(({ spec }) => spec.defaultBackend !== undefined).map(it => it.name);
  const redirects = members.some(({ annotations }) => annotations()[albAnnotation('ssl-redirect')] !== undefined);
  const certificates = new Set(members.flatMap(({ annotations }) => parseList(annotations()[albAnnotation('certificate-arn')] ?? '')));
  const rules = members.reduce((sum, { spec, annotations, certificateOfClass }) => {
    const listeners = (listenersOf(annotations(), certificateOfClass) ?? []).filter(({ protocol }) => protocol === 'HTTPS' || !redirects);
    return sum + listeners.length * (spec.rules ?? []).reduce((paths: number, rule: any) => paths + (rule.http?.paths.length ?? 0), 0);
  }, 0);
  return [
    ...withDefault.length > 1 ? [`\`defaultBackend\` must be given to one Ingress of ${name} at most, got: ${withDefault.join(', ')}; keep one of them`] : [],
    ...rules > RULES ? [`\`paths\` must be ${RULES} rules or fewer for ${name}, got: ${rules}, one for each path, host and listener; use another load balancer for some`] : [],
    ...certificates.size > CERTIFICATES + 1
      ? [`\`certificates\` must be a default and ${CERTIFICATES} others or fewer for ${name}, got: ${certificates.size}; use another load balancer for some`] : [],
  ];
}
