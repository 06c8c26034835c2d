import { spawn, type ChildProcess } from 'child_process';

/** They end when this process does. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach(child => child.kill()));

/** What a short-lived program may be given. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
}

/**
 * Runs a program to its end.
 *
 * @returns what it wrote to its standard output
 * @throws with the end of what it wrote to its standard error, when it fails
 */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: 'pipe' });
    running.add(child);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => undefined); // a program may end before it has read all
    child.stdin.end(options.stdin);
    child.on('error', error => reject(new Error(`${command} did not start: ${error.message}`)));
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code === 0) {
        resolve(Buffer.concat(out).toString());
      } else {
        const said = Buffer.concat(err).toString().trim().split('\n').slice(-20).join('\n');
        reject(new Error(`${[command, ...args].join(' ')} ended with ${signal ?? code}:\n${said}`));
      }
    });
  });
}
