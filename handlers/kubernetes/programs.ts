import { spawn } from 'child_process';

export interface RunOptions {
  readonly input?: string;
  /** Ends the program then, as an interruption, so that Helm may still write down that it failed. */
  readonly deadline: number;
}

/** What a program that has ended said. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was ended as its time was up. */
  readonly interrupted: boolean;
}

/** Helm and kubectl, pointed at the cluster. A program that fails is an answer, not an exception. */
export interface Programs {
  helm(args: string[], options: RunOptions): Promise<Ran>;
  kubectl(args: string[], options: RunOptions): Promise<Ran>;
}

/** How long a program may take to end after it was asked to. */
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

  private run(program: string, args: string[], { input, deadline }: RunOptions): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { env: { ...process.env, ...this.environment } });
      let [stdout, stderr, interrupted] = ['', '', false];
      child.stdout.setEncoding('utf8').on('data', text => { stdout += text; });
      child.stderr.setEncoding('utf8').on('data', text => { stderr += text; });
      const timers = [
        setTimeout(() => { interrupted = child.kill('SIGINT'); }, deadline - Date.now()),
        setTimeout(() => child.kill('SIGKILL'), deadline - Date.now() + GRACE),
      ];
      const done = () => timers.forEach(clearTimeout);
      child.on('error', error => { done(); reject(error); });
      child.on('close', code => { done(); resolve({ code: code ?? -1, stdout, stderr, interrupted }); });
      child.stdin.on('error', () => {}); // it ended without reading all
      child.stdin.end(input ?? '');
    });
  }
}
