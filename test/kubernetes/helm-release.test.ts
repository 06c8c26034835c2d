import * as path from 'path';
import { Fn, Lazy, RemovalPolicy } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { HelmRelease, type HelmReleaseProps } from '../../src/kubernetes/helm-release';
import { VERSIONS } from '../../src/kubernetes/versions';
import { clusterFixture, importedClusterFixture } from '../support/fixtures';
import { helmRelease, helmValues } from '../support/read';

const { cilium, externalDns, albController } = VERSIONS.charts;
type Fixture = ReturnType<typeof clusterFixture | typeof importedClusterFixture>;

function releaseFixture(props: Partial<HelmReleaseProps> = {}, fixture: Fixture = importedClusterFixture()) {
  const release = new HelmRelease(fixture.stack, 'Release', {
    cluster: fixture.cluster, chart: cilium, namespace: 'kube-system', values: {}, wait: true, ...props,
  });
  const warnings = () => Annotations.fromStack(fixture.stack).findWarning('/Shop/Release', Match.anyValue()).map(it => it.entry.data);
  return { ...fixture, release, warnings };
}

const properties = (fixture: Pick<Fixture, 'template'>, name = 'cilium') => helmRelease(fixture.template(), name).Properties;

describe('the release', () => {
  test('is the pinned chart from its authors, under its own name', () => {
    const fixture = releaseFixture();
    expect(properties(fixture)).toMatchObject({
      ClusterName: 'legacy', Release: 'cilium', Chart: 'cilium', Repository: cilium.repository, Version: cilium.version, Namespace: 'kube-system',
    });
    expect(fixture.warnings()).toEqual([]);
  });

  test('can be installed on a user\'s own cluster', () => {
    const fixture = releaseFixture({}, clusterFixture());
    expect(properties(fixture).ClusterName).toEqual(fixture.stack.resolve(fixture.cluster.clusterName));
  });

  test.each([['kube-system', undefined], ['external-dns', true]])('in the namespace %s has CreateNamespace %s', (namespace, createNamespace) => {
    const { Namespace, CreateNamespace } = properties(releaseFixture({ namespace }));
    expect([Namespace, CreateNamespace]).toEqual([namespace, createNamespace]);
  });

  test.each([[true, true], [false, undefined]])('with `wait` %s waits and rolls back, both or neither', (wait, given) => {
    const { Wait, Atomic } = properties(releaseFixture({ wait }));
    expect([Wait, Atomic]).toEqual([given, given]);
  });

  test('gives up before the Lambda function that runs Helm does', () => {
    const fixture = releaseFixture({}, clusterFixture());
    expect(properties(fixture).Timeout).toBe('720s');
    fixture.template().allResourcesProperties('AWS::Lambda::Function', { Timeout: 900 });
  });

  test('does not touch how CRDs are installed, as the handler ignores it', () => {
    expect(properties(releaseFixture()).SkipCrds).toBeUndefined();
  });
});

describe('values', () => {
  const values = { hubble: { ui: { enabled: true, replicas: 1 }, relay: { enabled: true } }, tolerations: [{ key: 'a' }, { key: 'b' }] };

  test('are ours where the user has none', () => {
    expect(helmValues(releaseFixture({ values }).template(), 'cilium')).toEqual(values);
  });

  test('are the user\'s where both have some, at every depth', () => {
    const userValues = { hubble: { ui: { enabled: false } }, tolerations: [], debug: { enabled: true } };
    expect(helmValues(releaseFixture({ values, userValues }).template(), 'cilium')).toEqual({
      hubble: { ui: { enabled: false, replicas: 1 }, relay: { enabled: true } }, tolerations: [], debug: { enabled: true },
    });
  });

  test('may be null, with which Helm drops a default of the chart', () => {
    expect(helmValues(releaseFixture({ values, userValues: { hubble: null } }).template(), 'cilium').hubble).toBeNull();
  });

  test('may hold tokens', () => {
    const fixture = clusterFixture();
    const userValues = { cluster: Lazy.any({ produce: () => ({ id: 7 }) }) };
    releaseFixture({ values: { k8sServiceHost: fixture.cluster.clusterEndpoint }, userValues }, fixture);
    expect(helmValues(fixture.template(), 'cilium')).toEqual({ k8sServiceHost: '<token>', cluster: { id: 7 } });
  });

  test('stay as the user gave them', () => {
    const userValues = { hubble: { ui: { enabled: false } } };
    releaseFixture({ values, userValues });
    expect(userValues).toEqual({ hubble: { ui: { enabled: false } } });
    expect(values.hubble.ui).toEqual({ enabled: true, replicas: 1 });
  });

  test('that the chart does not know give a warning with their names', () => {
    const fixture = releaseFixture({ userValues: { hubble: {}, hubbel: {}, encyption: {} } });
    expect(fixture.warnings()).toEqual([expect.stringContaining(
      `\`values\` has names that cilium ${cilium.version} does not know and Helm ignores: hubbel, encyption [ack: @org/eks-platform:chartValues]`)]);
  });

  test('are checked against the names of the chart that they are for', () => {
    const userValues = { txtOwnerId: 'shop' };
    expect(releaseFixture({ chart: externalDns, userValues }).warnings()).toEqual([]);
    expect(releaseFixture({ chart: albController, userValues }).warnings()).toHaveLength(1);
  });
});

