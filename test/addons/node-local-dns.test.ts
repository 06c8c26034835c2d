import { CfnParameter, Duration } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { NodeLocalDns, NodeLocalDnsMode, type NodeLocalDnsProps } from '../../src';
import { clusterFixture, importedClusterFixture, platformFixture } from '../support/fixtures';
import { kubernetesObjects, resourcesOf, theOnly } from '../support/read';

function dnsFixture(props: Partial<NodeLocalDnsProps> = {}, clusterProps: Partial<eks.ClusterProps> = {}) {
  const { stack, cluster, template } = clusterFixture(clusterProps);
  new NodeLocalDns(stack, 'NodeLocalDns', { cluster, clusterDnsIp: '172.20.0.10', ...props });
  return { stack, template };
}

const objects = (props?: Partial<NodeLocalDnsProps>) => kubernetesObjects(dnsFixture(props).template());

describe('the manifest', () => {
  test('has the props of the spec, which do nothing but say the defaults', () => {
    expect(objects({ cacheTtl: 30, cacheNegativeTtl: 5, metricsEnabled: true })).toEqual(objects());
  });

  test('comes in the order that works: the Service that the cache finds in its environment before the pods', () => {
    expect(objects().map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`)).toEqual([
      'ServiceAccount kube-system/node-local-dns',
      'Service kube-system/kube-dns-upstream',
      'ConfigMap kube-system/node-local-dns',
      'DaemonSet kube-system/node-local-dns',
      'CiliumLocalRedirectPolicy kube-system/node-local-dns-service',
      'CiliumLocalRedirectPolicy kube-system/node-local-dns-address',
    ]);
  });

  test('has no policies of Cilium in link-local mode', () => {
    expect(objects({ mode: NodeLocalDnsMode.LINK_LOCAL }).map(({ kind }) => kind)).toEqual(['ServiceAccount', 'Service', 'ConfigMap', 'DaemonSet']);
  });

  test('takes nothing over that others made, and is never pruned', () => {
    const { Properties } = theOnly(dnsFixture().template(), 'Custom::AWSCDK-EKS-KubernetesResource');
    expect(Properties).not.toHaveProperty('Overwrite');
    expect(Properties).not.toHaveProperty('PruneLabel');
  });

  test('is of one cluster, also of one that was made elsewhere', () => {
    const { stack, cluster, template } = importedClusterFixture();
    new NodeLocalDns(stack, 'NodeLocalDns', { cluster, clusterDnsIp: '10.96.0.10' });
    expect(theOnly(template(), 'Custom::AWSCDK-EKS-KubernetesResource').Properties.ClusterName).toBe('legacy');
    expect(kubernetesObjects(template())).toHaveLength(6);
  });

  test('needs no additional Lambda function or role', () => {
    const own = Object.keys(dnsFixture().template().toJSON().Resources).filter(id => id.startsWith('NodeLocalDns'));
    expect(own).toEqual(Object.keys(resourcesOf(dnsFixture().template(), 'Custom::AWSCDK-EKS-KubernetesResource')));
  });
});

describe('time to live', () => {
  test.each([1, 86400])('can be %s', ttl => {
    const [corefile] = objects({ cacheTtl: ttl, cacheNegativeTtl: ttl }).filter(it => it.kind === 'ConfigMap').map(it => it.data.Corefile);
    expect(corefile).toContain(`success 9984 ${ttl}\n`);
    expect(corefile).toContain(`denial 9984 ${ttl}\n`);
  });

  test.each([
    ['cacheTtl', 0], ['cacheTtl', -1], ['cacheTtl', 1.5], ['cacheNegativeTtl', 0], ['cacheNegativeTtl', -5], ['cacheNegativeTtl', 0.1],
  ])('fails if %s is %s', (prop, ttl) => {
    expect(() => dnsFixture({ [prop]: ttl })).toThrow(`\`${prop}\` must be a whole number of seconds, 1 or more, got: ${ttl}; `
      + 'leave the add-on out with `enabled: false` to cache nothing [Shop/NodeLocalDns]');
  });

  test.each([1500, 500])('fails if serveStale is %s milliseconds', milliseconds => {
    expect(() => dnsFixture({ serveStale: Duration.millis(milliseconds) })).toThrow(`\`serveStale\` must be whole seconds, got: ${milliseconds / 1000}; `
      + 'round it; `Duration.seconds(0)` means never [Shop/NodeLocalDns]');
  });
});

