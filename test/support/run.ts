import { spawnSync } from 'child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join, resolve } from 'path';

/** The project's own folder. */
export const ROOT = resolve(__dirname, '..', '..');

/** Where to run a program, and what to add to its environment. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: { readonly [name: string]: string };
}

/** Runs a program and gives what it wrote to its standard output; a failing one throws all that it wrote. */
export function run(program: string, args: string[], options: RunOptions = {}): string {
  const ended = start(program, args, options);
  if (ended.status !== 0) {
    const result = ended.error?.message ?? ended.signal ?? `exit code ${ended.status}`;
    throw new Error(`${program} ${args.join(' ')}: ${result}\n${ended.stdout ?? ''}${ended.stderr ?? ''}`);
  }
  return ended.stdout;
}

/** What a program wrote to its standard output, or nothing if it is not here or failed. */
export function tryToRun(program: string, args: string[], options: RunOptions = {}): string | undefined {
  const ended = start(program, args, options);
  return ended.status === 0 ? ended.stdout : undefined;
}

/** The newest published version of a package in a range such as constructs@10, or nothing if the registry that npm is set up for does not answer. */
export function newestVersion(range: string): string | undefined {
  const versions = tryToRun('npm', ['view', range, 'version', '--json', '--fetch-retries=0', '--fetch-timeout=20000']);
  return versions && [JSON.parse(versions)].flat().pop();
}

/** Tests that need what may not be here: if something is missing they are skipped, and their name tells what. */
export function describeUnless(missing?: string) {
  return missing ? (name: string, tests: () => void) => describe.skip(`${name} (skipped: ${missing})`, tests) : describe;
}

/** An empty folder outside the project, so that nothing is found in the project's `node_modules`. */
export function emptyFolder(): string {
  return mkdtempSync(join(realpathSync(tmpdir()), 'eks-platform-'));
}

/** Installs packages into a folder that becomes a project of its own. */
export function npmInstall(folder: string, ...packages: string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], { cwd: folder });
}

/** Runs a program to its end, whatever that is. */
export function start(program: string, args: string[], { cwd = ROOT, env }: RunOptions = {}) {
  return spawnSync(program, args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}