describe('the chart\'s source', () => {
  test('may be another repository', () => {
    const fixture = releaseFixture({ chartRepository: 'https://charts.example.com' });
    expect(properties(fixture)).toMatchObject({ Chart: 'cilium', Repository: 'https://charts.example.com', Version: cilium.version });
    expect(fixture.warnings()).toEqual([]);
  });

  test.each(['oci://registry.example.com/charts', 'oci://registry.example.com/charts/'])('may be the registry %s, plus the name', chartRepository => {
    expect(properties(releaseFixture({ chartRepository }))).toMatchObject({
      Chart: 'cilium', Repository: 'oci://registry.example.com/charts/cilium', Version: cilium.version,
    });
  });

  test('may be an asset, which brings its own version', () => {
    const fixture = importedClusterFixture();
    const chartAsset = new Asset(fixture.stack, 'Chart', { path: path.join(__dirname, '..', 'support') });
    releaseFixture({ chartAsset }, fixture);
    expect(properties(fixture).ChartAssetURL).toEqual(fixture.stack.resolve(chartAsset.s3ObjectUrl));
    expect(Object.keys(properties(fixture))).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(Chart|Repository|Version)$/)]));
    expect(properties(fixture).Release).toBe('cilium');
  });

  test.each([{ chartVersion: '1.20.1' }, { chartRepository: 'https://charts.example.com' }])('fails if it is an asset and %j', other => {
    const fixture = importedClusterFixture();
    const chartAsset = new Asset(fixture.stack, 'Chart', { path: path.join(__dirname, '..', 'support') });
    expect(() => releaseFixture({ chartAsset, ...other }, fixture)).toThrow(
      '`chartAsset` must be given without `chartVersion` and `chartRepository`, got: "an asset"; '
      + 'the asset is the chart, at the version that it holds [Shop/Release]');
  });

  test.each([
    'http://charts.example.com', 'charts.example.com', 'https://', 'oci://', 'https://a b', 's3://charts', '',
  ])('fails if it is %j', chartRepository => {
    expect(() => releaseFixture({ chartRepository })).toThrow('`chartRepository` must be a URL that starts with https:// or oci://, '
      + `got: "${chartRepository}"; give the address that \`helm pull\` takes [Shop/Release]`);
  });

  test('may be another version, with a warning', () => {
    const fixture = releaseFixture({ chartVersion: '1.19.9' });
    expect(properties(fixture).Version).toBe('1.19.9');
    expect(fixture.warnings()).toEqual([
      expect.stringContaining(`cilium 1.19.9 is not the version that this library is tested with (${cilium.version})`),
    ]);
  });

  test('gives no warning for the version that is tested', () => {
    expect(releaseFixture({ chartVersion: cilium.version }).warnings()).toEqual([]);
  });

  test('may be tokens, which are not examined', () => {
    const fixture = releaseFixture({ chartVersion: Fn.importValue('version'), chartRepository: Fn.importValue('repository') });
    expect(properties(fixture)).toMatchObject({ Version: { 'Fn::ImportValue': 'version' }, Repository: { 'Fn::ImportValue': 'repository' } });
    expect(fixture.warnings()).toEqual([]);
  });
});

test.each([[true, true], [false, undefined], [undefined, undefined]])('adopts a release that is there already only if asked to: %s', (adopt, asked) => {
  expect(properties(releaseFixture({ adopt })).Adopt).toBe(asked);
});

describe('the chart\'s CRDs', () => {
  test.each([[undefined], [RemovalPolicy.RETAIN]])('stay by default, and if asked to: %s', crdRemovalPolicy => {
    expect(properties(releaseFixture({ crdRemovalPolicy }))).not.toHaveProperty('DeleteCrds');
  });

  test('are deleted with the release if asked to', () => {
    expect(properties(releaseFixture({ crdRemovalPolicy: RemovalPolicy.DESTROY })).DeleteCrds).toBe(true);
  });

  test('can\'t be kept as a copy', () => {
    expect(() => releaseFixture({ crdRemovalPolicy: RemovalPolicy.SNAPSHOT }))
      .toThrow('`crdRemovalPolicy` must be RETAIN or DESTROY, got: "snapshot"; definitions are kept or deleted, without a snapshot [Shop/Release]');
  });
});

describe('a second release of the same name', () => {
  const second = ({ stack }: Fixture, cluster: eks.ICluster, props: Partial<HelmReleaseProps> = {}) =>
    new HelmRelease(stack, 'Second', { cluster, chart: cilium, namespace: 'kube-system', values: {}, wait: true, ...props });

  test.each([['one\'s own', clusterFixture], ['an imported', importedClusterFixture]])('fails on %s cluster, and names the first', (_, clusterOf) => {
    const fixture = releaseFixture({}, clusterOf());
    expect(() => second(fixture, fixture.cluster)).toThrow('`cluster` must be a cluster without the Helm release kube-system/cilium, '
      + 'got: "kube-system/cilium"; Shop/Release defines it already: keep one of the two [Shop/Second]');
  });

  test('works on another cluster', () => {
    const fixture = releaseFixture();
    expect(() => second(fixture, importedClusterFixture().cluster)).not.toThrow();
  });

  test('works for another chart', () => {
    const fixture = releaseFixture();
    second(fixture, fixture.cluster, { chart: albController });
    expect(properties(fixture, 'aws-load-balancer-controller').Version).toBe(albController.version);
    expect(properties(fixture).Version).toBe(cilium.version);
  });
});
