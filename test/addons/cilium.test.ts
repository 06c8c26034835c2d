import { CfnParameter, Fn, type Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Cilium, CiliumEncryption, EksPlatform, type CiliumProps } from '../../src';
import { VERSIONS } from '../../src/kubernetes/versions';
import { clusterFixture, importedClusterFixture, platformFixture } from '../support/fixtures';
import { helmRelease, helmValues, text } from '../support/read';

function ciliumFixture(props: Partial<CiliumProps> = {}) {
  const { stack, cluster, template } = clusterFixture();
  const cilium = new Cilium(stack, 'Cilium', { cluster, clusterName: 'shop', ...props });
  return { stack, cluster, cilium, template };
}

const release = (props?: Partial<CiliumProps>) => helmRelease(ciliumFixture(props).template(), 'cilium').Properties;
const values = (props?: Partial<CiliumProps>) => helmValues(ciliumFixture(props).template(), 'cilium');

describe('the release', () => {
  test('is the chart of its authors, in kube-system, at the pinned version', () => {
    expect(release()).toMatchObject({
      Release: 'cilium', Chart: 'cilium', Repository: 'https://helm.cilium.io', Version: VERSIONS.charts.cilium.version, Namespace: 'kube-system',
    });
    expect(release()).not.toHaveProperty('CreateNamespace');
  });

  test('neither waits nor is atomic, as no node exists yet', () => {
    expect(release()).not.toHaveProperty('Wait');
    expect(release()).not.toHaveProperty('Atomic');
  });

  test('waits and rolls back where the user says that there are nodes', () => {
    expect(release({ wait: true })).toMatchObject({ Wait: true, Atomic: true });
  });

  test('ends before the Lambda that runs Helm', () => {
    expect(release().Timeout).toBe('720s');
  });
});

describe('the network', () => {
  test('gives pods the addresses of network interfaces, and routes natively', () => {
    expect(values()).toMatchObject({ eni: { enabled: true, awsReleaseExcessIPs: true }, ipam: { mode: 'eni' }, routingMode: 'native' });
  });

  test('takes the place of kube-proxy', () => {
    expect(values()).toMatchObject({ kubeProxyReplacement: true, kubeProxyReplacementHealthzBindAddr: '0.0.0.0:10256', k8sServicePort: 443 });
  });

  test('reaches the API server by the endpoint of the cluster, without its scheme', () => {
    const parts = release().Values['Fn::Join'][1];
    const host = parts[parts.findIndex((part: any) => typeof part === 'string' && part.endsWith('"k8sServiceHost":"')) + 1];
    expect(host).toEqual({ 'Fn::Select': [1, { 'Fn::Split': ['//', { 'Fn::GetAtt': [expect.stringMatching(/^Cluster/), 'Endpoint'] }] }] });
  });

  test('takes the scheme off an endpoint that is known already', () => {
    const { stack, cluster, template } = importedClusterFixture();
    new Cilium(stack, 'Cilium', { cluster, clusterName: 'legacy' });
    expect(helmValues(template(), 'cilium').k8sServiceHost).toBe('0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com');
  });

  test('lets traffic leave under the addresses of pods', () => {
    expect(values().enableIPv4Masquerade).toBe(false);
    expect(values()).not.toHaveProperty('egressMasqueradeInterfaces');
  });

  test('masquerades at the given interfaces', () => {
    expect(values({ egressMasqueradeInterfaces: ['eth0', 'ens+'] })).toMatchObject({
      enableIPv4Masquerade: true, egressMasqueradeInterfaces: 'eth0,ens+',
    });
  });

  test('fails without an interface to masquerade at', () => {
    expect(() => ciliumFixture({ egressMasqueradeInterfaces: [] })).toThrow(
      '`egressMasqueradeInterfaces` must be one interface or more, got: []; leave it out to keep masquerading off [Shop/Cilium]');
  });

  test('redirects to local pods, which the DNS cache needs', () => {
    expect(values().localRedirectPolicies).toEqual({ enabled: true });
  });

  test.each([[undefined, false], [false, false], [true, true]])('prefixDelegation: %s delegates prefixes: %s', (prefixDelegation, expected) => {
    expect(values({ prefixDelegation }).eni.awsEnablePrefixDelegation).toBe(expected);
  });

  test('places new network interfaces in the subnets with the given tags', () => {
    expect(values({ podSubnetTags: { 'example.com/pods': 'true', 'team': 'shop' } }).eni.nodeSpec).toEqual({
      firstInterfaceIndex: 1, // the first is in the node's own subnet
      subnetTags: ['example.com/pods=true', 'team=shop'],
    });
    expect(values().eni).not.toHaveProperty('nodeSpec');
  });

  test('finds the pod subnets of a platform by their tag', () => {
    const { template, platform } = platformFixture({ network: { podCidr: '100.64.0.0/16' } });
    const [tag] = helmValues(template(), 'cilium').eni.nodeSpec.subnetTags;
    const [Key, Value] = tag.split('=');
    expect(platform).toBeInstanceOf(EksPlatform);
    template().hasResourceProperties('AWS::EC2::Subnet', {
      CidrBlock: Match.stringLikeRegexp('^100\\.64\\.'), Tags: Match.arrayWith([{ Key, Value }]),
    });
  });

  test('collects unused interfaces with both marks of this cluster, and makes none without them', () => {
    const tags = { 'io.cilium/cilium-managed': 'true', 'io.cilium/cluster-name': 'shop' };
    expect(values().eni).toMatchObject({ gcInterval: '5m', gcTags: tags, eniTags: tags });
  });
});