describe('clusterDnsIp', () => {
  const fails = (clusterDnsIp: string, ranges: string, clusterProps?: Partial<eks.ClusterProps>) =>
    expect(() => dnsFixture({ clusterDnsIp }, clusterProps)).toThrow(`\`clusterDnsIp\` must be an IPv4 address in the cluster's service range (${ranges}), `
      + `got: "${clusterDnsIp}"; ask for it: kubectl get service kube-dns --namespace kube-system [Shop/NodeLocalDns]`);

  test.each(['172.20.0.10', '10.100.0.10', '172.20.255.255'])('may be %s in the ranges that EKS chooses from', clusterDnsIp => {
    expect(kubernetesObjects(dnsFixture({ clusterDnsIp }).template())).toHaveLength(6);
  });

  test.each(['10.96.0.10', '172.21.0.10', '10.99.255.255', '10.101.0.0'])('fails as %s outside of them', clusterDnsIp => {
    fails(clusterDnsIp, '10.100.0.0/16 or 172.20.0.0/16');
  });

  test('must be in the range of a cluster that names one', () => {
    const range = { serviceIpv4Cidr: '10.96.0.0/20' };
    expect(kubernetesObjects(dnsFixture({ clusterDnsIp: '10.96.15.255' }, range).template())).toHaveLength(6);
    fails('10.96.16.0', '10.96.0.0/20', range);
    fails('172.20.0.10', '10.96.0.0/20', range);
  });

  test.each(['', 'kube-dns', '172.20.0', '172.20.0.256', '172.20.0.010', 'fd00::a', '172.20.0.10/32'])('fails as "%s", which is not an address', clusterDnsIp => {
    fails(clusterDnsIp, '10.100.0.0/16 or 172.20.0.0/16');
  });

  test('fails with an imported cluster only if it is not an address', () => {
    const { stack, cluster } = importedClusterFixture();
    expect(() => new NodeLocalDns(stack, 'Dns', { cluster, clusterDnsIp: 'kube-dns' })).toThrow("in the cluster's service range (0.0.0.0/0), got: \"kube-dns\"");
  });

  test('may be any where the range is a token', () => {
    const { stack, template } = clusterFixture();
    const cluster = new eks.Cluster(stack, 'Other', {
      version: eks.KubernetesVersion.V1_36,
      serviceIpv4Cidr: new CfnParameter(stack, 'Range').valueAsString,
      kubectlProviderOptions: { kubectlLayer: stack.node.findChild('Kubectl') as any },
    });
    new NodeLocalDns(stack, 'Dns', { cluster, clusterDnsIp: '192.168.0.10' });
    expect(kubernetesObjects(template())).toHaveLength(6);
  });
});

describe('tokens pass through unexamined', () => {
  const fixture = (value: (parameter: CfnParameter) => Partial<NodeLocalDnsProps>, type: string) => {
    const { stack, cluster, template } = clusterFixture();
    const props = value(new CfnParameter(stack, 'Given', { type }));
    new NodeLocalDns(stack, 'Dns', { cluster, clusterDnsIp: '172.20.0.10', mode: NodeLocalDnsMode.LINK_LOCAL, ...props });
    return template();
  };
  const corefile = (value: (parameter: CfnParameter) => Partial<NodeLocalDnsProps>, type: string): string =>
    kubernetesObjects(fixture(value, type)).filter(it => it.kind === 'ConfigMap')[0].data.Corefile;

  test('as a time to live', () => {
    expect(corefile(given => ({ cacheTtl: given.valueAsNumber }), 'Number')).toContain('success 9984 <token>\n');
    expect(corefile(given => ({ cacheNegativeTtl: given.valueAsNumber }), 'Number')).toContain('denial 9984 <token>\n');
    expect(corefile(given => ({ serveStale: Duration.seconds(given.valueAsNumber) }), 'Number')).toContain('serve_stale <token>s verify\n');
  });

  test('as an address', () => {
    expect(corefile(given => ({ clusterDnsIp: given.valueAsString }), 'String')).toContain('bind 169.254.20.10 <token>\n');
  });

  test('and do not roll the pods from one synthesis to the next', () => {
    const hash = (before: number) => {
      const { stack, cluster, template } = clusterFixture();
      Array.from({ length: before }, (_, index) => new CfnParameter(stack, `Other${index}`).valueAsString); // each is another token
      new NodeLocalDns(stack, 'Dns', { cluster, clusterDnsIp: new CfnParameter(stack, 'Given').valueAsString, mode: NodeLocalDnsMode.LINK_LOCAL });
      return kubernetesObjects(template()).filter(it => it.kind === 'DaemonSet')[0].spec.template.metadata.annotations['eks-platform/corefile'];
    };
    expect(hash(3)).toBe(hash(0));
  });
});

describe('in a platform', () => {
  test('is there, at the address that the platform gives to kube-dns, unless it is left out', () => {
    const { platform, template } = platformFixture();
    expect(platform.nodeLocalDns).toBeInstanceOf(NodeLocalDns);
    expect(JSON.stringify(kubernetesObjects(template()))).toContain('169.254.20.10,172.20.0.10');
    expect(platformFixture({ nodeLocalDns: { enabled: false } }).platform.nodeLocalDns).toBeUndefined();
  });

  test('accepts its options', () => {
    const { template } = platformFixture({ nodeLocalDns: { cacheTtl: 60 } });
    expect(kubernetesObjects(template()).filter(it => it.kind === 'ConfigMap')[0].data.Corefile).toContain('success 9984 60');
  });
});
