import { Token } from 'aws-cdk-lib';
import { EndpointSelector } from './endpoint-selector';
import type { CiliumNetworkPolicyOptions, PolicyHttpRule, PolicyRule } from './policy-options';
import { PolicyEntity, PolicyPeer } from './policy-peer';
import { PolicyPort } from './policy-port';
import type { Json } from '../cdk/merge';
import { reject } from '../cdk/reject';

/** Cilium takes no more ports in one place. */
const MAX_PORTS = 40;

/** What pods ask for names: CoreDNS and the cache, as pods or, where the cache is in its node's own network, as the node. */
const DNS_PEERS = [
  PolicyPeer.endpoints(EndpointSelector.inNamespace('kube-system', { 'k8s-app': 'kube-dns' })),
  PolicyPeer.endpoints(EndpointSelector.inNamespace('kube-system', { 'k8s-app': 'node-local-dns' })),
  PolicyPeer.entity(PolicyEntity.HOST),
];

/**
 * Queries to the cluster's DNS, as it is after Cilium has redirected them: policies see the pod that a Service or a redirection leads to.
 *
 * Two policies must name it by the same selectors: only then does the one that needs the DNS proxy get all the queries.
 */
export const DNS_RULE: PolicyRule = { peers: DNS_PEERS, ports: [PolicyPort.udp(53), PolicyPort.tcp(53)] };

type Direction = 'ingress' | 'ingressDeny' | 'egress' | 'egressDeny';
const DIRECTIONS: Direction[] = ['ingress', 'ingressDeny', 'egress', 'egressDeny'];

/** A policy as Kubernetes has it. */
export function renderPolicy(path: string, metadata: Json, policy: CiliumNetworkPolicyOptions, kind = 'CiliumNetworkPolicy'): Json {
  return { apiVersion: 'cilium.io/v2', kind, metadata, spec: renderSpec(path, policy) };
}

/**
 * A policy's rules as Cilium reads them.
 *
 * @param path the construct that asks
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
      rules[direction] = [{}]; // a rule that allows nothing: the policy has something to say of this direction
    } else if (wanted === false && implied) {
      enableDefaultDeny[direction] = false;
    }
  }
  if (Object.keys(rules).length === 0) {
    reject(path, 'ingress', undefined, 'given, or another of ingressDeny, egress and egressDeny', 'a policy has at least one rule');
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

/** One rule for each kind of peer and each of ports and ICMP: Cilium takes no two of them together. */
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
    reject(path, prop, rule, 'with `peers` or `ports`, or both', `Cilium takes it for nobody; name everyone by \`PolicyEntity.ALL\`, or set \`${defaultDenyProp(direction)}\``);
  }
  for (const list of ['peers', 'ports', 'http'] as const) {
    if (rule[list]?.length === 0) {
      reject(path, `${prop}.${list}`, [], 'one or more', 'leave it out if it does not matter');
    }
  }
  rule.peers?.forEach((peer, index) => {
    if (peer._kind === 'FQDNs' && direction !== 'egress') {
      reject(path, `${prop}.peers[${index}]`, peer._render(path, prop), 'no DNS name', 'Cilium knows names in `egress` only; use `PolicyPeer.cidr`');
    }
  });
  if (rule.http && direction.endsWith('Deny')) { // from untyped code
    reject(path, `${prop}.http`, rule.http, 'left out', 'Cilium denies no single requests; allow those that are wanted');
  }
  if (rule.http && (!rule.ports || !rule.ports.every(port => port._isTcp))) {
    reject(path, `${prop}.ports`, rule.ports?.map((port, index) => port._render(path, `${prop}.ports[${index}]`)), 'TCP ports with `http`', 'HTTP goes over TCP; name the ports');
  }
}

function renderHttp(path: string, prop: string, rule: PolicyHttpRule): Json {
  for (const field of ['method', 'path', 'host'] as const) {
    checkRegex(path, `${prop}.${field}`, rule[field]);
  }
  if (rule.path !== undefined && !Token.isUnresolved(rule.path) && /^[A-Za-z0-9]/.test(rule.path)) {
    reject(path, `${prop}.path`, rule.path, 'a regular expression that can match a path', `begin it with a slash: /${rule.path}`);
  }
  for (const header of rule.headers ?? []) {
    if (!Token.isUnresolved(header) && !/^[-!#$%&'*+.^_`|~0-9A-Za-z]+(: \S.*)?$/.test(header)) {
      reject(path, `${prop}.headers`, header, '`Name` or `Name: value`', 'check the header');
    }
  }
  const { method, path: regex, host, headers } = rule;
  return { method, path: regex, host, headers }; // in this order from every language
}

/** As Go and Envoy read them, which know less than JavaScript, and write flags and names otherwise. */
function checkRegex(path: string, prop: string, regex?: string): void {
  if (regex === undefined || Token.isUnresolved(regex)) {
    return;
  }
  const lookAround = /\(\?(=|!|<[=!])/.test(regex);
  const escapes = [...regex.matchAll(/\\([^])/g)].some(([, it]) => /[\p{L}\p{N}]/u.test(it) && !/[afnrtvdDsSwWbBAzQEpPx0]/.test(it));
  const repeats = [...regex.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].some(([, least, most]) => Math.max(Number(least), Number(most ?? 0)) > 1000);
  const known = regex.replaceAll(/\(\?[imsU-]+\)/g, '').replaceAll(/\(\?[imsU-]+:/g, '(?:').replaceAll('(?P<', '(?<');
  if (lookAround || escapes || repeats || /\[\^?\]/.test(regex) || !compiles(known)) {
    reject(path, prop, regex, 'a regular expression as RE2 reads it', 'see https://github.com/google/re2/wiki/Syntax');
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
