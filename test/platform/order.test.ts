import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import {
  AlbIngress, CiliumNetworkPolicy, EksPlatform, PlatformProfile, PolicyEntity, PolicyPeer, WorkloadIdentity, type EksPlatformProps,
} from '../../src';
import { HELM_RELEASE } from '../../tools/template';
import { platformFixture, stackFixture } from '../support/fixtures';
import { ORDER, PARTS, unordered } from '../support/order';
import { creationSteps, helmRelease, idsOf, neededBy, resourcesOf } from '../support/read';

const irsa = inUse({ profile: PlatformProfile.PROD, identity: WorkloadIdentity.IRSA, network: { podCidr: '100.64.0.0/16' } });
const podIdentity = platformFixture({ identity: WorkloadIdentity.POD_IDENTITY }).template();

test.each(ORDER)('$title', ({ podIdentity: withPodIdentity, unordered: found }) => {
  expect(found(withPodIdentity ? podIdentity : irsa)).toEqual([]);
});

test.each([['IRSA', irsa], ['Pod Identity', podIdentity]])('all in all, with %s: VPC, cluster, Cilium, nodes, CoreDNS, controllers', (_, template) => {
  const steps = creationSteps(template);
  const order = [
    ['the subnets', 'the routes', 'the NAT gateways', 'the flow log'], ['the cluster'], ['the role of Cilium'], ['Cilium'], ['the node group'], ['CoreDNS'],
    ['AlbController', 'ExternalDns', 'NodeLocalDns'],
  ].map(parts => parts.flatMap(part => PARTS[part](template)).map(id => steps[id]));
  order.slice(1).forEach((later, index) => expect(Math.min(...later)).toBeGreaterThan(Math.max(...order[index])));
});

test('does not wait for Cilium, as no node is there that could run it', () => {
  expect(helmRelease(irsa, 'cilium').Properties).not.toHaveProperty('Wait');
  expect(helmRelease(irsa, 'cilium').Properties).not.toHaveProperty('Atomic'); // atomic implies wait, and would uninstall
});

test.each(['aws-load-balancer-controller', 'external-dns'])('waits for %s and rolls it back if it does not get ready', release => {
  expect(helmRelease(irsa, release).Properties).toMatchObject({ Wait: true, Atomic: true });
});

test('controllers and cache do not wait for each other', () => {
  for (const part of ['AlbController', 'ExternalDns', 'NodeLocalDns']) {
    const others = ['AlbController', 'ExternalDns', 'NodeLocalDns'].filter(it => it !== part).flatMap(it => PARTS[it](irsa));
    expect(others.filter(id => neededBy(irsa, PARTS[part](irsa)[0]).has(id))).toEqual([]);
  }
});

test('added node groups wait for Cilium as the first one does', () => {
  const { platform, template } = platformFixture();
  platform.addNodeGroup('Batch');
  platform.addNodeGroup('Spot', { capacityType: eks.CapacityType.SPOT });
  const [cilium] = PARTS.Cilium(template());
  const groups = PARTS['the node group'](template());
  expect(groups).toHaveLength(3);
  groups.forEach(id => expect(neededBy(template(), id)).toContain(cilium));
});

test('what depends on the platform comes after all of it, and is deleted while controllers still run', () => {
  const { stack, platform, template } = platformFixture();
  const app = new eks.HelmChart(stack, 'App', { cluster: platform.cluster, chart: 'podinfo', release: 'podinfo' });
  app.node.addDependency(platform);
  const needs = neededBy(template(), idsOf(template(), HELM_RELEASE, { Release: 'podinfo' })[0]);
  const platformIds = Object.keys(template().toJSON().Resources).filter(id => id.startsWith('Platform'));
  expect(platformIds.filter(id => !needs.has(id))).toEqual([]);
});

test('nodes keep their routes, too, where the API is public alone and the Lambdas stand outside the VPC', () => {
  const template = platformFixture({ endpointAccess: eks.EndpointAccess.PUBLIC }).template();
  Object.values(resourcesOf(template, 'AWS::Lambda::Function')).forEach(it => expect(it.Properties).not.toHaveProperty('VpcConfig'));
  expect(unordered(template, 'the node group', 'the routes')).toEqual([]);
  expect(unordered(template, 'the cluster', 'the routes')).toEqual([]);
});

test('a VPC of the same app outlives the cluster, with its routes', () => {
  const stack = stackFixture();
  const vpc = new ec2.Vpc(stack, 'Network');
  new EksPlatform(stack, 'Platform', { clusterName: 'shop', vpc });
  const template = Template.fromStack(stack);
  expect(unordered(template, 'the cluster', 'the routes')).toEqual([]);
  expect(unordered(template, 'Cilium', 'the NAT gateways')).toEqual([]);
});

test.each([PlatformProfile.DEV, PlatformProfile.STAGING, PlatformProfile.PROD])('has no cycle: $profileName', profile => {
  for (const identity of [WorkloadIdentity.IRSA, WorkloadIdentity.POD_IDENTITY]) {
    const { platform, template } = platformFixture({ profile, identity, network: { podCidr: '100.64.0.0/16' } });
    platform.addNodeGroup('More');
    expect(() => creationSteps(template())).not.toThrow();
  }
});

test('leaves no way to ask a platform\'s Cilium to wait, as there is no node yet', () => {
  // @ts-expect-error `wait` is a prop of Cilium on a cluster that has nodes, not of a platform's options.
  const { template } = platformFixture({ cilium: { wait: true } });
  const { Wait, Atomic } = helmRelease(template(), 'cilium').Properties;
  expect([Wait, Atomic]).toEqual([undefined, undefined]);
});

/** A platform with a namespace, a policy, and Ingresses in it and outside of it. */
function inUse(props: Partial<EksPlatformProps>): Template {
  const { stack, platform, template } = platformFixture(props);
  const { cluster, albController } = platform;
  const namespace = platform.addNamespace('web');
  new CiliumNetworkPolicy(stack, 'Policy', { cluster, namespace, policyName: 'web', ingress: [{ peers: [PolicyPeer.entity(PolicyEntity.HOST)] }] });
  for (const [id, where] of Object.entries({ Ingress: undefined, IngressOfNamespace: namespace })) {
    new AlbIngress(stack, id, { controller: albController!, hosts: [`${id}.example.com`.toLowerCase()], paths: [{ service: 'web', port: 80 }], namespace: where });
  }
  return template();
}
