import { randomBytes } from 'crypto';
import { readdirSync, rmSync } from 'fs';
import { join } from 'path';
import { Cdk } from './cdk';
import { AwsClient } from '../aws/client';
import { optWithLoopbackHelm } from '../charts/helm';
import { serveCharts, type ChartRepository, type ChartSource } from '../charts/repository';
import { startControlPlane, type ControlPlane } from '../cluster/control-plane';
import { choosePorts } from '../cluster/ports';
import { namedProgram, RealController } from '../controller/real-controller';
import { ACCOUNT, startEmulator, type Emulator } from '../emulator/emulator';
import type { Toolchain } from '../setup/toolchain';
import { makeRunFolder } from '../support/paths';
import { Processes } from '../support/processes';

/** The service addresses of every platform, as EksPlatform sets them. */
const SERVICE_RANGE = '172.20.0.0/16';

/** What an environment is started with. */
export interface EnvironmentOptions {
  readonly toolchain: Toolchain;
  readonly charts: ChartSource;
  /** Of the random order in which resources are created. @default - MiniStack's own order */
  readonly seed?: number;
  /** How long a node group waits for its nodes, and an add-on for its pods. @default 20 */
  readonly patienceSeconds?: number;
  /** How long Helm waits at most. @default 60 */
  readonly helmSeconds?: number;
}

/** An environment that runs: what steps and checks work with. */
export interface RunningEnvironment {
  readonly toolchain: Toolchain;
  readonly controlPlane: ControlPlane;
  readonly emulator: Emulator;
  /** Calls the emulator as an administrator. */
  readonly aws: AwsClient;
  readonly cdk: Cdk;
  /** The real load balancer controller, where one is named. */
  readonly controller?: RealController;
  /** The file to which each run of Helm is written. */
  readonly helmRuns: string;
  /** For what is written meanwhile. */
  readonly folder: string;
  /** The folder with what each program says. */
  readonly logs: string;
}

/** What a platform is rehearsed in: a chart repository, Kubernetes, and AWS. */
export class Environment {
  readonly folder = makeRunFolder();
  readonly logs = join(this.folder, 'logs');
  private readonly processes = new Processes(this.logs);
  private charts?: ChartRepository;
  private controller?: RealController;
  private aws?: AwsClient;

  /** Starts all of it, on free ports of 127.0.0.1. */
  async start({ toolchain, charts, seed, patienceSeconds, helmSeconds }: EnvironmentOptions): Promise<RunningEnvironment> {
    const { folder, logs, processes } = this;
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
    const aws = this.aws = new AwsClient(toolchain.python, emulator.env);
    this.controller?.play({ processes, controlPlane, emulator, aws });
    const cdk = new Cdk(processes, emulator.env, folder);
    return { toolchain, controlPlane, emulator, aws, cdk, controller: this.controller, helmRuns: helm.runs, folder, logs };
  }

  /** Stops all of it and removes all files; the logs of a rehearsal that failed stay until the next one. */
  async stop(passed: boolean): Promise<void> {
    await this.controller?.end();
    this.aws?.end();
    await this.processes.stopAll();
    await this.charts?.stop();
    const kept = passed ? [] : ['logs'];
    readdirSync(this.folder).filter(name => !kept.includes(name)).forEach(name => rmSync(join(this.folder, name), { recursive: true, force: true }));
    if (passed) {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}
