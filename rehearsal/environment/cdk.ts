import { readFileSync } from 'fs';
import { join } from 'path';
import { ROOT } from '../support/paths';
import { lastLines, type Processes } from '../support/processes';

/** How a command of the CDK CLI ended. */
export interface Ended {
  readonly code: number;
  readonly output: string;
  readonly log: string;
}

/** The real CDK CLI, as a user runs it, with the emulator for AWS. */
export class Cdk {
  private count = 0;

  constructor(private readonly processes: Processes, private readonly env: NodeJS.ProcessEnv, private readonly folder: string) {}

  /** Runs a command to its end, whatever that is. */
  async try(args: string[], cwd = this.folder): Promise<Ended> {
    const name = `cdk-${String(++this.count).padStart(2, '0')}-${args[0]}`;
    const running = this.processes.start(name, process.execPath, [join(ROOT, 'node_modules/aws-cdk/bin/cdk'), ...args], {
      cwd,
      env: {
        ...this.env,
        CDK_HOME: join(this.folder, 'cdk-home'),
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CI: 'true', // all it says in one stream, without a prompt
        NO_COLOR: '1',
      },
    });
    const code = await running.exited;
    return { code, output: readFileSync(running.log, 'utf8'), log: running.log };
  }

  /** Runs a command that has to succeed. */
  async run(args: string[], cwd?: string): Promise<Ended> {
    const ended = await this.try(args, cwd);
    if (ended.code !== 0) {
      throw new Error(`expected \`cdk ${args[0]}\` to succeed, found exit code ${ended.code} in ${ended.log}, which ends with:\n${lastLines(ended.log, 20)}`);
    }
    return ended;
  }
}
