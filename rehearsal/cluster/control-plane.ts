import { randomBytes } from 'crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'fs';
import { get as httpGet } from 'http';
import { get as httpsGet } from 'https';
import { join } from 'path';
import { Authority, signingKeys } from './certificates';
import type { Ports } from './ports';
import type { Toolchain } from '../setup/toolchain';
import { type Processes, type Running, waitUntil } from '../support/processes';
import { run } from '../support/run';

export { choosePorts, type Ports } from './ports';

/** Nodes with this annotation are played by kwok; others are nobody's. */
export const FAKE_NODE = { 'kwok.x-k8s.io/node': 'fake' };

/** A node with this label becomes Ready; without it, it waits for its network. */
export const READY_NODE = { 'rehearsal/ready': 'true' };

/** A Kubernetes API server that runs, with all that works behind it. */
export interface ControlPlane {
  readonly endpoint: string;
  /** The certificate of its authority. */
  readonly caFile: string;
  /** Of a user in `system:masters`. */
  readonly adminKubeconfig: string;
  /** Runs kubectl as that user. @returns what it says */
  kubectl(...args: string[]): Promise<string>;
  /** Runs another release of Kubernetes on what etcd holds, as EKS upgrades a cluster. @param kubeBin the folder with its programs */
  upgrade(kubeBin: string): Promise<void>;
}

/** What a control plane is started with. */
export interface ControlPlaneOptions {
  readonly toolchain: Pick<Toolchain, 'kubeBin'>;
  readonly processes: Processes;
  /** For its state and its credentials. */
  readonly folder: string;
  readonly ports: Ports;
  /** Ends the address of the token webhook: at least 16 letters, digits, `-` and `_`. */
  readonly authSecret: string;
  /** The range of service addresses. */
  readonly serviceRange: string;
  /** The account in the address of the token webhook. @default 000000000000 */
  readonly account?: string;
  /** The region in the address of the token webhook. @default us-east-1 */
  readonly region?: string;
  /** The cluster in the address of the token webhook: any, because only the account's one cluster has this API server. @default rehearsal */
  readonly cluster?: string;
  /** The socket of an HTTP proxy on the way from the API server to Services, such as those of webhooks. @default - none: Services cannot be reached */
  readonly serviceProxy?: string;
}

