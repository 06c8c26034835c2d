import { CfnParameter } from 'aws-cdk-lib';
import { EndpointSelector, Namespace, PodSecurityLevel, PolicyPeer, PolicyPort, type NamespaceOptions } from '../../src';
import { MANIFEST } from '../../tools/template';
import { clusterFixture, importedClusterFixture } from '../support/fixtures';
import { idsOf, kubernetesObjects } from '../support/read';

const POLICY = { ingress: [{ peers: [PolicyPeer.pods({ app: 'frontend' })], ports: [PolicyPort.tcp(8080)] }] };

function namespaceFixture(options: NamespaceOptions = {}, namespaceName = 'production') {
  const { stack, cluster, template } = importedClusterFixture();
  const namespace = new Namespace(stack, 'Namespace', { cluster, namespaceName, ...options });
  return { stack, cluster, namespace, template, objects: () => kubernetesObjects(template()) };
}

test('defines the namespace, and nothing else', () => {
  expect(namespaceFixture().objects()).toEqual([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'production' } }]);
});

test('has its labels', () => {
  const { objects } = namespaceFixture({ labels: { 'team': 'shop', 'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled' } });
  expect(objects()[0].metadata.labels).toEqual({ 'team': 'shop', 'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled' });
});

test.each([
  [PodSecurityLevel.PRIVILEGED, 'privileged'], [PodSecurityLevel.BASELINE, 'baseline'], [PodSecurityLevel.RESTRICTED, 'restricted'],
])('admits pods of the level %s', (podSecurity, label) => {
  const { objects } = namespaceFixture({ podSecurity, labels: { team: 'shop' } });
  expect(objects()[0].metadata.labels).toEqual({ 'team': 'shop', 'pod-security.kubernetes.io/enforce': label });
});

test('holds its policies in the same manifest, however late they come', () => {
  const { namespace, template, objects } = namespaceFixture({ defaultDeny: true });
  namespace.addPolicy('allow-frontend', { endpointSelector: EndpointSelector.labels({ app: 'backend' }), ...POLICY });
  namespace.addPolicy('allow-batch', POLICY);
  expect(idsOf(template(), MANIFEST)).toHaveLength(1);
  expect(objects().map(it => it.metadata.name)).toEqual(['production', 'allowances', 'allow-frontend', 'allow-batch', 'default-deny-all']);
  expect(objects()[2]).toEqual({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name: 'allow-frontend', namespace: 'production' },
    spec: {
      endpointSelector: { matchLabels: { app: 'backend' } },
      ingress: [{ fromEndpoints: [{ matchLabels: { app: 'frontend' } }], toPorts: [{ ports: [{ port: '8080', protocol: 'TCP' }] }] }],
    },
  });
});

test('is one of several on a cluster of this app', () => {
  const { stack, cluster, template } = clusterFixture();
  ['blue', 'green'].forEach(namespaceName => new Namespace(stack, namespaceName, { cluster, namespaceName, defaultDeny: true }));
  expect(idsOf(template(), MANIFEST)).toHaveLength(2);
  expect(kubernetesObjects(template()).map(it => it.metadata.namespace ?? it.metadata.name)).toEqual(['blue', 'blue', 'blue', 'green', 'green', 'green']);
});

test('can have a name that only the deployment knows', () => {
  const { stack, cluster, template } = importedClusterFixture();
  const namespaceName = new CfnParameter(stack, 'Name').valueAsString;
  const namespace = new Namespace(stack, 'Namespace', { cluster, namespaceName, defaultDeny: true });
  namespace.addPolicy('shop', POLICY);
  expect(kubernetesObjects(template()).map(it => it.metadata.namespace ?? it.metadata.name)).toEqual(['<token>', '<token>', '<token>', '<token>']);
});

