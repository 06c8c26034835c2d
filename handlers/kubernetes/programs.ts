import { spawn } from 'child_process';

export interface RunOptions {
  readonly input?: string;
  /** The program is interrupted then, so that Helm can still record that it failed. */
  readonly deadline: number;
  /** Interrupts the program before that. */
  readonly signal?: AbortSignal;
}

/** How a program ended, and what it said. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was interrupted, mostly because its time was up. */
  readonly interrupted: boolean;
}

/** Helm and kubectl, configured for the cluster. If a program fails, that is a result, not an exception. */
export interface Programs {
  helm(args: string[], options: RunOptions): Promise<Ran>;
  kubectl(args: string[], options: RunOptions): Promise<Ran>;
}

/** How long a program may take to end after it was interrupted. */
const GRACE = 10_000;

/** The programs of the kubectl layer, or of another folder. */
export class Layer implements Programs {
  constructor(private readonly environment: NodeJS.ProcessEnv, private readonly folder = '/opt') {}

  public helm(args: string[], options: RunOptions): Promise<Ran> {
    return this.run(`${this.folder}/helm/helm`, args, options);
  }

  public kubectl(args: string[], options: RunOptions): Promise<Ran> {
    return this.run(`${this.folder}/kubectl/kubectl`, args, options);
  }

  private run(program: string, args: string[], { input, deadline, signal }: RunOptions): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { env: { ...process.env, ...this.environment } });
      let [stdout, stderr, interrupted] = ['', '', false];
      child.stdout.setEncoding('utf8').on('data', text => { stdout += text; });
      child.stderr.setEncoding('utf8').on('data', text => { stderr += text; });
      const timers: NodeJS.Timeout[] = [];
      const interrupt = () => {
        interrupted = child.kill('SIGINT');
        timers.push(setTimeout(() => child.kill('SIGKILL'), GRACE));
      };
      timers.push(setTimeout(interrupt, deadline - Date.now()));
      signal?.addEventListener('abort', interrupt);
      const done = () => {
        timers.forEach(clearTimeout);
        signal?.removeEventListener('abort', interrupt);
      };
      child.on('error', error => { done(); reject(error); });
      // A killed program says nothing itself, and what it wrote to stdout until then is no message.
      const ended = (code: number | null, killer: string | null) => ({ code: code ?? -1, stdout, stderr: stderr || (killer ? `ended by ${killer}` : ''), interrupted });
      child.on('close', (code, killer) => { done(); resolve(ended(code, killer)); });
      child.stdin.on('error', () => {}); // it ended before it read everything
      child.stdin.end(input ?? '');
    });
  }
}