/**
 * Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok, and waits until all work.
 *
 * The API server also accepts the tokens that the emulator's token webhook knows. The emulator may be started later.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { toolchain, processes, ports, serviceRange } = options;
  const folder = join(options.folder, 'kubernetes');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const start = (name: string, args: Record<string, string | number>, kubeBin = toolchain.kubeBin) => processes.start(
    name, join(kubeBin, name), Object.entries(args).map(([flag, value]) => `--${flag}=${value}`), { cwd: folder });

  const authority = new Authority('rehearsal');
  const server = authority.issue('kube-apiserver', [
    'localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local',
  ], ['127.0.0.1', firstAddress(serviceRange)]);
  const serviceAccounts = signingKeys();
  const caFile = write('ca.crt', authority.certificate);
  const caKey = write('ca.key', authority.key);
  const serviceAccountKey = write('service-accounts.key', serviceAccounts.privateKey);
  const endpoint = `https://127.0.0.1:${ports.api}`;

  const tokens: string[] = [];
  const user = (name: string, group?: string): string => {
    const token = randomBytes(16).toString('hex');
    tokens.push([token, name, name, ...group ? [group] : []].join(','));
    return write(`${name.replace('system:', '')}.kubeconfig`, kubeconfig(endpoint, authority.certificate, token));
  };
  const adminKubeconfig = user('admin', 'system:masters');
  const controllerManager = user('system:kube-controller-manager');
  const scheduler = user('system:kube-scheduler');
  const kwok = user('kwok', 'system:masters');

  const etcdUrl = `http://127.0.0.1:${ports.etcd}`;
  const etcdPeerUrl = `http://127.0.0.1:${ports.etcdPeer}`;
  const etcd = start('etcd', {
    'name': 'rehearsal',
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': etcdUrl,
    'advertise-client-urls': etcdUrl,
    'listen-peer-urls': etcdPeerUrl,
    'initial-advertise-peer-urls': etcdPeerUrl,
    'initial-cluster': `rehearsal=${etcdPeerUrl}`,
    'unsafe-no-fsync': 'true', // nothing here outlives the rehearsal
  });
  await waitUntil('answer of etcd', () => answers(`${etcdUrl}/health`), etcd);

  const { account = '000000000000', region = 'us-east-1', cluster = 'rehearsal', authSecret } = options;
  const startApi = async (kubeBin?: string): Promise<Running> => ready(start('kube-apiserver', {
    'etcd-servers': etcdUrl,
    'bind-address': '127.0.0.1',
    'secure-port': ports.api,
    'advertise-address': '127.0.0.1',
    'endpoint-reconciler-type': 'none', // no Endpoints may have a loopback address
    'service-cluster-ip-range': serviceRange,
    'tls-cert-file': write('kube-apiserver.crt', server.certificate),
    'tls-private-key-file': write('kube-apiserver.key', server.key),
    'client-ca-file': caFile,
    'service-account-key-file': write('service-accounts.pub', serviceAccounts.publicKey),
    'service-account-signing-key-file': serviceAccountKey,
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'token-auth-file': write('tokens.csv', `${tokens.join('\n')}\n`),
    'authentication-token-webhook-config-file': write('token-webhook.kubeconfig', kubeconfig(
      `http://127.0.0.1:${ports.emulator}/_ministack/eks-auth/${account}/${region}/${cluster}/${authSecret}`)),
    'authentication-token-webhook-version': 'v1',
    'authentication-token-webhook-cache-ttl': '1s', // access entries come and go during a deployment
    'authorization-mode': 'Node,RBAC',
    'allow-privileged': 'true',
    'cert-dir': folder,
    ...options.serviceProxy === undefined ? {} : { 'egress-selector-config-file': write('egress.json', egressBy(options.serviceProxy)) },
  }, kubeBin));
  const ready = async (api: Running) => {
    await waitUntil('readiness of the API server', () => answers(`${endpoint}/readyz`, authority.certificate), api);
    return api;
  };
  const startOthers = (kubeBin?: string): [Running, number][] => [
    [start('kube-controller-manager', {
      'kubeconfig': controllerManager,
      'authentication-kubeconfig': controllerManager,
      'authorization-kubeconfig': controllerManager,
      'leader-elect': 'false',
      'bind-address': '127.0.0.1',
      'secure-port': ports.controllerManager,
      'tls-cert-file': join(folder, 'kube-apiserver.crt'),
      'tls-private-key-file': join(folder, 'kube-apiserver.key'),
      'use-service-account-credentials': 'true',
      'service-account-private-key-file': serviceAccountKey,
      'root-ca-file': caFile,
      'cluster-signing-cert-file': caFile,
      'cluster-signing-key-file': caKey,
      'flex-volume-plugin-dir': join(folder, 'flex-volumes'),
    }, kubeBin), ports.controllerManager],
    [start('kube-scheduler', {
      'kubeconfig': scheduler,
      'authentication-kubeconfig': scheduler,
      'authorization-kubeconfig': scheduler,
      'leader-elect': 'false',
      'bind-address': '127.0.0.1',
      'secure-port': ports.scheduler,
      'tls-cert-file': join(folder, 'kube-apiserver.crt'),
      'tls-private-key-file': join(folder, 'kube-apiserver.key'),
    }, kubeBin), ports.scheduler],
  ];
  const healthy = (parts: [Running, number][]) => Promise.all(parts.map(([part, port]) =>
    waitUntil(`health of ${part.name}`, () => answers(`https://127.0.0.1:${port}/healthz`, authority.certificate), part)));

  let api = await startApi();
  let others = startOthers();
  const fakes = start('kwok', {
    'kubeconfig': kwok,
    'config': join(__dirname, 'stages.yaml'),
    'manage-all-nodes': 'false',
    'manage-nodes-with-annotation-selector': Object.entries(FAKE_NODE)[0].join('='),
    'node-lease-duration-seconds': 40,
    'server-address': `127.0.0.1:${ports.kwok}`,
    'cidr': '10.244.0.1/16', // of pods on nodes that have no range of their own
  });

  const admin = JSON.parse(readFileSync(adminKubeconfig, 'utf8')).users[0].user.token;
  await Promise.all([
    healthy(others),
    waitUntil('answer of kwok', () => answers(`http://127.0.0.1:${ports.kwok}/healthz`), fakes),
    // Pods of a namespace are refused until the controller manager has made its service account.
    waitUntil('service account', () =>
      answers(`${endpoint}/api/v1/namespaces/default/serviceaccounts/default`, authority.certificate, admin), others[0][0]),
  ]);

  return {
    endpoint,
    caFile,
    adminKubeconfig,
    kubectl: (...args) => run(join(toolchain.kubeBin, 'kubectl'), ['--kubeconfig', adminKubeconfig, ...args]),
    upgrade: async kubeBin => {
      await Promise.all(others.map(([part]) => part.stop()));
      await api.stop();
      api = await startApi(kubeBin);
      others = startOthers(kubeBin);
      await healthy(others);
    },
  };
}

/** JSON is YAML too. */
function kubeconfig(server: string, authority?: string, token?: string): string {
  return JSON.stringify({
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{
      name: 'rehearsal',
      cluster: { server, ...authority && { 'certificate-authority-data': Buffer.from(authority).toString('base64') } },
    }],
    'users': [{ name: 'rehearsal', user: token ? { token } : {} }],
    'contexts': [{ name: 'rehearsal', context: { cluster: 'rehearsal', user: 'rehearsal' } }],
    'current-context': 'rehearsal',
  }, undefined, 2);
}

/** All that the API server sends into the cluster takes the proxy. */
function egressBy(socket: string): string {
  return JSON.stringify({
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [{ name: 'cluster', connection: { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: socket } } } }],
  });
}

/** The service `kubernetes` takes the first address of the range. */
function firstAddress(range: string): string {
  const [a, b, c, d] = range.split('/')[0].split('.').map(Number);
  return [a, b, c, d + 1].join('.');
}

function answers(url: string, ca?: string, token?: string): Promise<boolean> {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  return new Promise((resolve, reject) => {
    const request = (ca ? httpsGet(url, { ca, headers, agent: false }) : httpGet(url, { headers, agent: false }));
    request.setTimeout(2000, () => request.destroy(new Error('no answer within 2 s')));
    request.on('error', reject);
    request.on('response', response => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
    });
  });
}
