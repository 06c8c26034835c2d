import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { AlbController, AlbIngress } from '../../src';
import { importedClusterFixture, platformFixture } from '../support/fixtures';
import { unordered } from '../support/order';
import { helmRelease, idsOf, neededBy, theOnly } from '../support/read';

const DRAIN = 'Custom::EksPlatformDrain';

test('is served by the function that serves charts and manifests, of the same cluster', () => {
  const template = platformFixture().template();
  const { ServiceToken, ClusterName, ServiceTimeout } = theOnly(template, DRAIN).Properties;
  const release = helmRelease(template, 'aws-load-balancer-controller').Properties;
  expect([ServiceToken, ClusterName]).toEqual([release.ServiceToken, release.ClusterName]);
  expect(ServiceTimeout).toBe('3600');
});

test.each([
  ['the load balancer controller', { albController: { enabled: false } }],
  ['ExternalDNS', { hostedZones: undefined }],
  ['the node-local cache', { nodeLocalDns: { enabled: false } }],
  ['all add-ons', { albController: { enabled: false }, hostedZones: undefined, nodeLocalDns: { enabled: false } }],
])('stays the same where an update takes away %s, so that it deletes nothing then', (_, props) => {
  const [before, after] = [platformFixture().template(), platformFixture(props).template()];
  expect(idsOf(after, DRAIN)).toEqual(idsOf(before, DRAIN));
  expect(theOnly(after, DRAIN).Properties).toEqual(theOnly(before, DRAIN).Properties);
  expect(unordered(after, 'the drain', 'CoreDNS')).toEqual([]);
});

test('is deleted after Ingresses that were defined later, and after charts that depend on the platform', () => {
  const { stack, platform, template } = platformFixture();
  new AlbIngress(stack, 'Ingress', { controller: platform.albController!, hosts: ['web.example.com'], paths: [{ service: 'web', port: 80 }] });
  const app = new eks.HelmChart(stack, 'App', { cluster: platform.cluster, chart: 'podinfo', release: 'podinfo' });
  app.node.addDependency(platform);
  expect(unordered(template(), 'every Ingress', 'the drain')).toEqual([]);
  const [podinfo] = idsOf(template(), 'Custom::AWSCDK-EKS-HelmChart', { Release: 'podinfo' });
  expect(neededBy(template(), podinfo)).toContain(idsOf(template(), DRAIN)[0]);
});

test('is not there where a controller is added to a cluster of the user\'s own', () => {
  const { stack, cluster, template } = importedClusterFixture();
  new AlbController(stack, 'AlbController', { cluster });
  template().resourceCountIs(DRAIN, 0);
});
