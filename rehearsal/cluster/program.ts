import { join } from 'path';
import type { Credentials } from './credentials';
import { answers } from './health';
import type { Ports } from './ports';
import { waitUntil, type Processes, type Running } from '../support/processes';

/** What all programs of a control plane are started with. */
export interface ProgramOptions {
  /** The folder with the programs. */
  readonly kubeBin: string;
  readonly processes: Processes;
  /** For their state. */
  readonly folder: string;
  readonly ports: Ports;
  /** The address of the API server. */
  readonly endpoint: string;
  readonly credentials: Credentials;
}

/** Flags by their names; one without a value is left out. */
export type Flags = { readonly [name: string]: string | number | undefined };

/** Starts a program of the control plane. */
export function startProgram(name: string, { kubeBin, processes, folder }: ProgramOptions, flags: Flags): Running {
  const args = Object.entries(flags).filter(([, value]) => value !== undefined).map(([flag, value]) => `--${flag}=${value}`);
  return processes.start(name, join(kubeBin, name), args, { cwd: folder });
}

/** The flags of a program that works for the API server and serves its own health. */
export function componentFlags({ credentials }: ProgramOptions, kubeconfig: string, port: number): Flags {
  return {
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'leader-elect': 'false',
    'bind-address': '127.0.0.1',
    'secure-port': port,
    'tls-cert-file': credentials.serverCertFile,
    'tls-private-key-file': credentials.serverKeyFile,
  };
}

/** Waits until such a program says that it is healthy. */
export async function isHealthy(running: Running, { credentials }: ProgramOptions, port: number): Promise<void> {
  await waitUntil(`health of ${running.name}`, () => answers(`https://127.0.0.1:${port}/healthz`, credentials.authority), running);
}
