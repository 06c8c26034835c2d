import { randomBytes } from 'crypto';
import { writeFileSync } from 'fs';
import { join } from 'path';
import { Authority, signingKeys } from './certificates';
import { kubeconfig } from './kubeconfig';

/** Who calls the API server, and the group that gives them their rights; Kubernetes' own users have theirs by name. */
const USERS = {
  'admin': 'system:masters',
  'kwok': 'system:masters',
  'system:kube-controller-manager': '',
  'system:kube-scheduler': '',
};

/** What the programs of a control plane know each other by: files, but for what is said to be otherwise. */
export interface Credentials {
  /** The certificate of the authority, as PEM. */
  readonly authority: string;
  readonly caFile: string;
  readonly caKeyFile: string;
  readonly serverCertFile: string;
  readonly serverKeyFile: string;
  /** The public key that checks the tokens of service accounts. */
  readonly serviceAccountFile: string;
  /** The private key that signs them. */
  readonly serviceAccountKeyFile: string;
  /** The tokens of all users. */
  readonly tokensFile: string;
  /** The administrator's token itself. */
  readonly adminToken: string;
  /** Kubeconfigs by users. */
  readonly kubeconfigs: { readonly [user in keyof typeof USERS]: string };
}

/**
 * Writes credentials that are made anew.
 *
 * @param endpoint the address of the API server
 * @param serviceRange the range of service addresses
 */
export function makeCredentials(folder: string, endpoint: string, serviceRange: string): Credentials {
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const authority = new Authority('rehearsal');
  const server = authority.issue('kube-apiserver', [
    'localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local',
  ], ['127.0.0.1', firstAddress(serviceRange)]);
  const serviceAccounts = signingKeys();
  const users = Object.entries(USERS).map(([name, group]) => ({ name, group, token: randomBytes(16).toString('hex') }));
  const kubeconfigs = Object.fromEntries(users.map(({ name, token }) =>
    [name, write(`${name.replace('system:', '')}.kubeconfig`, kubeconfig(endpoint, authority.certificate, token))]));
  return {
    authority: authority.certificate,
    caFile: write('ca.crt', authority.certificate),
    caKeyFile: write('ca.key', authority.key),
    serverCertFile: write('kube-apiserver.crt', server.certificate),
    serverKeyFile: write('kube-apiserver.key', server.key),
    serviceAccountFile: write('service-accounts.pub', serviceAccounts.publicKey),
    serviceAccountKeyFile: write('service-accounts.key', serviceAccounts.privateKey),
    tokensFile: write('tokens.csv', users.map(({ name, group, token }) => `${[token, name, name, group].filter(it => it).join(',')}\n`).join('')),
    adminToken: users.find(({ name }) => name === 'admin')!.token,
    kubeconfigs: kubeconfigs as Credentials['kubeconfigs'],
  };
}

/** The service `kubernetes` takes the first address of the range. */
function firstAddress(range: string): string {
  const [a, b, c, d] = range.split('/')[0].split('.').map(Number);
  return [a, b, c, d + 1].join('.');
}
