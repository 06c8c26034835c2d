import { createPublicKey, X509Certificate } from 'crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'fs';
import { createServer, get } from 'https';
import type { AddressInfo } from 'net';
import { tmpdir } from 'os';
import { join } from 'path';
import { parseAllDocuments } from 'yaml';
import { Authority, signingKeys } from '../../rehearsal/cluster/certificates';
import { startControlPlane, type ControlPlane } from '../../rehearsal/cluster/control-plane';
import { FAKE_NODE, READY_NODE } from '../../rehearsal/cluster/kwok';
import { choosePorts } from '../../rehearsal/cluster/ports';
import { CONTROL_PLANE, missingOf, prepare } from '../../rehearsal/setup/toolchain';
import { identityOf } from '../../rehearsal/support/killed';
import { Processes } from '../../rehearsal/support/processes';
import { run } from '../../rehearsal/support/run';
import { describeUnless } from '../support/run';

describe('certificates', () => {
  const authority = new Authority('rehearsal');
  const server = authority.issue('kube-apiserver', ['localhost', 'kubernetes.default.svc'], ['127.0.0.1', '172.20.0.1']);
  const [ca, issued] = [new X509Certificate(authority.certificate), new X509Certificate(server.certificate)];

  test('are signed by the authority', () => {
    expect(issued.verify(ca.publicKey)).toBe(true);
    expect(issued.checkIssued(ca)).toBe(true);
    expect(ca.ca).toBe(true);
    expect(issued.ca).toBe(false);
  });

  test('hold the names and addresses of the server', () => {
    expect(issued.subjectAltName).toBe('DNS:localhost, DNS:kubernetes.default.svc, IP Address:127.0.0.1, IP Address:172.20.0.1');
    expect(issued.subject).toBe('CN=kube-apiserver');
    expect(issued.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  test('hold from yesterday, for clocks that are late, for a month', () => {
    const days = (text: string) => Math.round((Date.parse(text) - Date.now()) / 24 / 3600 / 1000);

    expect([days(issued.validFrom), days(issued.validTo)]).toEqual([-1, 30]);
  });

  test('differ from one authority to the next', () => {
    const other = new Authority('rehearsal');

    expect(issued.verify(createPublicKey(other.certificate))).toBe(false);
    expect(new X509Certificate(other.certificate).serialNumber).not.toBe(ca.serialNumber);
  });

  test('serve TLS to those who know the authority, and only to them', async () => {
    const https = createServer({ cert: server.certificate, key: server.key }, (_, response) => response.end('hello'));
    await new Promise<void>(resolve => https.listen(0, '127.0.0.1', resolve));
    const { port } = https.address() as AddressInfo;
    const status = (known: string) => new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port, ca: known, agent: false }, response => resolve(response.resume().statusCode)).on('error', reject);
    });

    expect(await status(authority.certificate)).toBe(200);
    await expect(status(new Authority('rehearsal').certificate)).rejects.toThrow();
    https.close();
  });

  test('of service accounts are a pair', () => {
    const { privateKey, publicKey } = signingKeys();

    expect(createPublicKey(privateKey).export({ type: 'spki', format: 'pem' })).toBe(publicKey);
  });
});

test('the stages are for nodes and pods, each with its own name', () => {
  const stages = parseAllDocuments(readFileSync(join(__dirname, '../../rehearsal/cluster/stages.yaml'), 'utf8')).map(stage => stage.toJS());

  expect(new Set(stages.map(stage => stage.spec.resourceRef.kind))).toEqual(new Set(['Node', 'Pod']));
  expect(new Set(stages.map(stage => stage.metadata.name)).size).toBe(stages.length);
});

describeUnless(missingOf(CONTROL_PLANE))('a control plane', () => {
  let folder: string;
  let processes: Processes;
  let cluster: ControlPlane;
  let kubectl: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'control-plane-test-'));
    processes = new Processes(join(folder, 'logs'));
    const toolchain = await prepare({
      kubernetes: '1.36', needs: CONTROL_PLANE, say: () => undefined, env: { ...process.env, KUBEBUILDER_ASSETS: undefined },
    });
    kubectl = join(toolchain.kubeBin, 'kubectl');
    cluster = await startControlPlane({
      toolchain, processes, folder, ports: await choosePorts(), authSecret: 'secret-of-a-test-0', serviceRange: '172.20.0.0/16',
    });
    await apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'node', annotations: FAKE_NODE }, status: { capacity: { cpu: '8', memory: '32Gi', pods: '110' } } });
  });

  afterAll(async () => {
    await processes.stopAll();
    rmSync(folder, { recursive: true });
  });

  const apply = (object: object) => run(kubectl, ['--kubeconfig', cluster.adminKubeconfig, 'apply', '-f', '-'], { stdin: JSON.stringify(object) });
  const workload = (kind: string, name: string, image: string, spec = {}) => apply({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image }], ...spec } },
    },
  });

  test('keeps what waits for a network off a node without one, and lets a DaemonSet that tolerates it run', async () => {
    await cluster.kubectl('wait', '--for=condition=Ready=false', 'node/node', '--timeout=10s');
    await workload('Deployment', 'shop', 'shop:1');
    await workload('DaemonSet', 'agent', 'agent:1', { hostNetwork: true, tolerations: [{ operator: 'Exists' }] });

    await cluster.kubectl('rollout', 'status', 'daemonset/agent', '--timeout=10s');

    expect(await cluster.kubectl('get', 'deployment/shop', '-o', 'jsonpath={.status.availableReplicas}')).toBe('');
  });

  test('makes the node ready at its label, and then runs the rest', async () => {
    await cluster.kubectl('label', 'node', 'node', ...Object.entries(READY_NODE).map(label => label.join('=')));

    await cluster.kubectl('wait', '--for=condition=Ready', 'node/node', '--timeout=10s');
    await cluster.kubectl('wait', '--for=condition=Available', 'deployment/shop', '--timeout=10s');
  });

  test('never starts a pod with an image that is broken', async () => {
    await workload('Deployment', 'bad', 'registry/broken:1');

    await cluster.kubectl('wait', 'pod', '-l', 'app=bad', '--timeout=10s',
      '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ImagePullBackOff');
  });

  test('says its release, and asks who calls', async () => {
    const { serverVersion } = JSON.parse(await cluster.kubectl('version', '-o', 'json'));

    expect(serverVersion.gitVersion).toMatch(/^v1\.36\./);
    await expect(cluster.kubectl('--token', 'nobody', '--kubeconfig', '/dev/null', '--server', cluster.endpoint,
      '--certificate-authority', cluster.caFile, 'get', 'pods')).rejects.toThrow(/logged in|Unauthorized/);
  });

  test('leaves nothing that runs', async () => {
    const started = readFileSync(join(processes.logs, 'processes'), 'utf8').trim().split('\n').map(line => Number(line.split(' ')[0]));
    expect(started.length).toBe(5);
    expect(readdirSync(processes.logs)).toEqual(
      ['etcd.log', 'kube-apiserver.log', 'kube-controller-manager.log', 'kube-scheduler.log', 'kwok.log', 'processes']);

    await processes.stopAll();

    expect(started.map(identityOf)).toEqual(started.map(() => undefined));
  });
});
