/** The section "NodeLocal DNS Cache" of the architecture document. */
import { Template } from 'aws-cdk-lib/assertions';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { Construct } from 'constructs';
import { NodeLocalDns, NodeLocalDnsMode, type NodeLocalDnsProps } from '../../src';
import { clusterFixture, importedClusterFixture } from '../support/fixtures';
import { kubernetesObjects, theOnly } from '../support/read';

/** The document's snippet, as it stands there; only where NodeLocalDns is imported from is another place. */
class DnsCache extends Construct {
  constructor(scope: Construct, id: string, props: { readonly cluster: eks.ICluster }) {
    super(scope, id);

    new NodeLocalDns(this, 'NodeLocalDns', {
      cluster: props.cluster,
      clusterDnsIp: '172.20.0.10', // Your kube-dns ClusterIP
      cacheTtl: 30, // Cache TTL in seconds
      cacheNegativeTtl: 5, // Negative cache TTL
      metricsEnabled: true, // Prometheus metrics
    });
  }
}

/** What a cache is made of. */
function objectsOf(template: Template) {
  const objects = kubernetesObjects(template);
  const kind = (name: string) => objects.filter(it => it.kind === name);
  const [daemonSet] = kind('DaemonSet');
  const corefile: string = kind('ConfigMap')[0].data.Corefile;
  return {
    daemonSet,
    pod: daemonSet.spec.template,
    container: daemonSet.spec.template.spec.containers[0],
    corefile,
    zones: Object.fromEntries([...corefile.matchAll(/^(\S.*) \{\n([^]*?)\n\}$/gm)]
      .flatMap(([, names, block]) => names.split(' ').map(zone => [zone.replace(/:53$/, ''), block]))) as { [zone: string]: string },
    policies: kind('CiliumLocalRedirectPolicy'),
    upstream: kind('Service').find(it => it.metadata.name === 'kube-dns-upstream'),
  };
}

function cache(props: Partial<NodeLocalDnsProps> = {}) {
  const { stack, cluster, template } = importedClusterFixture();
  new NodeLocalDns(stack, 'NodeLocalDns', { cluster, clusterDnsIp: '172.20.0.10', ...props });
  return objectsOf(template());
}

const byDefault = cache();

