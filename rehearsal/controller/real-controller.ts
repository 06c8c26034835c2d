import { createHash } from 'crypto';
import { existsSync } from 'fs';
import { resolve } from 'path';
import { DEPLOYMENT, NAMESPACE, startProgram, VARIABLE, type Program } from './program';
import { WebhookRoute } from './webhook-route';
import type { AwsClient } from '../aws/client';
import type { ControlPlane } from '../cluster/control-plane';
import type { Emulator } from '../emulator/emulator';
import { callersFolder } from '../support/paths';
import { sleep, type Processes } from '../support/processes';

const SERVICE = 'aws-load-balancer-webhook-service';

/** The parts that the real controller works with. */
export interface Surroundings {
  readonly processes: Processes;
  readonly controlPlane: ControlPlane;
  readonly emulator: Emulator;
  readonly aws: AwsClient;
}

/** The real controller's program, where the environment names one. */
export function namedProgram(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env[VARIABLE];
  if (!named) {
    return undefined;
  }
  const program = resolve(callersFolder(), named);
  if (!existsSync(program)) {
    throw new Error(`\`${VARIABLE}\` must name the real controller's program, and there is no ${program}`);
  }
  if (!env.CHARTS_DIR) {
    throw new Error(`\`CHARTS_DIR\` must hold the real charts where \`${VARIABLE}\` is set: the controller works with its own`);
  }
  return program;
}

/**
 * The real AWS Load Balancer Controller in place of its fake pods.
 *
 * It runs while its Deployment has pods, is started anew when the pods would be, and gets the calls of its webhooks.
 */
export class RealController {
  static async open(program: string, folder: string): Promise<RealController> {
    return new RealController(program, folder, await WebhookRoute.open(folder));
  }

  private program?: Program;
  private address?: string;
  private template?: string;
  private starts = 0;
  private ended = false;
  private watching: Promise<void> = Promise.resolve();
  private problem?: Error;

  private constructor(private readonly file: string, private readonly folder: string, private readonly webhooks: WebhookRoute) {}

  /** The socket by which the API server reaches Services. */
  get serviceProxy(): string {
    return this.webhooks.socket;
  }

  /** Watches the Deployment from now on. */
  play(surroundings: Surroundings): void {
    this.webhooks.lead(async address => address === this.address ? this.program?.port : undefined);
    this.watching = this.watch(surroundings);
  }

  /** What the program was started for, and why it last failed to start. */
  get state(): { readonly starts: number; readonly problem?: Error } {
    return { starts: this.starts, problem: this.problem };
  }

  async end(): Promise<void> {
    this.ended = true;
    await this.watching;
    await this.program?.running.stop();
    await this.webhooks.close();
  }

  private async watch(surroundings: Surroundings) {
    for (; !this.ended; await sleep(500)) {
      try {
        await this.follow(surroundings);
        this.problem = undefined;
      } catch (error) {
        this.problem = error as Error;
      }
    }
  }

  private async follow(surroundings: Surroundings) {
    const { controlPlane: { kubectl } } = surroundings;
    const found = (await kubectl('get', 'deployment', DEPLOYMENT, '-n', NAMESPACE, '--ignore-not-found', '-o', 'json')).trim();
    const deployment = found === '' ? undefined : JSON.parse(found);
    const wanted = deployment?.status.availableReplicas > 0
      ? createHash('sha256').update(JSON.stringify(deployment.spec.template)).digest('hex')
      : undefined;
    if (wanted === this.template) {
      return;
    }
    await this.program?.running.stop();
    this.program = this.template = undefined;
    if (wanted === undefined) {
      return;
    }
    this.address = `${(await kubectl('get', 'service', SERVICE, '-n', NAMESPACE, '-o', 'jsonpath={.spec.clusterIP}')).trim()}:443`;
    this.program = await startProgram({ ...surroundings, program: this.file, folder: this.folder }, deployment, this.starts++);
    this.template = wanted;
  }
}
