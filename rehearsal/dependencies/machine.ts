import { existsSync, readFileSync, rmSync } from 'fs';
import { inventory, leftOver, type Inventory } from '../aws/inventory';
import { Environment, type EnvironmentOptions, type RunningEnvironment } from '../environment/environment';
import type { Remaining } from '../lifecycle/remains';

/** An account and a Kubernetes API server for one stack after another. */
export class Machine {
  private environment?: Environment;
  private running?: RunningEnvironment;
  private before: Inventory = {};

  /**
   * @param assembly a synthesized app, whose assets are uploaded
   */
  constructor(private readonly options: EnvironmentOptions, private readonly assembly: string) {}

  /** Starts the environment, if it does not run yet. @returns what a stack is checked with */
  async ready(): Promise<RunningEnvironment> {
    this.running ??= await this.start();
    rmSync(this.running.emulator.remainsFile, { force: true });
    return this.running;
  }

  /**
   * Takes out of Kubernetes what a stack has left there, and starts all anew if something is left in the account.
   *
   * @returns what was left in the account
   */
  async clean(): Promise<string[]> {
    const { aws, emulator, controlPlane } = this.running!;
    const remains: Remaining[] = existsSync(emulator.remainsFile) ? JSON.parse(readFileSync(emulator.remainsFile, 'utf8')) : [];
    for (const { kind, namespace, name } of remains) {
      const place = namespace ? ['--namespace', namespace] : [];
      const what = kind === 'Helm release' ? ['secrets', '--selector', `owner=helm,name=${name}`] : [kind.toLowerCase(), name];
      await controlPlane.kubectl('delete', ...what, ...place, '--ignore-not-found');
    }
    const left = leftOver(this.before, await inventory(aws)).filter(it => !it.startsWith('log group /aws/lambda/'));
    if (left.length > 0) {
      await this.stop(true);
    }
    return left;
  }

  /** Stops all; the logs of what failed stay until the next rehearsal. @returns their folder */
  async stop(passed: boolean): Promise<string | undefined> {
    const environment = this.environment;
    this.environment = undefined;
    this.running = undefined;
    await environment?.stop(passed);
    return environment?.logs;
  }

  private async start(): Promise<RunningEnvironment> {
    this.environment = new Environment();
    const running = await this.environment.start(this.options);
    const { aws, cdk, emulator } = running;
    await cdk.run(['bootstrap', `aws://${emulator.account}/${emulator.region}`]);
    await cdk.run(['publish-assets', '--all', '--unstable', 'publish-assets', '--app', this.assembly]);
    this.before = await inventory(aws);
    return running;
  }
}
