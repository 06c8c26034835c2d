import { FakeLeases } from './fake-leases';
import type { Programs, Ran, RunOptions } from '../../../handlers/kubernetes/programs';

/** Answers what a test says, to commands that it expects; a command that none is expected of has nothing to say. */
export class FakePrograms implements Programs {
  /** Each command in its order, with what it read, but for those about Leases. */
  public readonly commands: { readonly args: string[]; readonly input?: string }[] = [];

  public readonly leases = new FakeLeases();

  /** The last answer to a command stays. */
  constructor(private readonly answers: [RegExp, ...Partial<Ran>[]][]) {}

  public helm(args: string[], options: RunOptions): Promise<Ran> {
    return this.run(args, options);
  }

  public kubectl(args: string[], options: RunOptions): Promise<Ran> {
    return this.run(args, options);
  }

  /** The first words of all commands. */
  public get verbs(): string[] {
    return this.commands.map(it => it.args[0]);
  }

  /** The commands that apply something. */
  public get applied(): FakePrograms['commands'] {
    return this.commands.filter(it => it.args[0] === 'apply');
  }

  private async run(args: string[], { input }: RunOptions): Promise<Ran> {
    const lease = this.leases.run(args, input);
    if (lease) {
      return lease;
    }
    this.commands.push({ args, input });
    const [, ...answers] = this.answers.find(([command]) => command.test(args.join(' '))) ?? [/./, {}];
    const answer = answers.length > 1 ? this.answers.find(([command]) => command.test(args.join(' ')))!.splice(1, 1)[0] as Partial<Ran> : answers[0];
    return { code: answer.stderr === undefined ? 0 : 1, stdout: '', stderr: '', interrupted: false, ...answer };
  }
}

/** A clock that jumps where somebody would sleep. */
export class Jumping {
  private time = Date.UTC(2026, 10, 23);

  public now = () => this.time;

  public sleep = async (milliseconds: number) => {
    this.time += milliseconds;
    await new Promise(setImmediate); // so that others get their turn
  };
}
