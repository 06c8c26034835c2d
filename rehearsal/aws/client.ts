import { spawn, type ChildProcessWithoutNullStreams } from 'child_process';
import type { Socket } from 'net';
import { join } from 'path';
import { createInterface } from 'readline';

type Said = { readonly answer?: any; readonly error?: string };

/**
 * Calls AWS with the credentials of an environment.
 *
 * One Python makes all the calls: to start it takes longer than most of them.
 */
export class AwsClient {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly waiting: ((said: Said) => void)[] = [];
  private complaints = '';

  /**
   * @param python one that has boto3
   */
  constructor(private readonly python: string, env: NodeJS.ProcessEnv) {
    this.child = spawn(python, [join(__dirname, 'client.py')], { env });
    createInterface(this.child.stdout).on('line', line => this.waiting.shift()!(JSON.parse(line)));
    this.child.stderr.on('data', data => this.complaints += data);
    this.child.on('error', error => this.complaints += error.message);
    this.child.stdin.on('error', () => undefined); // it has ended, and says so
    this.waits(false);
    this.child.on('close', () => this.waiting.splice(0).forEach(answer => answer({ error: `the AWS client ended: ${this.complaints}` })));
  }

  /**
   * Calls an operation. A list comes whole, however many pages AWS makes of it.
   *
   * @param operation as boto3 names it
   */
  async call(service: string, operation: string, parameters: any = {}): Promise<any> {
    const said = await new Promise<Said>(resolve => {
      if (this.child.exitCode !== null) {
        resolve({ error: `the AWS client ended: ${this.complaints}` });
        return;
      }
      this.waits(true);
      this.waiting.push(resolve);
      this.child.stdin.write(`${JSON.stringify({ service, operation, parameters })}\n`);
    });
    this.waits(this.waiting.length > 0);
    if (said.error !== undefined) {
      throw new Error(said.error);
    }
    return said.answer;
  }

  /** Another client, with other credentials. */
  as(env: NodeJS.ProcessEnv): AwsClient {
    return new AwsClient(this.python, env);
  }

  end() {
    this.child.stdin.end();
  }

  /** Whether this program lives for as long as the client does: only while it has been asked. A rehearsal that fails must end. */
  private waits(isAsked: boolean) {
    const { stdin, stdout, stderr } = this.child;
    [this.child, ...[stdin, stdout, stderr] as unknown as Socket[]].forEach(it => isAsked ? it.ref() : it.unref());
  }
}
