import { writeFileSync } from 'fs';
import { join } from 'path';
import { etcdUrl } from './etcd';
import { answers } from './health';
import { kubeconfig } from './kubeconfig';
import { startProgram, type ProgramOptions } from './program';
import { waitUntil, type Running } from '../support/processes';

/** What only the API server is started with. */
export interface ApiServerOptions extends ProgramOptions {
  /** The range of service addresses. */
  readonly serviceRange: string;
  /** The address of the webhook that knows the tokens of AWS's roles. */
  readonly tokenWebhook: string;
  /** The socket of an HTTP proxy on the way to Services. @default - none: Services cannot be reached */
  readonly serviceProxy?: string;
}

/** Starts the API server, and waits until it is ready. */
export async function startKubeApiserver(options: ApiServerOptions): Promise<Running> {
  const { credentials, endpoint, folder, ports, serviceProxy } = options;
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const api = startProgram('kube-apiserver', options, {
    'etcd-servers': etcdUrl(options),
    'bind-address': '127.0.0.1',
    'secure-port': ports.api,
    'advertise-address': '127.0.0.1',
    'endpoint-reconciler-type': 'none', // no Endpoints may have a loopback address
    'service-cluster-ip-range': options.serviceRange,
    'tls-cert-file': credentials.serverCertFile,
    'tls-private-key-file': credentials.serverKeyFile,
    'client-ca-file': credentials.caFile,
    'service-account-key-file': credentials.serviceAccountFile,
    'service-account-signing-key-file': credentials.serviceAccountKeyFile,
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'token-auth-file': credentials.tokensFile,
    'authentication-token-webhook-config-file': write('token-webhook.kubeconfig', kubeconfig(options.tokenWebhook)),
    'authentication-token-webhook-version': 'v1',
    'authentication-token-webhook-cache-ttl': '1s', // access entries come and go during a deployment
    'authorization-mode': 'Node,RBAC',
    'allow-privileged': 'true',
    'cert-dir': folder,
    'egress-selector-config-file': serviceProxy && write('egress.json', egressThrough(serviceProxy)),
  });
  await waitUntil('readiness of the API server', () => answers(`${endpoint}/readyz`, credentials.authority), api);
  return api;
}

/** All that the API server sends into the cluster takes the proxy. */
function egressThrough(socket: string): string {
  return JSON.stringify({
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [{ name: 'cluster', connection: { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: socket } } } }],
  });
}
