import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { supportedMinors, VERSIONS } from '../../src/kubernetes/versions';

const charts = Object.values(VERSIONS.charts);

test('the supported Kubernetes versions are those that every chart works with', () => {
  expect(supportedMinors()).toEqual({ oldest: 33, newest: 36 });
  for (const { kubernetes: [oldest, newest] } of charts) {
    expect(oldest).toBeLessThanOrEqual(supportedMinors().oldest);
    expect(newest).toBeGreaterThanOrEqual(supportedMinors().newest);
  }
});

test('the default Kubernetes version is a supported one, that CDK knows and the default kubectl layer fits', () => {
  expect(VERSIONS.kubernetes).toBeGreaterThanOrEqual(supportedMinors().oldest);
  expect(VERSIONS.kubernetes).toBeLessThanOrEqual(supportedMinors().newest);
  expect(eks.KubernetesVersion.V1_36.version).toBe(`1.${VERSIONS.kubernetes}`);
  expect(KubectlV36Layer.name).toBe(`KubectlV${VERSIONS.kubernetes}Layer`);
});

test.each(charts.map(chart => [chart.name, chart] as const))('the chart %s is pinned to one version, from a repository over HTTPS', (_, chart) => {
  expect(chart.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(chart.repository).toMatch(/^https:\/\/[^/]+(\/.*[^/])?$/);
});

test.each(Object.entries(VERSIONS.images))('the image %s is pinned to one version', (_, image) => {
  expect(image).toMatch(/^registry\.k8s\.io\/[a-z0-9/-]+:\d+\.\d+\.\d+$/);
});
