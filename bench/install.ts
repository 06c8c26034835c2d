import * as fs from 'fs';
import * as path from 'path';
import { emptyFolder, npmInstall } from '../tools/npm';

/** What an installation brings. */
export interface Installation {
  readonly packages: number;
  readonly folder: string;
}

/** Installs packages into an empty folder, which the caller removes. */
export function install(...packages: string[]): Installation {
  const folder = emptyFolder();
  npmInstall(folder, ...packages);
  const lock = JSON.parse(fs.readFileSync(path.join(folder, 'package-lock.json'), 'utf8'));
  return { folder, packages: Object.keys(lock.packages).filter(name => name !== '').length };
}
