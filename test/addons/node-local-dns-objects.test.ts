import { Duration } from 'aws-cdk-lib';
import { NodeLocalDns, NodeLocalDnsMode, type NodeLocalDnsProps } from '../../src';
import { clusterFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';

const LINK_LOCAL = { mode: NodeLocalDnsMode.LINK_LOCAL };

function object(kind: string, name: string, props: Partial<NodeLocalDnsProps> = {}) {
  const { stack, cluster, template } = clusterFixture();
  new NodeLocalDns(stack, 'NodeLocalDns', { cluster, clusterDnsIp: '172.20.0.10', ...props });
  const found = kubernetesObjects(template()).filter(it => it.kind === kind && it.metadata.name === name);
  expect(found).toHaveLength(1);
  return found[0];
}

const daemonSet = (props?: Partial<NodeLocalDnsProps>) => object('DaemonSet', 'node-local-dns', props);
const pod = (props?: Partial<NodeLocalDnsProps>) => daemonSet(props).spec.template;
const container = (props?: Partial<NodeLocalDnsProps>) => {
  const { containers } = pod(props).spec;
  expect(containers).toHaveLength(1);
  return containers[0];
};

describe('the DaemonSet', () => {
  test('runs on each node, before other pods and beside any taint', () => {
    expect(pod().spec).toMatchObject({ priorityClassName: 'system-node-critical', serviceAccountName: 'node-local-dns' });
    expect(pod().spec.tolerations).toEqual(expect.arrayContaining(['NoExecute', 'NoSchedule'].map(effect => ({ effect, operator: 'Exists' }))));
  });

  test('selects its own pods, and is replaced a tenth of the nodes at a time', () => {
    const labels = { 'k8s-app': 'node-local-dns' };
    expect(daemonSet().spec.selector.matchLabels).toEqual(labels);
    expect(pod().metadata.labels).toEqual(labels);
    expect(daemonSet().spec.updateStrategy).toEqual({ rollingUpdate: { maxUnavailable: '10%' } });
  });

  test('asks the resolver of the node, not itself, and finds the Service of CoreDNS in its environment', () => {
    expect(pod().spec.dnsPolicy).toBe('Default');
    expect(pod().spec).not.toHaveProperty('enableServiceLinks'); // true unless said otherwise
    expect(container().args.join(' ')).toContain('-upstreamsvc kube-dns-upstream');
  });

  test('runs the image of the table, or another', () => {
    expect(container().image).toBe('registry.k8s.io/dns/k8s-dns-node-cache:1.26.8');
    expect(container({ image: 'registry.example.com/node-cache:1' }).image).toBe('registry.example.com/node-cache:1');
  });

  test('reads the configuration that node-cache fills in', () => {
    const mounts = Object.fromEntries(container().volumeMounts.map((it: any) => [it.name, it.mountPath]));
    expect(mounts).toEqual({ 'config-volume': '/etc/coredns', 'kube-dns-config': '/etc/kube-dns' });
    expect(pod().spec.volumes).toEqual([
      { name: 'kube-dns-config', configMap: { name: 'kube-dns', optional: true } },
      { name: 'config-volume', configMap: { name: 'node-local-dns', items: [{ key: 'Corefile', path: 'Corefile.base' }] } },
    ]);
    expect(container().args.join(' ')).toContain('-conf /etc/Corefile');
  });

  test.each([[undefined, true], [true, true], [false, false]])('metricsEnabled: %s shows them: %s', (metricsEnabled, shown) => {
    const ports = container({ metricsEnabled }).ports.map((it: any) => it.containerPort);
    expect(ports).toEqual(shown ? [53, 53, 9253] : [53, 53]);
    const { annotations } = pod({ metricsEnabled }).metadata;
    expect(annotations['prometheus.io/scrape']).toBe(shown ? 'true' : undefined);
    expect(annotations['prometheus.io/port']).toBe(shown ? '9253' : undefined);
  });
});

describe('a changed configuration', () => {
  const annotation = (props?: Partial<NodeLocalDnsProps>) => pod(props).metadata.annotations['eks-platform/corefile'];

  test.each<Partial<NodeLocalDnsProps>>([
    { cacheTtl: 31 }, { cacheNegativeTtl: 6 }, { serveStale: Duration.seconds(0) }, { metricsEnabled: false }, LINK_LOCAL,
  ])('rolls the pods: %j', props => {
    expect(annotation(props)).toMatch(/^[0-9a-f]{16}$/);
    expect(annotation(props)).not.toBe(annotation());
  });

  test('is empty if nothing changed', () => {
    expect(annotation()).toBe(annotation({ cacheTtl: 30 }));
  });
});

describe('in Cilium mode', () => {
  test('runs in the network of pods and leaves the node alone', () => {
    expect(pod().spec).not.toHaveProperty('hostNetwork');
    expect(container().args).toEqual(expect.arrayContaining(['-skipteardown=true', '-setupinterface=false', '-setupiptables=false']));
    expect(container().securityContext).toEqual({ allowPrivilegeEscalation: false, capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } });
  });

  test('is asked for its health at its own address', () => {
    const httpGet = { path: '/health', port: 8080 };
    expect(container()).toMatchObject({ livenessProbe: { httpGet }, readinessProbe: { httpGet } });
    expect(container().readinessProbe.httpGet).toEqual(httpGet);
  });

  const ports = [{ name: 'dns', port: '53', protocol: 'UDP' }, { name: 'dns-tcp', port: '53', protocol: 'TCP' }];
  const redirectBackend = { localEndpointSelector: { matchLabels: { 'k8s-app': 'node-local-dns' } }, toPorts: ports };

  test('is sent the queries to kube-dns, but not those to its metrics', () => {
    expect(object('CiliumLocalRedirectPolicy', 'node-local-dns-service')).toEqual({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumLocalRedirectPolicy',
      metadata: { name: 'node-local-dns-service', namespace: 'kube-system' },
      spec: { redirectFrontend: { serviceMatcher: { serviceName: 'kube-dns', namespace: 'kube-system', toPorts: ports } }, redirectBackend },
    });
  });

  test('is sent the queries to the address of the spec', () => {
    expect(object('CiliumLocalRedirectPolicy', 'node-local-dns-address').spec).toEqual({
      redirectFrontend: { addressMatcher: { ip: '169.254.20.10', toPorts: ports } }, redirectBackend,
    });
  });

  test.each(['node-local-dns-service', 'node-local-dns-address'])('keeps the policy %s as it is whatever else changes', name => {
    expect(object('CiliumLocalRedirectPolicy', name, { cacheTtl: 60, metricsEnabled: false })).toEqual(object('CiliumLocalRedirectPolicy', name));
  });

  test('has the ports that the policies name, at the pods that they select', () => {
    const named = container().ports.map(({ name, containerPort, protocol }: any) => ({ name, port: `${containerPort}`, protocol }));
    expect(named).toEqual(expect.arrayContaining(ports));
  });

  test('reaches CoreDNS by a Service that no policy redirects', () => {
    const { metadata, spec } = object('Service', 'kube-dns-upstream');
    expect(metadata.namespace).toBe('kube-system');
    expect(spec.selector).toEqual({ 'k8s-app': 'kube-dns' });
    expect(spec.ports).toEqual([
      { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 }, { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
    ]);
  });
});

describe('in link-local mode', () => {
  test('listens on both addresses on the node itself', () => {
    expect(pod(LINK_LOCAL).spec.hostNetwork).toBe(true);
    expect(container(LINK_LOCAL).args).toEqual([
      '-localip', '169.254.20.10,172.20.0.10', '-conf', '/etc/Corefile', '-upstreamsvc', 'kube-dns-upstream',
    ]);
    expect(container(LINK_LOCAL).securityContext).toEqual({ capabilities: { add: ['NET_ADMIN'] } });
  });

  test('uses the address that it is given', () => {
    expect(container({ ...LINK_LOCAL, clusterDnsIp: '10.100.0.10' }).args).toContain('169.254.20.10,10.100.0.10');
  });

  test('shares the lock of iptables with the node', () => {
    expect(container(LINK_LOCAL).volumeMounts).toContainEqual({ mountPath: '/run/xtables.lock', name: 'xtables-lock' });
    expect(pod(LINK_LOCAL).spec.volumes).toContainEqual({ name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } });
  });

  test('is asked for its health at the address that it adds', () => {
    const httpGet = { path: '/health', port: 8080, host: '169.254.20.10' };
    expect(container(LINK_LOCAL)).toMatchObject({ livenessProbe: { httpGet }, readinessProbe: { httpGet } });
  });
});
