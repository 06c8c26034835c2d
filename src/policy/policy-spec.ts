import { Token } from 'aws-cdk-lib';
import { EndpointSelector } from './endpoint-selector';
import type { CiliumNetworkPolicyOptions, PolicyHttpRule, PolicyRule } from './policy-options';
import { PolicyEntity, PolicyPeer } from './policy-peer';
import { PolicyPort } from './policy-port';
import type { Json } from '../cdk/merge';
import { reject } from '../cdk/reject';

/** The most ports that Cilium takes in one list. */
const MAX_PORTS = 40;

/** Where pods send DNS queries: to CoreDNS and the node-local cache, as pods or, if the cache is in its node's network, as the node. */
const DNS_PEERS = [
  PolicyPeer.endpoints(EndpointSelector.inNamespace('kube-system', { 'k8s-app': 'kube-dns' })),
  PolicyPeer.endpoints(EndpointSelector.inNamespace('kube-system', { 'k8s-app': 'node-local-dns' })),
  PolicyPeer.entity(PolicyEntity.HOST),
];

/**
 * Queries to the cluster's DNS. Policies see them after Cilium has redirected them: to the pod behind a Service or a redirection.
 *
 * All policies must use the same selectors for it, so that a policy that needs the DNS proxy gets all the queries.
 */
export const DNS_RULE: PolicyRule = { peers: DNS_PEERS, ports: [PolicyPort.udp(53), PolicyPort.tcp(53)] };

type Direction = 'ingress' | 'ingressDeny' | 'egress' | 'egressDeny';
const DIRECTIONS: Direction[] = ['ingress', 'ingressDeny', 'egress', 'egressDeny'];

/** A policy as a Kubernetes object. */
export function renderPolicy(path: string, metadata: Json, policy: CiliumNetworkPolicyOptions, kind = 'CiliumNetworkPolicy'): Json {
  return { apiVersion: 'cilium.io/v2', kind, metadata, spec: renderSpec(path, policy) };
}

/**
 * A policy's rules as Cilium reads them.
 *
 * @param path the construct's path
 * @see https://github.com/cilium/cilium/blob/v1.20.2/pkg/policy/api/rule_validation.go
 */
export function renderSpec(path: string, policy: CiliumNetworkPolicyOptions): Json {
  const rules = Object.fromEntries(DIRECTIONS.flatMap(direction => {
    const given = policy[direction];
    if (given?.length === 0) {
      reject(path, direction, [], 'one rule or more', `leave it out, or set \`${defaultDenyProp(direction)}\` to allow nothing`);
    }
    return given ? [[direction, given.flatMap((rule, index) => renderRule(path, `${direction}[${index}]`, direction, rule))]] : [];
  }));
  if (policy.egress?.some(rule => rule.peers?.some(peer => peer._kind === 'FQDNs'))) {
    rules.egress.push(...renderRule(path, 'egress', 'egress', DNS_RULE, { dns: [{ matchPattern: '*' }] }));
  }
  const enableDefaultDeny: { [direction: string]: boolean } = {};
  for (const direction of ['ingress', 'egress'] as const) {
    const wanted = policy[defaultDenyProp(direction)];
    const implied = direction in rules || `${direction}Deny` in rules;
    if (wanted && !implied) {
      rules[direction] = [{}]; // a rule that allows nothing, so that the policy covers this direction
    } else if (wanted === false && implied) {
      enableDefaultDeny[direction] = false;
    }
  }
  if (Object.keys(rules).length === 0) {
    reject(path, 'ingress', undefined, 'given, or one of ingressDeny, egress and egressDeny', 'a policy needs at least one rule');
  }
  return {
    ...policy.description ? { description: policy.description } : {},
    endpointSelector: (policy.endpointSelector ?? EndpointSelector.all())._render(path, 'endpointSelector'),
    ...rules,
    ...Object.keys(enableDefaultDeny).length > 0 ? { enableDefaultDeny } : {},
  };
}

function defaultDenyProp(direction: Direction) {
  return direction.startsWith('ingress') ? 'defaultDenyIngress' : 'defaultDenyEgress';
}

/** One rule for each combination of a kind of peer with ports or ICMP types: Cilium does not take two kinds in one rule. */
function renderRule(path: string, prop: string, direction: Direction, rule: PolicyRule, layer7?: Json): Json[] {
  checkRule(path, prop, direction, rule);
  const peers = renderPeers(path, prop, direction, rule.peers);
  const ports = renderPorts(path, prop, rule, layer7);
  return peers.flatMap(peer => ports.map(port => ({ ...peer, ...port })));
}

function renderPeers(path: string, prop: string, direction: Direction, peers?: PolicyPeer[]): Json[] {
  const byField: { [field: string]: any[] } = {};
  peers?.forEach((peer, index) => {
    const field = `${direction.startsWith('ingress') ? 'from' : 'to'}${peer._kind}`;
    (byField[field] ??= []).push(peer._render(path, `${prop}.peers[${index}]`));
  });
  return peers ? Object.entries(byField).map(([field, value]) => ({ [field]: value })) : [{}];
}