describe('"Configuration"', () => {
  test('"new NodeLocalDns(this, \'NodeLocalDns\', {...})": on a cluster of this app', () => {
    const { stack, cluster, template } = clusterFixture({ serviceIpv4Cidr: '172.20.0.0/16' });
    new DnsCache(stack, 'Dns', { cluster });
    expect(objectsOf(template()).daemonSet.metadata).toMatchObject({ name: 'node-local-dns', namespace: 'kube-system' });
  });

  test('"cluster: props.cluster": on a cluster that was made elsewhere', () => {
    const { stack, cluster, template } = importedClusterFixture();
    new DnsCache(stack, 'Dns', { cluster });
    expect(theOnly(template(), 'Custom::AWSCDK-EKS-KubernetesResource').Properties).toMatchObject({
      ClusterName: 'legacy', ServiceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:kubectl',
    });
  });

  test('"clusterDnsIp: \'172.20.0.10\'  // Your kube-dns ClusterIP": the cache answers in its place', () => {
    expect(cache({ clusterDnsIp: '172.20.0.11' }).container.args).toContain('169.254.20.10,172.20.0.11');
    expect(cache({ clusterDnsIp: '172.20.0.11', mode: NodeLocalDnsMode.LINK_LOCAL }).corefile).toContain('bind 169.254.20.10 172.20.0.11');
  });

  test('"clusterDnsIp": with Cilium the Service kube-dns is matched by its name, so that its address can\'t be missed', () => {
    const frontends = byDefault.policies.map(it => it.spec.redirectFrontend);
    expect(frontends.map(it => it.serviceMatcher).filter(Boolean)).toMatchObject([{ serviceName: 'kube-dns', namespace: 'kube-system' }]);
  });

  test('"cacheTtl: 30  // Cache TTL in seconds": in every zone', () => {
    const { zones } = cache({ cacheTtl: 77 });
    expect(Object.keys(zones)).toEqual(['cluster.local', 'in-addr.arpa', 'ip6.arpa', '.']);
    Object.values(zones).forEach(block => expect(block).toMatch(/^ +success \d+ 77$/m));
  });

  test('"cacheNegativeTtl: 5  // Negative cache TTL": in every zone', () => {
    const { zones } = cache({ cacheNegativeTtl: 9 });
    expect(Object.keys(zones)).toHaveLength(4);
    Object.values(zones).forEach(block => expect(block).toMatch(/^ +denial \d+ 9$/m));
  });

  test('the snippet\'s values are the defaults: leaving them out is the same', () => {
    expect(byDefault).toEqual(cache({ cacheTtl: 30, cacheNegativeTtl: 5, metricsEnabled: true }));
  });

  test('"metricsEnabled: true  // Prometheus metrics": exported, and announced', () => {
    const { zones, container, pod } = cache({ metricsEnabled: true });
    Object.values(zones).forEach(block => expect(block).toContain('prometheus :9253'));
    expect(container.ports).toContainEqual({ containerPort: 9253, name: 'metrics', protocol: 'TCP' });
    expect(pod.metadata.annotations).toMatchObject({ 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9253' });
  });

  test('"metricsEnabled: false": neither', () => {
    const { corefile, container, pod } = cache({ metricsEnabled: false });
    expect(corefile).not.toContain('prometheus');
    expect(JSON.stringify([container.ports, pod.metadata.annotations])).not.toMatch(/9253|scrape/);
  });
});

describe('"Architecture"', () => {
  const { daemonSet, pod, corefile, container, policies, upstream } = byDefault;

  test('"running a DNS caching agent on each node": whatever taints the node has', () => {
    expect(daemonSet.kind).toBe('DaemonSet');
    expect(pod.spec.tolerations).toEqual(expect.arrayContaining([{ effect: 'NoExecute', operator: 'Exists' }, { effect: 'NoSchedule', operator: 'Exists' }]));
  });

  test('"Pod A ───▶ NodeLocal DNS (169.254.20.10)": queries to that address, and to kube-dns, reach the cache on the pod\'s own node', () => {
    const frontends = policies.map(it => it.spec.redirectFrontend);
    expect(frontends.map(it => it.addressMatcher?.ip).filter(Boolean)).toEqual(['169.254.20.10']);
    expect(frontends.map(it => it.serviceMatcher?.serviceName).filter(Boolean)).toEqual(['kube-dns']);
    for (const { spec } of policies) {
      expect(spec.redirectBackend.localEndpointSelector.matchLabels).toEqual(pod.metadata.labels);
    }
  });

  test('"NodeLocal DNS ───▶ CoreDNS (kube-dns)": by a Service of its own, as kube-dns leads back to the cache', () => {
    expect(upstream.spec.selector).toEqual({ 'k8s-app': 'kube-dns' });
    expect(container.args.join(' ')).toContain('-upstreamsvc kube-dns-upstream');
    expect(corefile).toMatch(/^cluster\.local:53 [^{]*\{[^}]*\}[^}]*forward \. __PILLAR__CLUSTER__DNS__ \{/m);
  });

  test('"Local Cache"', () => {
    expect(corefile.match(/^ +cache \{$/gm)).toHaveLength(2);
  });
});

describe('"Benefits"', () => {
  const { corefile, container, pod } = byDefault;

  test('"Reduced latency" and "Decreased CoreDNS load": answers are kept, those that a name does not exist as well', () => {
    expect(corefile.match(/^ +success \d+ 30$/gm)).toHaveLength(2);
    expect(corefile.match(/^ +denial \d+ 5$/gm)).toHaveLength(2);
  });

  test('"Conntrack avoidance": Cilium brings queries to the cache without iptables, and the cache asks CoreDNS over TCP', () => {
    expect(container.args).toEqual(expect.arrayContaining(['-setupinterface=false', '-setupiptables=false']));
    expect(corefile.match(/force_tcp/g)).toHaveLength(1); // in the block of the zones that CoreDNS answers for
  });

  test('"Local cache survives CoreDNS pod restarts": an expired answer is given while there is no other', () => {
    expect(corefile.match(/^ +serve_stale 3600s verify$/gm)).toHaveLength(2);
    expect(pod.spec.priorityClassName).toBe('system-node-critical');
  });
});
