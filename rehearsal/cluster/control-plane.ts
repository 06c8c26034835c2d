import { mkdirSync } from 'fs';
import { join } from 'path';
import { makeCredentials } from './credentials';
import { startEtcd } from './etcd';
import { startKubeApiserver } from './kube-apiserver';
import { startKubeControllerManager } from './kube-controller-manager';
import { startKubeScheduler } from './kube-scheduler';
import { startKwok } from './kwok';
import type { Ports } from './ports';
import type { Toolchain } from '../setup/toolchain';
import type { Processes } from '../support/processes';
import { run } from '../support/run';

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
  /** The socket of an HTTP proxy on the way from the API server to Services, such as those of webhooks. @default - none: Services cannot be reached */
  readonly serviceProxy?: string;
}

/**
 * Starts etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kwok, and waits until all work.
 *
 * The API server also accepts the tokens that the emulator's token webhook knows. The emulator may be started later.
 */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { toolchain: { kubeBin }, processes, ports, serviceRange, serviceProxy } = options;
  const folder = join(options.folder, 'kubernetes');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const endpoint = `https://127.0.0.1:${ports.api}`;
  const credentials = makeCredentials(folder, endpoint, serviceRange);
  const programs = { kubeBin, processes, folder, ports, endpoint, credentials };
  const apiServer = { ...programs, serviceRange, serviceProxy, tokenWebhook: tokenWebhook(options) };

  await startEtcd(programs);
  let api = await startKubeApiserver(apiServer);
  let [controllerManager, scheduler] = await Promise.all([
    startKubeControllerManager(programs), startKubeScheduler(programs), startKwok(programs),
  ]);
  const adminKubeconfig = credentials.kubeconfigs.admin;
  return {
    endpoint,
    caFile: credentials.caFile,
    adminKubeconfig,
    kubectl: (...args) => run(join(kubeBin, 'kubectl'), ['--kubeconfig', adminKubeconfig, ...args]),
    upgrade: async newer => {
      await Promise.all([controllerManager, scheduler].map(it => it.stop()));
      await api.stop();
      api = await startKubeApiserver({ ...apiServer, kubeBin: newer });
      const others = { ...programs, kubeBin: newer };
      [controllerManager, scheduler] = await Promise.all([startKubeControllerManager(others), startKubeScheduler(others)]);
    },
  };
}

/** The emulator's. It takes any name of a cluster, because only the account's one cluster has this API server. */
function tokenWebhook({ ports, account = '000000000000', authSecret }: ControlPlaneOptions): string {
  return `http://127.0.0.1:${ports.emulator}/_ministack/eks-auth/${account}/us-east-1/rehearsal/${authSecret}`;
}
