import { Lazy } from 'aws-cdk-lib';
import { KubernetesManifest } from 'aws-cdk-lib/aws-eks-v2';
import { PolicyPeer, PolicyPort } from '../../src';
import { HELM_RELEASE, MANIFEST } from '../../tools/template';
import { platformFixture } from '../support/fixtures';
import { idsOf, kubernetesObjects, neededBy } from '../support/read';


test('addNamespace defines a namespace that denies all, in one resource', () => {
  const { platform, template } = platformFixture();
  const before = Object.keys(platformFixture().template().toJSON().Resources);
  platform.addNamespace('production', { defaultDeny: true }).addPolicy('allow-frontend', {
    ingress: [{ peers: [PolicyPeer.pods({ app: 'frontend' })], ports: [PolicyPort.tcp(8080)] }],
  });
  expect(Object.keys(template().toJSON().Resources).filter(id => !before.includes(id))).toHaveLength(1);
  expect(kubernetesObjects(template()).filter(it => it.metadata.namespace === 'production').map(it => it.metadata.name))
    .toEqual(['allowances', 'allow-frontend', 'default-deny-all']);
});

describe('a namespace of a platform', () => {
  const { stack, platform, template } = platformFixture();
  const namespace = platform.addNamespace('production');
  const workload = new KubernetesManifest(stack, 'Workload', { cluster: platform.cluster, manifest: [] });
  workload.node.addDependency(namespace);
  const [namespaceId] = idsOf(template(), MANIFEST).filter(id => id.includes('production'));
  const needs = neededBy(template(), namespaceId);

  // Cilium's resource kinds exist as soon as a node is ready, as its agent waits for them. What is deleted with the namespace needs the others.
  test.each([
    ['the nodes', 'AWS::EKS::Nodegroup', {}],
    ['the cluster\'s DNS', 'AWS::EKS::Addon', { AddonName: 'coredns' }],
    ['Cilium', HELM_RELEASE, { Release: 'cilium' }],
    ['the load balancer controller', HELM_RELEASE, { Release: 'aws-load-balancer-controller' }],
    ['ExternalDNS', HELM_RELEASE, { Release: 'external-dns' }],
  ])('comes after %s, and is deleted before', (_, type, properties) => {
    const [id] = idsOf(template(), type, properties);
    expect(needs).toContain(id);
  });

  test('comes after the node-local cache, and is deleted before', () => {
    expect(needs).toContain(idsOf(template(), MANIFEST).find(id => id.includes('NodeLocalDns')));
  });

  test('is deleted after what depends on it', () => {
    const [id] = idsOf(template(), MANIFEST).filter(it => it.startsWith('Workload'));
    expect(neededBy(template(), id)).toContain(namespaceId);
    expect(needs).not.toContain(id);
  });
});

test('a namespace does not need add-ons that are left out', () => {
  const { platform, template } = platformFixture({ hostedZones: undefined, albController: { enabled: false }, nodeLocalDns: { enabled: false } });
  platform.addNamespace('production');
  const [id] = idsOf(template(), MANIFEST);
  expect(neededBy(template(), id)).toContain(idsOf(template(), 'AWS::EKS::Addon', { AddonName: 'coredns' })[0]);
});

test('what depends on the platform comes after its namespaces', () => {
  const { stack, platform, template } = platformFixture();
  new KubernetesManifest(stack, 'Workload', { cluster: platform.cluster, manifest: [] }).node.addDependency(platform);
  platform.addNamespace('production');
  const ids = idsOf(template(), MANIFEST);
  expect(neededBy(template(), ids.find(id => id.startsWith('Workload'))!)).toContain(ids.find(id => id.includes('production')));
});

test('fails with a name that only the deployment knows: the construct needs an id', () => {
  const { platform } = platformFixture();
  expect(() => platform.addNamespace(Lazy.string({ produce: () => 'production' }))).toThrow('; use `new Namespace`, whose id you choose [Shop/Platform]');
});

test('fails with the same namespace twice', () => {
  const { platform } = platformFixture();
  platform.addNamespace('production');
  expect(() => platform.addNamespace('production')).toThrow(/Namespace-production/);
});
