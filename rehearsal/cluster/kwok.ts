import { join } from 'path';
import { answers } from './health';
import { startProgram, type ProgramOptions } from './program';
import { waitUntil, type Running } from '../support/processes';

/** Nodes with this annotation are played by kwok; others are nobody's. */
export const FAKE_NODE = { 'kwok.x-k8s.io/node': 'fake' };

/** A node with this label becomes Ready; without it, it waits for its network. */
export const READY_NODE = { 'rehearsal/ready': 'true' };

/** Starts kwok, which plays nodes and pods by `stages.yaml`, and waits until it answers. */
export async function startKwok(options: ProgramOptions): Promise<Running> {
  const { credentials, ports } = options;
  const kwok = startProgram('kwok', options, {
    'kubeconfig': credentials.kubeconfigs.kwok,
    'config': join(__dirname, 'stages.yaml'),
    'manage-all-nodes': 'false',
    'manage-nodes-with-annotation-selector': Object.entries(FAKE_NODE)[0].join('='),
    'node-lease-duration-seconds': 40,
    'server-address': `127.0.0.1:${ports.kwok}`,
    'cidr': '10.244.0.1/16', // of pods on nodes that have no range of their own
  });
  await waitUntil('answer of kwok', () => answers(`http://127.0.0.1:${ports.kwok}/healthz`), kwok);
  return kwok;
}