function renderPorts(path: string, prop: string, { ports, http }: PolicyRule, layer7?: Json): Json[] {
  if (!ports) {
    return [{}];
  }
  const rendered = ports.map((port, index) => ({ port, wire: port._render(path, `${prop}.ports[${index}]`) }));
  const rules = http ? { http: http.map((it, index) => renderHttp(path, `${prop}.http[${index}]`, it)) } : layer7;
  const chunks = (icmp: boolean) => inChunks(rendered.filter(({ port }) => port._isIcmp === icmp).map(({ wire }) => wire));
  const [toPorts, icmps] = [chunks(false), chunks(true)];
  return [
    ...toPorts.length > 0 ? [{ toPorts: toPorts.map(chunk => ({ ports: chunk, ...rules ? { rules } : {} })) }] : [],
    ...icmps.length > 0 ? [{ icmps: icmps.map(fields => ({ fields })) }] : [],
  ];
}

function inChunks<T>(all: T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / MAX_PORTS) }, (_, index) => all.slice(index * MAX_PORTS, (index + 1) * MAX_PORTS));
}

function checkRule(path: string, prop: string, direction: Direction, rule: PolicyRule): void {
  if (!rule.peers && !rule.ports) {
    reject(path, prop, rule, 'a rule with `peers`, `ports` or both', `without them it matches nobody: use \`PolicyEntity.ALL\` for everyone, or set \`${defaultDenyProp(direction)}\``);
  }
  for (const list of ['peers', 'ports', 'http'] as const) {
    if (rule[list]?.length === 0) {
      reject(path, `${prop}.${list}`, [], 'one or more', 'leave it out to match all');
    }
  }
  rule.peers?.forEach((peer, index) => {
    if (peer._kind === 'FQDNs' && direction !== 'egress') {
      reject(path, `${prop}.peers[${index}]`, peer._render(path, prop), 'a peer other than a DNS name', 'Cilium takes DNS names in `egress` only: use `PolicyPeer.cidr`');
    }
  });
  if (rule.http && direction.endsWith('Deny')) { // from untyped code
    reject(path, `${prop}.http`, rule.http, 'left out', 'Cilium cannot deny single requests: allow the ones that you want');
  }
  if (rule.http && (!rule.ports || !rule.ports.every(port => port._isTcp))) {
    reject(path, `${prop}.ports`, rule.ports?.map((port, index) => port._render(path, `${prop}.ports[${index}]`)), 'TCP ports with `http`', 'HTTP runs over TCP: name its ports');
  }
}

function renderHttp(path: string, prop: string, rule: PolicyHttpRule): Json {
  for (const field of ['method', 'path', 'host'] as const) {
    checkRegex(path, `${prop}.${field}`, rule[field]);
  }
  if (rule.path !== undefined && !Token.isUnresolved(rule.path) && /^[A-Za-z0-9]/.test(rule.path)) {
    reject(path, `${prop}.path`, rule.path, 'a regular expression that can match a path', `start it with a slash: /${rule.path}`);
  }
  for (const header of rule.headers ?? []) {
    if (!Token.isUnresolved(header) && !/^[-!#$%&'*+.^_`|~0-9A-Za-z]+(: \S.*)?$/.test(header)) {
      reject(path, `${prop}.headers`, header, '`Name` or `Name: value`', 'check the header');
    }
  }
  const { method, path: regex, host, headers } = rule;
  return { method, path: regex, host, headers }; // the same order from every language
}

/** Checks a regular expression for Go and Envoy, which support less than JavaScript and have another syntax for flags and names. */
function checkRegex(path: string, prop: string, regex?: string): void {
  if (regex === undefined || Token.isUnresolved(regex)) {
    return;
  }
  const lookAround = /\(\?(=|!|<[=!])/.test(regex);
  const escapes = [...regex.matchAll(/\\([^])/g)].some(([, it]) => /[\p{L}\p{N}]/u.test(it) && !/[afnrtvdDsSwWbBAzQEpPx0]/.test(it));
  const repeats = [...regex.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].some(([, least, most]) => Math.max(Number(least), Number(most ?? 0)) > 1000);
  const known = regex.replaceAll(/\(\?[imsU-]+\)/g, '').replaceAll(/\(\?[imsU-]+:/g, '(?:').replaceAll('(?P<', '(?<');
  if (lookAround || escapes || repeats || /\[\^?\]/.test(regex) || !compiles(known)) {
    reject(path, prop, regex, 'a regular expression that RE2 accepts', 'see https://github.com/google/re2/wiki/Syntax');
  }
}

function compiles(regex: string): boolean {
  try {
    new RegExp(regex);
    return true;
  } catch {
    return false;
  }
}