test('leaves a namespace alone that is defined elsewhere', () => {
  const { stack, cluster, template } = importedClusterFixture();
  const namespace = Namespace.fromNamespaceName(stack, 'Legacy', cluster, 'legacy');
  namespace.allowFromLoadBalancer({ subnets: cluster.vpc.publicSubnets });
  expect(namespace).toMatchObject({ namespaceName: 'legacy', cluster });
  expect(idsOf(template(), MANIFEST)).toEqual([]);
});

describe('names', () => {
  test.each(['a', 'a1', '1a', 'team-a', 'a'.repeat(63)])('%s is a name', name => {
    expect(namespaceFixture({}, name).objects()[0].metadata.name).toBe(name);
  });

  test.each(['', 'Production', 'team_a', 'team.a', '-a', 'a-', 'a b', 'a'.repeat(64)])('fails with %j, which is not a name', name => {
    expect(() => namespaceFixture({}, name)).toThrow(
      `\`namespaceName\` must be 1 to 63 lower-case letters, digits and dashes, with no dash at either end, got: ${JSON.stringify(name)}; choose another name [Shop/Namespace]`);
  });

  test.each([
    ['default', 'every cluster has it, and it can\'t be deleted'],
    ['kube-system', 'Kubernetes itself runs there, and its DNS'],
    ['kube-node-lease', 'it belongs to Kubernetes'],
    ['kube-shop', 'names that start with kube- are reserved for Kubernetes'],
    ['cilium-secrets', 'Cilium\'s chart creates it'],
    ['external-dns', 'the chart of ExternalDNS creates it'],
  ])('fails with %s, which belongs to somebody else', (name, reason) => {
    expect(() => namespaceFixture({}, name)).toThrow(`\`namespaceName\` must be a namespace of your own: ${reason}, got: "${name}"; `
      + 'choose another name, or refer to an existing namespace with `Namespace.fromNamespaceName` [Shop/Namespace]');
  });
});

describe('bad input', () => {
  test.each([
    ['a bad key', { 'a b': 'c' }, '`labels` must be keyed by at most 63 letters'],
    ['a long key', { ['a'.repeat(64)]: 'c' }, '`labels` must be keyed by'],
    ['a key with two slashes', { 'a/b/c': 'd' }, '`labels` must be keyed by'],
    ['an upper-case prefix', { 'Example.com/a': 'b' }, '`labels` must be keyed by'],
    ['a bad value', { a: 'b c' }, '`labels.a` must be a string of at most 63 letters'],
    ['a long value', { a: 'b'.repeat(64) }, '`labels.a` must be a string of at most 63 letters'],
    ['a number as a value', { a: 1 as any }, '`labels.a` must be a string of at most 63 letters, digits, dashes, dots and underscores, '
      + 'with a letter or digit at either end, got: 1; check the label in the pods\' own manifest [Shop/Namespace]'],
  ])('fails with %s', (_, labels, message) => {
    expect(() => namespaceFixture({ labels })).toThrow(message);
  });

  test('fails with two levels of pod security', () => {
    expect(() => namespaceFixture({ podSecurity: PodSecurityLevel.BASELINE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } })).toThrow(
      '`podSecurity` must be left out with the label pod-security.kubernetes.io/enforce, got: "baseline"; give only one of them [Shop/Namespace]');
  });

  test.each(['allowances', 'default-deny-all', 'shop'])('fails with a second policy %s', policyName => {
    const { namespace } = namespaceFixture();
    namespace.addPolicy('shop', POLICY);
    expect(() => namespace.addPolicy(policyName, POLICY)).toThrow(
      `\`policyName\` must be a name that no other policy of the namespace has, got: "${policyName}"; choose another name [Shop/Namespace/${policyName}]`);
  });

  test('fails with a bad name of a policy', () => {
    expect(() => namespaceFixture().namespace.addPolicy('Allow Frontend', POLICY)).toThrow('`policyName` must be 1 to 253 lower-case letters, digits, '
      + 'dashes and dots, with a letter or digit at either end, got: "Allow Frontend"; choose another name [Shop/Namespace/Allow Frontend]');
  });
});
