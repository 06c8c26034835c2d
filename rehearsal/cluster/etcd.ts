import { join } from 'path';
import { answers } from './health';
import { startProgram, type ProgramOptions } from './program';
import { waitUntil, type Running } from '../support/processes';

/** Where the API server finds etcd. */
export function etcdUrl({ ports }: Pick<ProgramOptions, 'ports'>): string {
  return `http://127.0.0.1:${ports.etcd}`;
}

/** Starts etcd, and waits until it answers. */
export async function startEtcd(options: ProgramOptions): Promise<Running> {
  const url = etcdUrl(options);
  const peerUrl = `http://127.0.0.1:${options.ports.etcdPeer}`;
  const etcd = startProgram('etcd', options, {
    'name': 'rehearsal',
    'data-dir': join(options.folder, 'etcd'),
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': `rehearsal=${peerUrl}`,
    'unsafe-no-fsync': 'true', // nothing here outlives the rehearsal
  });
  await waitUntil('answer of etcd', () => answers(`${url}/health`), etcd);
  return etcd;
}
