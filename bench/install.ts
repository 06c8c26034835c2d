import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { run } from './processes';

/** What an installation brings. */
export interface Installation {
  readonly packages: number;
  readonly folder: string;
}

/** Installs packages into an empty folder outside of this tree, which the caller removes. */
export function install(...packages: string[]): Installation {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'eks-platform-bench-'));
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'empty', version: '0.0.0', private: true }));
  run('npm', ['install', '--no-audit', '--no-fund', ...packages], folder);
  const lock = JSON.parse(fs.readFileSync(path.join(folder, 'package-lock.json'), 'utf8'));
  return { folder, packages: Object.keys(lock.packages).filter(name => name !== '').length };
}

/** Packs the library as npm would publish it. */
export function pack(root: string, folder: string): { readonly tarball: string; readonly bytes: number } {
  const [{ filename, size }] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], root));
  return { tarball: path.join(folder, filename), bytes: size };
}
