import { Lazy, Token } from 'aws-cdk-lib';
import {
  CiliumNetworkPolicy, EndpointSelector, LabelExpression, PolicyEntity, PolicyPeer, PolicyPort, type CiliumNetworkPolicyOptions, type PolicyHttpRule,
} from '../../src';
import { importedClusterFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';

/** The spec of a policy, as Cilium gets it. */
function specOf(policy: CiliumNetworkPolicyOptions): any {
  const { stack, cluster, template } = importedClusterFixture();
  new CiliumNetworkPolicy(stack, 'Policy', { cluster, policyName: 'shop', ...policy });
  return kubernetesObjects(template())[0].spec;
}

const egress = (...peers: PolicyPeer[]) => ({ egress: [{ peers }] });
const ports = (...given: PolicyPort[]) => ({ ingress: [{ ports: given }] });
const http = (rule: PolicyHttpRule) => ({ ingress: [{ ports: [PolicyPort.tcp(80)], http: [rule] }] });
const selector = (endpointSelector: EndpointSelector) => ({ endpointSelector, ...egress(PolicyPeer.entity(PolicyEntity.ALL)) });

describe('fails with', () => {
  test.each<[string, CiliumNetworkPolicyOptions, string]>([
    ['no rule', {}, '`ingress` must be given, or one of ingressDeny, egress and egressDeny, got: nothing; a policy needs at least one rule [Shop/Policy]'],
    ['no rule, but a default', { defaultDenyEgress: false }, '`ingress` must be given'],
    ['an empty list of rules', { ingress: [] }, '`ingress` must be one rule or more, got: []; leave it out, or set `defaultDenyIngress` to allow nothing [Shop/Policy]'],
    ['an empty list of denials', { egressDeny: [] }, '`egressDeny` must be one rule or more, got: []; leave it out, or set `defaultDenyEgress`'],
    ['an empty rule', { egress: [{ peers: [PolicyPeer.pods({ a: 'b' })] }, {}] }, '`egress[1]` must be a rule with `peers`, `ports` or both, got: {}; without them it matches nobody'],
    ['no peers', { ingress: [{ peers: [] }] }, '`ingress[0].peers` must be one or more, got: []; leave it out to match all [Shop/Policy]'],
    ['no ports', { ingress: [{ ports: [] }] }, '`ingress[0].ports` must be one or more, got: []'],
    ['no labels', egress(PolicyPeer.pods({})), '`egress[0].peers[0]` must be one label or more, got: {}; use `EndpointSelector.all()` for every pod [Shop/Policy]'],
    ['no labels of namespaces', egress(PolicyPeer.endpoints(EndpointSelector.inNamespacesWith({}))), '`egress[0].peers[0]` must be one label or more'],
    ['no labels of its pods', selector(EndpointSelector.labels({}).matching(LabelExpression.exists('a'))), '`endpointSelector` must be one label or more'],
    ['a bad value of a label', selector(EndpointSelector.labels({ app: 'a b' })), '`endpointSelector.app` must be a string of at most 63 letters'],
    ['a bad key of a label', selector(EndpointSelector.labels({ 'k8s:a:b': 'c' })), '`endpointSelector` must be keyed by at most 63 letters'],
    ['a bad name of a namespace', egress(PolicyPeer.endpoints(EndpointSelector.inNamespace('a b'))), '`egress[0].peers[0].k8s:io.kubernetes.pod.namespace` must be'],
    ['no values of a label', selector(EndpointSelector.all().matching(LabelExpression.isIn('a'))),
      '`endpointSelector.a` must be one value or more, got: []; name the values, or use `exists` or `doesNotExist` [Shop/Policy]'],
    ['a bad value in a condition', selector(EndpointSelector.all().matching(LabelExpression.isNotIn('a', 'b', '-'))), '`endpointSelector.a` must be a string'],
  ])('%s', (_, policy, message) => {
    expect(() => specOf(policy)).toThrow(message);
  });

  test.each<[string, PolicyPeer, string]>([
    ['an address', PolicyPeer.cidr('10.0.0.1'), '`egress[0].peers[0]` must be a block of addresses, such as 10.0.0.0/8, got: "10.0.0.1"; did you mean 10.0.0.1/32? [Shop/Policy]'],
    ['an IPv6 address', PolicyPeer.cidr('2001:db8::1'), 'did you mean 2001:db8::1/128?'],
    ['a name as a block', PolicyPeer.cidr('example.com'), 'got: "example.com"; use `PolicyPeer.fqdn` for a name'],
    ['a block of 33 bits', PolicyPeer.cidr('10.0.0.0/33'), 'must be a block of addresses'],
    ['a block of 129 bits', PolicyPeer.cidr('2001:db8::/129'), 'must be a block of addresses'],
    ['a block with a bad mask', PolicyPeer.cidr('10.0.0.0/08'), 'must be a block of addresses'],
    ['a block with two masks', PolicyPeer.cidr('10.0.0.0/8/8'), 'must be a block of addresses'],
    ['an address with a zone', PolicyPeer.cidr('fe80::1%eth0/64'), 'must be a block of addresses'],
    ['a part that is not in the block', PolicyPeer.cidr('10.0.0.0/8', '10.1.0.0/16', '11.0.0.0/16'), 'must be a block within 10.0.0.0/8, got: "11.0.0.0/16"; leave out what'],
    ['a part that is more than the block', PolicyPeer.cidr('10.0.0.0/8', '10.0.0.0/7'), 'must be a block within 10.0.0.0/8'],
    ['a part of the other kind', PolicyPeer.cidr('10.0.0.0/8', '2001:db8::/32'), 'must be a block within 10.0.0.0/8'],
    ['a part that is not a block', PolicyPeer.cidr('10.0.0.0/8', '10.0.0.1'), 'did you mean 10.0.0.1/32?'],
    ['a URL as a name', PolicyPeer.fqdn('https://example.com'), 'must be a DNS name'],
    ['a pattern as a name', PolicyPeer.fqdn('*.example.com'), 'got: "*.example.com"; use `PolicyPeer.fqdnPattern` for a pattern [Shop/Policy]'],
    ['no name', PolicyPeer.fqdn(''), 'must be a DNS name'],
    ['a name of empty parts', PolicyPeer.fqdn('example..com'), 'must be a DNS name'],
    ['a name with a dot in front', PolicyPeer.fqdnPattern('.example.com'), 'must be a DNS name'],
    ['a long name', PolicyPeer.fqdn('a'.repeat(256)), 'must be a DNS name'],
    ['a name with letters that DNS does not have', PolicyPeer.fqdnPattern('*.bücher.example'), 'must be a DNS name'],
  ])('%s', (_, peer, message) => {
    expect(() => specOf(egress(peer))).toThrow(message);
  });

  test.each(['ingress', 'ingressDeny', 'egressDeny'])('a DNS name in %s', direction => {
    expect(() => specOf({ [direction]: [{ peers: [PolicyPeer.fqdn('example.com')] }] })).toThrow(
      `\`${direction}[0].peers[0]\` must be a peer other than a DNS name, got: {"matchName":"example.com"}; Cilium takes DNS names in \`egress\` only: use \`PolicyPeer.cidr\` [Shop/Policy]`);
  });

  test.each<[string, PolicyPort, string]>([
    ['port 0', PolicyPort.tcp(0), '`ingress[0].ports[0]` must be a whole number from 1 to 65535, got: 0; leave `ports` out for every port [Shop/Policy]'],
    ['port 65536', PolicyPort.udp(65536), 'from 1 to 65535, got: 65536'],
    ['half a port', PolicyPort.anyProtocol(1.5), 'got: 1.5'],
    ['no number', PolicyPort.sctp(NaN), 'got: NaN'],
    ['a range from its end', PolicyPort.tcpRange(90, 80), 'must be a whole number from 90 to 65535, got: 80; give the first port of the range before its last'],
    ['a range without end', PolicyPort.udpRange(1, 65536), 'must be a whole number from 1 to 65535, got: 65536'],
    ['a number as a name', PolicyPort.named('8080'), 'must be a name of at most 15 letters, digits and single dashes, with a letter in it, got: "8080"'],
    ['a long name', PolicyPort.named('a'.repeat(16)), 'must be a name'],
    ['a name with two dashes', PolicyPort.named('a--b'), 'must be a name'],
    ['a name that begins with a dash', PolicyPort.named('-a'), 'must be a name'],
    ['a name that ends with a dash', PolicyPort.named('a-'), 'must be a name'],
    ['a name with an underscore', PolicyPort.named('a_b'), 'must be a name'],
    ['no name', PolicyPort.named(''), 'must be a name'],
    ['an unknown ICMP type', PolicyPort.icmpType(256), 'must be a whole number from 0 to 255, got: 256; give the number of the ICMP type'],
  ])('%s', (_, port, message) => {
    expect(() => specOf(ports(port))).toThrow(message);
  });

  test.each<[string, CiliumNetworkPolicyOptions, string]>([
    ['HTTP without ports', { ingress: [{ http: [{}], peers: [PolicyPeer.pods({ a: 'b' })] }] }, '`ingress[0].ports` must be TCP ports with `http`, got: nothing; HTTP runs over TCP'],
    ['HTTP over UDP', { ingress: [{ http: [{}], ports: [PolicyPort.tcp(80), PolicyPort.udp(80)] }] }, '`ingress[0].ports` must be TCP ports with `http`'],
    ['HTTP over any protocol', { ingress: [{ http: [{}], ports: [PolicyPort.anyProtocol(80)] }] }, 'must be TCP ports with `http`, got: [{"port":"80"}]'],
    ['HTTP over ICMP', { ingress: [{ http: [{}], ports: [PolicyPort.icmpPing()] }] }, 'must be TCP ports with `http`'],
    ['no HTTP requests', { ingress: [{ http: [], ports: [PolicyPort.tcp(80)] }] }, '`ingress[0].http` must be one or more, got: []'],
    ['denied HTTP requests', { ingressDeny: [{ http: [{}], ports: [PolicyPort.tcp(80)] } as any] }, '`ingressDeny[0].http` must be left out, got: [{}]; Cilium cannot deny single requests'],
    ['a method that is not a pattern', http({ method: 'GET(' }), '`ingress[0].http[0].method` must be a regular expression that RE2 accepts, got: "GET("; see https://'],
    ['a look-ahead', http({ path: '/(?!admin)' }), '`ingress[0].http[0].path` must be a regular expression'],
    ['a back reference', http({ host: '(a)\\1' }), '`ingress[0].http[0].host` must be a regular expression'],
    ['an escape that only JavaScript knows', http({ path: '/\\u0041' }), '`ingress[0].http[0].path` must be a regular expression'],
    ['an empty set', http({ path: '/[^]' }), '`ingress[0].http[0].path` must be a regular expression'],
    ['too many repetitions', http({ path: '/a{1,1001}' }), '`ingress[0].http[0].path` must be a regular expression'],
    ['a path without a slash', http({ path: 'api/.*' }), '`ingress[0].http[0].path` must be a regular expression that can match a path, got: "api/.*"; start it with a slash: /api/.*'],
    ['a bad header', http({ headers: ['X-Ok', 'X Bad'] }), '`ingress[0].http[0].headers` must be `Name` or `Name: value`, got: "X Bad"; check the header'],
    ['a header without a space', http({ headers: ['X-Team:shop'] }), '`ingress[0].http[0].headers` must be'],
  ])('%s', (_, policy, message) => {
    expect(() => specOf(policy)).toThrow(message);
  });

  test.each(['', 'Shop', 'a..b', '-a', 'a'.repeat(254)])('the name %j', policyName => {
    const { stack, cluster } = importedClusterFixture();
    expect(() => new CiliumNetworkPolicy(stack, 'Policy', { cluster, policyName, ...ports(PolicyPort.tcp(80)) })).toThrow('`policyName` must be 1 to 253 lower-case');
  });
});

test('tokens pass: only the deployment knows them', () => {
  const token = (value: string) => Lazy.string({ produce: () => value });
  expect(specOf({
    endpointSelector: EndpointSelector.labels({ app: token('the app') }),
    egress: [
      { peers: [PolicyPeer.cidr(token('block'), '10.0.0.0/8')], ports: [PolicyPort.tcpRange(Token.asNumber({ Ref: 'First' }), 80)] },
      { peers: [PolicyPeer.cidr('10.0.0.0/8', token('part'))], ports: [PolicyPort.named(token('port'))] },
      { peers: [PolicyPeer.fqdn(token('name'))] },
      { ports: [PolicyPort.tcp(80)], http: [{ method: token('method('), path: token('path'), headers: [token('a header')] }] },
    ],
  })).toMatchObject({
    endpointSelector: { matchLabels: { app: 'the app' } },
    egress: [
      { toCIDRSet: [{ cidr: 'block', except: ['10.0.0.0/8'] }], toPorts: [{ ports: [{ port: '<token>', endPort: 80 }] }] },
      { toCIDRSet: [{ cidr: '10.0.0.0/8', except: ['part'] }], toPorts: [{ ports: [{ port: 'port' }] }] },
      { toFQDNs: [{ matchName: 'name' }] },
      { toPorts: [{ rules: { http: [{ method: 'method(', path: 'path', headers: ['a header'] }] } }] },
      {}, {}, // DNS queries
    ],
  });
});
