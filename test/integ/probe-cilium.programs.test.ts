import { hostname } from 'os';
import { http, grpc, kubernetes, listening, probe, probesMissing, silence, stopAll } from './probes';
import { serveHttp } from '../../integ/support/backend';
import { describeUnless } from '../support/run';

const FAMILIES = ['dns_queries', 'drop', 'tcp_flags', 'flows_processed', 'port_distribution', 'icmp', 'http_requests'].map(it => `hubble_${it}_total`);
const DAEMON_SETS = '/apis/apps/v1/namespaces/kube-system/daemonsets';
const CILIUM_NODES = '/apis/cilium.io/v2/ciliumnodes';
const RUNNING = '/api/v1/pods?fieldSelector=status.phase=Running';

/** A cluster of two nodes, as the API describes it: nodes have addresses of this machine, and each has a pod of `echo`. */
function cluster(): { [path: string]: any } {
  const node = (name: string, address: string) => ({
    metadata: { name },
    status: { conditions: [{ type: 'MemoryPressure', status: 'False' }, { type: 'Ready', status: 'True' }], addresses: [{ type: 'InternalIP', address }] },
  });
  const pod = (name: string, podIP: string, nodeName: string, hostNetwork = false) =>
    ({ metadata: { name }, spec: { nodeName, hostNetwork }, status: { podIP } });
  const ciliumNode = (name: string, cidr: string, address: string) => ({
    metadata: { name, annotations: { 'network.cilium.io/wg-pub-key': `key-of-${name}` } },
    status: { eni: { enis: { eni1: { subnet: { cidr }, addresses: [address] }, eni2: { subnet: { cidr: '10.0.0.0/24' }, addresses: ['10.0.0.9'] } } } },
  });
  const echo = [pod(hostname(), '127.0.0.2', 'a'), pod(hostname(), '127.0.0.3', 'b')];
  return {
    '/api/v1/nodes': { items: [node('a', '127.0.0.2'), node('b', '127.0.0.3')] },
    [`${DAEMON_SETS}/cilium`]: { status: { numberReady: 2, desiredNumberScheduled: 2 } },
    [CILIUM_NODES]: { items: [ciliumNode('a', '10.0.3.0/24', '127.0.0.2'), ciliumNode('b', '10.0.4.0/24', '127.0.0.3')] },
    [RUNNING]: { items: [...echo, pod('cilium-x', '10.9.9.9', 'a', true)] },
    '/api/v1/namespaces/network/pods?labelSelector=app=echo': { items: echo },
    '/api/v1/namespaces/network/pods?labelSelector=app=denied': { items: [pod('denied-1', '127.0.0.4', 'a')] },
  };
}

/** Everything as it should be, except for what a test replaces. */
async function run(api: { [path: string]: any } = {}, environment: { [name: string]: string } = {}) {
  const kubernetesApi = await listening(kubernetes({ ...cluster(), ...api }));
  const backend = serveHttp('echo');
  const first = await listening(backend, '127.0.0.2');
  await listening(serveHttp('echo'), '127.0.0.3', first.port);
  const denied = await listening(silence(), '127.0.0.4');
  // As Envoy with a rule for GET.
  const service = await listening(http(request => request.method === 'GET' ? { text: JSON.stringify({ pod: 'echo-1' }) } : { code: 403, text: 'Access denied' }));
  const relay = await listening(grpc('/observer.Observer/ServerStatus'));
  const metrics = await listening(http(() => ({ text: FAMILIES.slice(0, 4).map(it => `${it}{a="b"} 1`).join('\n') })), '127.0.0.2');
  await listening(http(() => ({ text: FAMILIES.slice(4).map(it => `${it} 1`).join('\n') })), '127.0.0.3', metrics.port);
  return probe('cilium', {
    API: `http://127.0.0.1:${kubernetesApi.port}`,
    NODE: 'a',
    NAMESPACE: 'network',
    PRIVATE_CIDRS: '10.0.3.0/24 10.0.4.0/24',
    FAMILIES: FAMILIES.join(' '),
    ECHO_PORT: `${first.port}`,
    DENIED_PORT: `${denied.port}`,
    SERVICE: `http://127.0.0.1:${service.port}`,
    RELAY: `http://127.0.0.1:${relay.port}`,
    METRICS_PORT: `${metrics.port}`,
    ...environment,
  });
}

