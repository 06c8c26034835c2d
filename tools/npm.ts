import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { run, tryToRun } from './programs';

/** An empty folder outside the project, so that nothing is found in the project's `node_modules`. */
export function emptyFolder(): string {
  return mkdtempSync(join(realpathSync(tmpdir()), 'eks-platform-'));
}

/** Installs packages into a folder, which becomes a separate project. */
export function npmInstall(folder: string, ...packages: string[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], { cwd: folder });
}

/** The newest published version of a package in a range such as constructs@10, or undefined if npm's registry does not answer. */
export function newestVersion(range: string): string | undefined {
  const versions = tryToRun('npm', ['view', range, 'version', '--json', '--fetch-retries=0', '--fetch-timeout=20000']);
  return versions && [JSON.parse(versions)].flat().pop();
}
