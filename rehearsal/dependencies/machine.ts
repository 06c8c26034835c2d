import { existsSync, readFileSync, rmSync } from 'fs';
import { leftOver, type Inventory } from '../aws/inventory';
import { Parts, type PartsOptions } from '../environment/environment';
import { inventory, type Context } from '../lifecycle/context';
import type { Remaining } from '../lifecycle/remains';
import type { SynthesizedStack } from '../template/assembly';

/** What a stack is checked with. */
export interface MachineContext extends Context {
  /** The file to which each run of Helm is written. */
  readonly helmRuns: string;
}

/** An account and a Kubernetes API server for one stack after another. */
export class Machine {
  private parts?: Parts;
  private running?: Omit<MachineContext, 'stack'>;
  private before: Inventory = {};

  /**
   * @param assembly a synthesized app, whose assets are uploaded
   */
  constructor(private readonly options: PartsOptions, private readonly assembly: string) {}

  /** Runs all parts, if they do not run yet. @returns what a stack is checked with */
  async ready(stack: SynthesizedStack): Promise<MachineContext> {
    this.running ??= await this.start();
    rmSync(this.running.emulator.remainsFile, { force: true });
    return { ...this.running, stack };
  }

  /**
   * Takes out of Kubernetes what a stack has left there, and starts all anew if something is left in the account.
   *
   * @returns what was left in the account
   */
  async clean(): Promise<string[]> {
    const { emulator, controlPlane } = this.running!;
    const remains: Remaining[] = existsSync(emulator.remainsFile) ? JSON.parse(readFileSync(emulator.remainsFile, 'utf8')) : [];
    for (const { kind, namespace, name } of remains) {
      const place = namespace ? ['--namespace', namespace] : [];
      const what = kind === 'Helm release' ? ['secrets', '--selector', `owner=helm,name=${name}`] : [kind.toLowerCase(), name];
      await controlPlane.kubectl('delete', ...what, ...place, '--ignore-not-found');
    }
    const left = leftOver(this.before, await inventory({ ...this.running!, stack: undefined! })).filter(it => !it.startsWith('log group /aws/lambda/'));
    if (left.length > 0) {
      await this.stop(true);
    }
    return left;
  }

  /** Stops all; the logs of what failed stay until the next rehearsal. @returns their folder */
  async stop(passed: boolean): Promise<string | undefined> {
    const parts = this.parts;
    this.parts = undefined;
    this.running = undefined;
    await parts?.end(passed);
    return parts?.logs;
  }

  private async start(): Promise<Omit<MachineContext, 'stack'>> {
    this.parts = new Parts();
    const { folder, logs } = this.parts;
    const { toolchain, controlPlane, emulator, cdk, helmRuns } = await this.parts.start(this.options);
    await cdk.run(['bootstrap', `aws://${emulator.account}/${emulator.region}`]);
    await cdk.run(['publish-assets', '--all', '--unstable', 'publish-assets', '--app', this.assembly]);
    const context = { toolchain, controlPlane, emulator, cdk, folder, logs, helmRuns, assembly: this.assembly };
    this.before = await inventory({ ...context, stack: undefined! });
    return context;
  }
}
