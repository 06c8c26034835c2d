import { mkdtempSync, rmSync, readFileSync } from 'fs';
import { request as httpsRequest } from 'https';
import { tmpdir } from 'os';
import { join } from 'path';
import { choosePorts, startControlPlane, type ControlPlane } from '../../rehearsal/cluster/control-plane';
import { isPrepared, prepare } from '../../rehearsal/setup/toolchain';
import { Processes, sleep } from '../../rehearsal/support/processes';
import { run } from '../../rehearsal/support/run';
import { describeUnless } from '../support/run';

/** What an API server says. */
export interface Answer {
  readonly status: number;
  readonly body: any;
  /** Its warnings: what kubectl shows before its own words. */
  readonly warnings: string[];
}

/** Tests that need a real API server. */
export const describeWithApiServer = describeUnless(isPrepared('1.36') ? undefined : 'npm run rehearse has not set up Kubernetes yet');

/** A real API server and its controllers, without an emulated AWS. */
export class ApiServer {
  public static async start(): Promise<ApiServer> {
    const folder = mkdtempSync(join(tmpdir(), 'api-server-test-'));
    const processes = new Processes(join(folder, 'logs'));
    const toolchain = await prepare({ kubernetes: '1.36', say: () => undefined, env: { ...process.env, KUBEBUILDER_ASSETS: undefined } });
    const controlPlane = await startControlPlane({
      toolchain, processes, folder, ports: await choosePorts(), authSecret: 'secret-of-a-test-0', serviceRange: '172.20.0.0/16',
    });
    return new ApiServer(folder, processes, controlPlane, join(toolchain.kubeBin, 'kubectl'));
  }

  private readonly ca: string;
  private readonly token: string;

  private constructor(
    private readonly folder: string,
    private readonly processes: Processes,
    private readonly controlPlane: ControlPlane,
    private readonly kubectlPath: string,
  ) {
    this.ca = readFileSync(controlPlane.caFile, 'utf8');
    this.token = JSON.parse(readFileSync(controlPlane.adminKubeconfig, 'utf8')).users[0].user.token;
  }

  public async stop(): Promise<void> {
    await this.processes.stopAll();
    rmSync(this.folder, { recursive: true });
  }

  /** Runs kubectl with what it is to read. */
  public kubectl(args: string[], stdin?: object): Promise<string> {
    return run(this.kubectlPath, ['--kubeconfig', this.controlPlane.adminKubeconfig, ...args], { stdin: stdin && JSON.stringify(stdin) });
  }

  /** Sends a request, and gives the answer as it is: an error, too. */
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

  /** Asks until an answer is as wanted: policies are in force a moment after they are made. */
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
