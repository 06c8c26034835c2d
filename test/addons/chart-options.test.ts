import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { aws_s3_assets as s3, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { AlbController, Cilium, ExternalDns, type ChartOptions } from '../../src';
import { VERSIONS } from '../../src/kubernetes/versions';
import { clusterFixture, zoneFixture } from '../support/fixtures';
import { helmRelease, helmValues } from '../support/read';

interface AddOn {
  readonly chart: string;
  readonly version: string;
  add(stack: Stack, cluster: eks.ICluster, options: ChartOptions): void;
}

const clusterName = 'shop';
const ADD_ONS: AddOn[] = [
  { chart: 'cilium', version: VERSIONS.charts.cilium.version, add: (stack, cluster, options) => new Cilium(stack, 'AddOn', { cluster, clusterName, ...options }) },
  {
    chart: 'aws-load-balancer-controller',
    version: VERSIONS.charts.albController.version,
    add: (stack, cluster, options) => new AlbController(stack, 'AddOn', { cluster, ...options }),
  },
  {
    chart: 'external-dns',
    version: VERSIONS.charts.externalDns.version,
    add: (stack, cluster, options) => new ExternalDns(stack, 'AddOn', { cluster, clusterName, hostedZones: [zoneFixture(stack)], ...options }),
  },
];

describe.each(ADD_ONS)('$chart', ({ chart, version, add }) => {
  const fixture = (options: ChartOptions = {}) => {
    const { stack, cluster, template } = clusterFixture();
    add(stack, cluster, options);
    return { stack, template };
  };
  const release = (options?: ChartOptions) => helmRelease(fixture(options).template(), chart).Properties;
  const warnings = (options?: ChartOptions) => Annotations.fromStack(fixture(options).stack).findWarning('*', Match.stringLikeRegexp('eks-platform:'));

  test('warns of nothing by default', () => {
    expect(warnings()).toEqual([]);
  });

  test('merges the values of the user over its own', () => {
    const plain = helmValues(fixture().template(), chart);
    const { serviceAccount, ...merged } = helmValues(fixture({ values: { serviceAccount: { automount: false }, tolerations: [{ key: 'a' }] } }).template(), chart);
    expect(serviceAccount).toEqual({ ...plain.serviceAccount, automount: false });
    expect(merged.tolerations).toEqual([{ key: 'a' }]);
    expect(Object.keys(merged)).toEqual(expect.arrayContaining(Object.keys(plain).filter(key => key !== 'serviceAccount')));
  });

  test('leaves the values of the user as they are', () => {
    const values = Object.freeze({ resources: Object.freeze({ limits: Object.freeze({ memory: '1Gi' }) }) });
    expect(helmValues(fixture({ values }).template(), chart).resources.limits.memory).toBe('1Gi');
  });

  test('warns of a name that the chart does not know', () => {
    expect(warnings({ values: { tolerations: [], tolerashuns: [] } })).toEqual([expect.objectContaining({
      entry: expect.objectContaining({ data: expect.stringContaining(`\`values\` has names that ${chart} ${version} does not know and Helm ignores: tolerashuns`) }),
    })]);
  });

  test('warns of a version that is not the one in the table, but accepts it', () => {
    expect(release({ chartVersion: '9.9.9' }).Version).toBe('9.9.9');
    expect(warnings({ chartVersion: version })).toEqual([]);
    expect(warnings({ chartVersion: '9.9.9' })).toEqual([expect.objectContaining({
      entry: expect.objectContaining({ data: expect.stringContaining(`${chart} 9.9.9 is not the version that this library is tested with (${version})`) }),
    })]);
  });

  test('comes from another repository, or from a registry with its whole address', () => {
    expect(release({ chartRepository: 'https://charts.example.com' })).toMatchObject({ Repository: 'https://charts.example.com', Chart: chart, Version: version });
    expect(release({ chartRepository: 'oci://registry.example.com/charts' })).toMatchObject({
      Repository: `oci://registry.example.com/charts/${chart}`, Version: version,
    });
  });

  test('fails with a repository that Helm would not accept', () => {
    expect(() => fixture({ chartRepository: 'charts.example.com' })).toThrow('`chartRepository` must be a URL that starts with https:// or oci://, '
      + 'got: "charts.example.com"; give the address that `helm pull` takes [Shop/AddOn/Release]');
  });

  describe('as an asset', () => {
    let path: string;
    beforeAll(() => {
      path = mkdtempSync(join(tmpdir(), 'chart-'));
      writeFileSync(join(path, 'Chart.yaml'), `name: ${chart}`);
    });
    afterAll(() => rmSync(path, { recursive: true }));

    test('comes from no repository', () => {
      const { stack, cluster, template } = clusterFixture();
      add(stack, cluster, { chartAsset: new s3.Asset(stack, 'Chart', { path }) });
      const { ChartAssetURL, ...properties } = helmRelease(template(), chart).Properties;
      expect(ChartAssetURL).toBeDefined();
      expect(Object.keys(properties)).not.toEqual(expect.arrayContaining(['Chart']));
      expect(properties).not.toHaveProperty('Repository');
      expect(properties).not.toHaveProperty('Version');
    });

    test.each([{ chartVersion: '9.9.9' }, { chartRepository: 'https://charts.example.com' }])('fails with %j', options => {
      const { stack, cluster } = clusterFixture();
      const chartAsset = new s3.Asset(stack, 'Chart', { path });
      expect(() => add(stack, cluster, { chartAsset, ...options })).toThrow('`chartAsset` must be given without `chartVersion` and `chartRepository`, '
        + 'got: "an asset"; the asset is the chart, at the version that it holds [Shop/AddOn/Release]');
    });
  });
});

test('one cluster has each chart once', () => {
  const { stack, cluster } = clusterFixture();
  new AlbController(stack, 'One', { cluster });
  expect(() => new AlbController(stack, 'Two', { cluster })).toThrow('Shop/One/Release defines it already: keep one of the two [Shop/Two/Release]');
});
