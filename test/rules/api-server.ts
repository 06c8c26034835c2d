import { readFileSync } from 'fs';
import { request as httpsRequest } from 'https';
import { CONTROL_PLANE, missingOf } from '../../rehearsal/setup/toolchain';
import { sleep } from '../../rehearsal/support/processes';
import { run } from '../../rehearsal/support/run';
import { runControlPlane, type RunningControlPlane } from '../support/control-plane';
import { describeUnless } from '../support/run';

/** An answer of an API server. */
export interface Answer {
  readonly status: number;
  readonly body: any;
  /** Its warnings, which kubectl shows before its own output. */
  readonly warnings: string[];
}

/** Tests that need a real API server. */
export const describeWithApiServer = describeUnless(missingOf(CONTROL_PLANE));

/** A real API server and its controllers, without an emulated AWS. */
export class ApiServer {
  public static async start(): Promise<ApiServer> {
    return new ApiServer(await runControlPlane());
  }

  private readonly ca: string;
  private readonly token: string;

  private constructor(private readonly controlPlane: RunningControlPlane) {
    this.ca = readFileSync(controlPlane.caFile, 'utf8');
    this.token = JSON.parse(readFileSync(controlPlane.adminKubeconfig, 'utf8')).users[0].user.token;
  }

  public stop(): Promise<void> {
    return this.controlPlane.stop();
  }

  /** Runs kubectl with an object as its input. */
  public kubectl(args: string[], stdin?: object): Promise<string> {
    return run(this.controlPlane.kubectlPath, ['--kubeconfig', this.controlPlane.adminKubeconfig, ...args], { stdin: stdin && JSON.stringify(stdin) });
  }

  /** Sends a request, and returns the answer, even if it is an error. */
  public request(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpsRequest(`${this.controlPlane.endpoint}${path}`, {
        method,
        ca: this.ca,
        headers: { 'Authorization': `Bearer ${this.token}`, 'Content-Type': contentType },
      }, response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () => resolve({
          status: response.statusCode!,
          body: JSON.parse(Buffer.concat(chunks).toString()),
          warnings: warningsOf(response.rawHeaders),
        }));
      });
      request.on('error', reject);
      request.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }

  /** Asks until an answer is as wanted: a policy applies a moment after it is created. */
  public async until(what: string, ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean, seconds = 30): Promise<void> {
    for (const end = Date.now() + seconds * 1000; ;) {
      const answer = await ask();
      if (wanted(answer)) {
        return;
      }
      if (Date.now() > end) {
        throw new Error(`no ${what} within ${seconds} s: ${JSON.stringify(answer)}`);
      }
      await sleep(100);
    }
  }
}

/** `299 - "text"`, with quotes and backslashes in it escaped. */
function warningsOf(rawHeaders: string[]): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1].toLowerCase() === 'warning')
    .map(value => value.replace(/^\d+ \S+ "(.*)"$/, '$1').replace(/\\(["\\])/g, '$1'));
}
