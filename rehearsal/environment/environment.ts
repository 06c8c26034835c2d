import { randomBytes } from 'crypto';
import { readdirSync, rmSync } from 'fs';
import { join } from 'path';
import { Cdk } from './cdk';
import { optWithLoopbackHelm } from '../charts/helm';
import { serveCharts, type ChartRepository, type ChartSource } from '../charts/repository';
import { startControlPlane, type ControlPlane } from '../cluster/control-plane';
import { choosePorts } from '../cluster/ports';
import { namedProgram, RealController } from '../controller/real-controller';
import { ACCOUNT, startEmulator, type Emulator } from '../emulator/emulator';
import type { Toolchain } from '../setup/toolchain';
import { removeLeftovers } from '../support/killed';
import { locked } from '../support/lock';
import { cacheFolder, makeRunFolder } from '../support/paths';
import { Processes } from '../support/processes';
import { run } from '../support/run';

/** The service addresses of every platform, as EksPlatform sets them. */
const SERVICE_RANGE = '172.20.0.0/16';

/** What the parts are started with. */
export interface PartsOptions {
  readonly toolchain: Toolchain;
  readonly charts: ChartSource;
  /** Of the random order in which resources are created. @default - MiniStack's own order */
  readonly seed?: number;
  /** How long a node group waits for its nodes, and an add-on for its pods. @default 20 */
  readonly patienceSeconds?: number;
  /** How long Helm waits at most. @default 60 */
  readonly helmSeconds?: number;
}

/** The parts, as they run. */
export interface RunningParts {
  /** With the layers, and the Helm that takes charts from the loopback repository. */
  readonly toolchain: Toolchain;
  readonly controlPlane: ControlPlane;
  readonly emulator: Emulator;
  readonly cdk: Cdk;
  /** The file to which each run of Helm is written. */
  readonly helmRuns: string;
  /** The real load balancer controller, where one is named. */
  readonly controller?: RealController;
}

/** What one rehearsal starts and writes: a chart repository, Kubernetes, and AWS. */
export class Parts {
  readonly folder = makeRunFolder();
  readonly logs = join(this.folder, 'logs');
  readonly processes = new Processes(this.logs);
  private charts?: ChartRepository;
  private controller?: RealController;

  /** Starts all of them, on free ports of 127.0.0.1. */
  async start({ toolchain, charts, seed, patienceSeconds, helmSeconds }: PartsOptions): Promise<RunningParts> {
    const { folder, processes } = this;
    const ports = await choosePorts();
    this.charts = await serveCharts(charts.charts, ports.charts);
    const helm = optWithLoopbackHelm(toolchain.opt, folder, this.charts.url, helmSeconds);
    const authSecret = randomBytes(16).toString('hex');
    const program = namedProgram();
    this.controller = program === undefined ? undefined : await RealController.open(program, folder);
    const controlPlane = await startControlPlane({
      toolchain, processes, folder, ports, authSecret, serviceRange: SERVICE_RANGE, account: ACCOUNT, serviceProxy: this.controller?.serviceProxy,
    });
    const emulator = await startEmulator({
      toolchain: { ...toolchain, opt: helm.opt },
      processes,
      folder,
      ports,
      controlPlane,
      authSecret,
      seed,
      nodeSeconds: patienceSeconds,
      addonSeconds: patienceSeconds,
    });
    this.controller?.play({ processes, controlPlane, emulator, python: toolchain.python });
    return { toolchain, controlPlane, emulator, controller: this.controller, cdk: new Cdk(processes, emulator.env, folder), helmRuns: helm.runs };
  }

  /** Stops all and removes all; the logs of a rehearsal that failed stay until the next one. */
  async end(passed: boolean): Promise<void> {
    await this.controller?.end();
    await this.processes.stopAll();
    await this.charts?.stop();
    const kept = passed ? [] : ['logs'];
    readdirSync(this.folder).filter(name => !kept.includes(name)).forEach(name => rmSync(join(this.folder, name), { recursive: true, force: true }));
    if (passed) {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}

/**
 * Does what only one rehearsal of this user at a time may do, after what others have left is removed.
 *
 * @param waiting is told of another one that runs, which this one then waits for @default - this one ends
 */
export async function alone<T>(work: () => Promise<T>, waiting: (pid: number) => void = refuse): Promise<T> {
  return locked(join(cacheFolder(), 'rehearsal.lock'), waiting, async () => {
    removeLeftovers();
    return work();
  });
}

function refuse(pid: number): void {
  throw new Error(`another rehearsal runs already (process ${pid}): wait for it, stop it, or give --wait`);
}

/** Said before anything is built. */
export async function checkMachine(): Promise<void> {
  if (process.platform !== 'linux') {
    throw new Error('a rehearsal needs Linux: run it in a container, such as `docker run --privileged -it -v "$PWD":/app -w /app golang:1.26`, with Node and Python 3.13');
  }
  const how = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  await run('unshare', [...how, 'true']).catch((error: Error) => {
    throw new Error(`a rehearsal needs root or user namespaces, because Lambda layers must lie at /opt, and \`unshare ${how.join(' ')}\` says: `
      + `${error.message.split('\n').at(-1)}. Run as root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1`);
  });
}
