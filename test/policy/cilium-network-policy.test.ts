import { PEERS, POLICIES, PORTS, RULES, type PolicyCase } from './policies';
import { CiliumClusterwideNetworkPolicy, CiliumNetworkPolicy, EndpointSelector, Namespace, PolicyPeer, PolicyPort } from '../../src';
import { MANIFEST } from '../../tools/template';
import { clusterFixture, importedClusterFixture } from '../support/fixtures';
import { idsOf, kubernetesObjects, neededBy } from '../support/read';

const INGRESS = [{ peers: [PolicyPeer.pods({ app: 'frontend' })], ports: [PolicyPort.tcp(8080)] }];

/** The one object of a policy. */
function objectOf({ policy }: Pick<PolicyCase, 'policy'>): any {
  const { stack, cluster, template } = importedClusterFixture();
  new CiliumNetworkPolicy(stack, 'Policy', { cluster, policyName: 'shop', ...policy });
  const objects = kubernetesObjects(template());
  expect(objects).toHaveLength(1);
  return objects[0];
}

describe.each([['peers', PEERS], ['ports', PORTS], ['rules', RULES]])('%s', (_, cases) => {
  test.each(cases)('$name', ({ policy, spec }) => {
    expect(objectOf({ policy })).toEqual({
      apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name: 'shop' }, spec: { endpointSelector: {}, ...spec },
    });
  });
});

test('rules can be used in several policies', () => {
  POLICIES.forEach(({ policy }) => expect(objectOf({ policy })).toEqual(objectOf({ policy })));
});

test('the rule for DNS queries is added once, however many names there are', () => {
  const rule = { peers: [PolicyPeer.fqdn('api.example.com')] };
  const { spec } = objectOf({ policy: { egress: [rule, rule] } });
  expect(spec.egress.filter((it: any) => it.toPorts?.[0].rules?.dns)).toHaveLength(2); // pods, and the node
});

describe('in a namespace', () => {
  const inNamespace = () => {
    const fixture = clusterFixture();
    const namespace = new Namespace(fixture.stack, 'Namespace', { cluster: fixture.cluster, namespaceName: 'production' });
    new CiliumNetworkPolicy(fixture.stack, 'Policy', { cluster: fixture.cluster, namespace, policyName: 'allow-frontend', ingress: INGRESS });
    return fixture;
  };

  test('names it', () => {
    const policy = kubernetesObjects(inNamespace().template()).find(it => it.kind === 'CiliumNetworkPolicy');
    expect(policy.metadata).toEqual({ name: 'allow-frontend', namespace: 'production' });
  });

  test('comes after it, in a separate manifest', () => {
    const template = inNamespace().template();
    const [namespace, policy] = ['Namespace', 'Policy'].map(name => idsOf(template, MANIFEST).find(id => id.startsWith(name))!);
    expect(neededBy(template, policy)).toContain(namespace);
    expect(neededBy(template, namespace)).not.toContain(policy);
  });

  test('that is defined elsewhere', () => {
    const { stack, cluster, template } = importedClusterFixture();
    const namespace = Namespace.fromNamespaceName(stack, 'Legacy', cluster, 'legacy');
    new CiliumNetworkPolicy(stack, 'Policy', { cluster, namespace, policyName: 'allow-frontend', ingress: INGRESS });
    expect(kubernetesObjects(template())[0].metadata).toEqual({ name: 'allow-frontend', namespace: 'legacy' });
  });

  test('fails with a namespace of another cluster', () => {
    const { stack, cluster } = importedClusterFixture();
    const namespace = Namespace.fromNamespaceName(stack, 'Elsewhere', importedClusterFixture().cluster, 'shop');
    expect(() => new CiliumNetworkPolicy(stack, 'Policy', { cluster, namespace, policyName: 'allow-frontend', ingress: INGRESS }))
      .toThrow('`namespace` must be a namespace of `cluster`, got: "Shop/Elsewhere"; pass a namespace of the same cluster [Shop/Policy]');
  });
});

describe('for the whole cluster', () => {
  const clusterwide = (endpointSelector: EndpointSelector) => {
    const { stack, cluster, template } = importedClusterFixture();
    new CiliumClusterwideNetworkPolicy(stack, 'Policy', { cluster, policyName: 'allow-frontend', endpointSelector, ingress: INGRESS });
    return kubernetesObjects(template())[0];
  };

  test('is in no namespace', () => {
    expect(clusterwide(EndpointSelector.outsideNamespaces('kube-system'))).toEqual({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumClusterwideNetworkPolicy',
      metadata: { name: 'allow-frontend' },
      spec: {
        endpointSelector: { matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'NotIn', values: ['kube-system'] }] },
        ingress: [{ fromEndpoints: [{ matchLabels: { app: 'frontend' } }], toPorts: [{ ports: [{ port: '8080', protocol: 'TCP' }] }] }],
      },
    });
  });

  test('applies to pods of every namespace if the selector names none', () => {
    expect(clusterwide(EndpointSelector.all()).spec.endpointSelector).toEqual({});
  });
});
