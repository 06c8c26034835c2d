import { spawnSync } from 'child_process';
import { resolve } from 'path';

/** The project's own folder. */
export const ROOT = resolve(__dirname, '..');

/** How a program is run. */
export interface RunOptions {
  /** @default - the project's own folder */
  readonly cwd?: string;
  /** What is added to this process's environment. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a program to its end, whether it succeeds or fails.
 *
 * This process waits for it. The rehearsal, which does several things at a time, has its own `run`.
 */
export function start(program: string, args: string[], { cwd = ROOT, env }: RunOptions = {}) {
  return spawnSync(program, args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

/**
 * Runs a program.
 *
 * @returns what it wrote to its standard output
 * @throws with everything that it wrote, if it fails
 */
export function run(program: string, args: string[], options: RunOptions = {}): string {
  const ended = start(program, args, options);
  if (ended.status !== 0) {
    const result = ended.error?.message ?? ended.signal ?? `exit code ${ended.status}`;
    throw new Error(`${program} ${args.join(' ')}: ${result}\n${ended.stdout ?? ''}${ended.stderr ?? ''}`);
  }
  return ended.stdout;
}

/** What a program wrote to its standard output, or undefined if it is not installed or fails. */
export function tryToRun(program: string, args: string[], options: RunOptions = {}): string | undefined {
  const ended = start(program, args, options);
  return ended.status === 0 ? ended.stdout : undefined;
}