describe('encryption', () => {
  test.each([
    [undefined, { enabled: true, type: 'wireguard', nodeEncryption: false }],
    [CiliumEncryption.WIREGUARD, { enabled: true, type: 'wireguard', nodeEncryption: false }],
    [CiliumEncryption.WIREGUARD_WITH_NODES, { enabled: true, type: 'wireguard', nodeEncryption: true }],
    [CiliumEncryption.NONE, { enabled: false, type: 'wireguard', nodeEncryption: false }],
  ])('%s', (encryption, expected) => {
    expect(values({ encryption }).encryption).toEqual(expected);
  });
});

describe('the operator', () => {
  test('runs twice, and anew when its configuration changes', () => {
    expect(values().operator).toEqual({ replicas: 2, rollOutPods: true });
  });

  test('runs as often as asked', () => {
    expect(values({ operatorReplicas: 1 }).operator.replicas).toBe(1);
  });

  test.each([0, -1, 1.5])('fails with %s replicas', operatorReplicas => {
    expect(() => ciliumFixture({ operatorReplicas })).toThrow(
      `\`operatorReplicas\` must be a whole number, 1 or more, got: ${operatorReplicas}; each operator needs a node of its own [Shop/Cilium]`);
  });
});

describe('the name of the cluster', () => {
  test.each(['a', 'shop-1', '1-shop', 'x'.repeat(32)])('may be %s', clusterName => {
    expect(values({ clusterName }).cluster).toEqual({ name: clusterName });
    expect(values({ clusterName }).eni.gcTags['io.cilium/cluster-name']).toBe(clusterName);
  });

  test.each(['', 'x'.repeat(33), '-shop', 'shop-', 'Shop', 'shop_1', 'shop.eu'])('fails as "%s"', clusterName => {
    expect(() => ciliumFixture({ clusterName })).toThrow(
      `\`clusterName\` must be 1 to 32 lower-case letters, digits and dashes, with no dash at either end, got: "${clusterName}"; `
      + 'EKS allows more, but Cilium, tag keys and DNS owners carry this name too [Shop/Cilium]');
  });
});

describe('tokens pass through unexamined', () => {
  const parameter = (stack: Stack, type = 'String') => new CfnParameter(stack, 'Given', { type });

  test('as a name', () => {
    const { stack, cluster, template } = clusterFixture();
    new Cilium(stack, 'Cilium', { cluster, clusterName: parameter(stack).valueAsString });
    expect(helmValues(template(), 'cilium').cluster.name).toBe('<token>');
  });

  test('as a number', () => {
    const { stack, cluster, template } = clusterFixture();
    new Cilium(stack, 'Cilium', { cluster, clusterName: 'shop', operatorReplicas: parameter(stack, 'Number').valueAsNumber });
    const written = helmRelease(template(), 'cilium').Properties.Values;
    expect(text(written)).toContain('"operator":{"replicas":<token>,');
    expect(written['Fn::Join'][1]).toContainEqual({ Ref: 'Given' });
  });

  test('as lists', () => {
    const { stack, cluster, template } = clusterFixture();
    const list = parameter(stack, 'CommaDelimitedList').valueAsList;
    new Cilium(stack, 'Cilium', { cluster, clusterName: 'shop', egressMasqueradeInterfaces: list, hubble: { metrics: list } });
    const parts: any[] = helmRelease(template(), 'cilium').Properties.Values['Fn::Join'][1];
    const after = (ending: string) => parts[parts.findIndex(part => typeof part === 'string' && part.endsWith(ending)) + 1];
    expect(after('"egressMasqueradeInterfaces":"')).toEqual({ 'Fn::Join': [',', { Ref: 'Given' }] });
    expect(after('"enabled":')).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^CdkJsonStringifyRefGiven/), 'Value'] });
  });

  test('as a metric', () => {
    const metric = Fn.select(0, Fn.split(',', Fn.importValue('Metrics')));
    expect(values({ hubble: { metrics: [metric] } }).hubble.metrics.enabled).toEqual(['<token>']);
  });
});