describeUnless(probesMissing)('the probe of Cilium, as a process', () => {
  afterEach(stopAll);

  test('passes if all is as it should be, and says what it saw', async () => {
    const { code, head, failed, ok } = await run();
    expect(failed).toEqual({});
    expect([code, head]).toEqual([0, 'PASSED 12 of 12 checks']);
    expect(ok).toMatchObject({
      'nodes-are-ready': '2 nodes',
      'wireguard-keys-on-every-node': '2 keys',
      'pods-have-addresses-of-private-interfaces': '2 pods',
      'pods-reach-pods-across-nodes': '1 pods on other nodes',
      'denied-flow-is-denied': 'silence from denied-1',
      'hubble-relay-answers': 'grpc-status 0, 7 bytes, HTTP/2 200',
    });
  });

  test.each<[string, string, { [path: string]: any }, string]>([
    ['nodes-are-ready', 'a node is not ready', { '/api/v1/nodes': notReady() }, 'not ready: b'],
    ['nodes-are-ready', 'there is one node', { '/api/v1/nodes': { items: [] } }, '0 nodes, expected 2 or more'],
    ['agents-on-all-nodes', 'an agent is not ready', { [`${DAEMON_SETS}/cilium`]: { status: { numberReady: 1, desiredNumberScheduled: 2 } } }, '1 of 2 agents are ready'],
    ['no-aws-node', 'the VPC CNI runs', { [`${DAEMON_SETS}/aws-node`]: {} }, 'there is a DaemonSet aws-node'],
    ['no-kube-proxy', 'kube-proxy runs', { [`${DAEMON_SETS}/kube-proxy`]: {} }, 'there is a DaemonSet kube-proxy'],
    ['no-kube-proxy', 'the API refuses', { [`${DAEMON_SETS}/kube-proxy`]: { code: 403, message: 'forbidden' } }, 'expected 404, got 403: forbidden'],
    ['wireguard-keys-on-every-node', 'a node has no key', { [CILIUM_NODES]: { items: [{ metadata: { name: 'a' } }] } }, 'without a key: a'],
    ['pods-have-addresses-of-private-interfaces', 'a pod has an address of its own', { [RUNNING]: { items: [{ metadata: { name: 'odd' }, spec: {}, status: { podIP: '192.168.0.1' } }] } },
      'not of an interface in a private subnet: odd (192.168.0.1)'],
    ['pods-have-addresses-of-private-interfaces', 'an interface is in a public subnet', { [RUNNING]: { items: [{ metadata: { name: 'odd' }, spec: {}, status: { podIP: '10.0.0.9' } }] } },
      'not of an interface in a private subnet: odd (10.0.0.9)'],
  ])('%s fails if %s', async (check, _, api, reason) => {
    const { code, head, failed } = await run(api);
    expect(failed).toMatchObject({ [check]: reason });
    expect([code, head]).toEqual([1, expect.stringMatching(/^FAILED \d+ of 12 checks$/)]);
  });

  test('fails if the API does not answer', async () => {
    const { code, failed, ok } = await run({}, { API: 'http://127.0.0.1:1' });
    expect(code).toBe(1);
    // These ask others.
    expect(Object.keys(ok).sort()).toEqual(['http-rule-denies-other-methods', 'hubble-relay-answers', 'services-without-kube-proxy']);
    expect(failed['nodes-are-ready']).toMatch(/^curl: \(7\)/);
  });

  test('fails if a pod does not answer, or all are on one node', async () => {
    expect((await run({}, { NODE: 'b', ECHO_PORT: '1' })).failed['pods-reach-pods-across-nodes']).toMatch(/^curl: \(7\).* on a:$/);
    const alone = { items: [{ metadata: { name: hostname() }, spec: { nodeName: 'a' }, status: { podIP: '127.0.0.2' } }] };
    expect((await run({ '/api/v1/namespaces/network/pods?labelSelector=app=echo': alone })).failed).toEqual({
      'pods-reach-pods-across-nodes': 'no pod on another node than a',
    });
  });

  test('fails if another pod answers, a denied one does, POST passes, the relay and a metric are missing', async () => {
    const open = await listening(serveHttp('denied'), '127.0.0.4');
    const post = await listening(serveHttp('echo'));
    const relay = await listening(grpc('/observer.Observer/ServerStatus', '14'));
    const { failed } = await run({}, {
      DENIED_PORT: `${open.port}`, SERVICE: `http://127.0.0.1:${post.port}`, RELAY: `http://127.0.0.1:${relay.port}`, FAMILIES: 'hubble_drop_total hubble_lost_events_total',
    });
    expect(failed).toEqual({
      'http-rule-denies-other-methods': 'expected 403 for POST, got 200',
      'denied-flow-is-denied': 'expected silence, got curl\'s exit code 0: 200',
      'hubble-relay-answers': 'grpc-status 14, 7 bytes, HTTP/2 200',
      'metrics-have-all-families': 'missing: hubble_lost_events_total',
    });
  });
});

function notReady() {
  const { items } = cluster()['/api/v1/nodes'];
  items[1].status.conditions[1].status = 'Unknown';
  return { items };
}
