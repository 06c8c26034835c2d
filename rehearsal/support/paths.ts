import { mkdtempSync, writeFileSync } from 'fs';
import { homedir, tmpdir } from 'os';
import { join, resolve } from 'path';
import { identityOf, OWNER, RUN_FOLDER } from './leftovers';

/** The root of this repository. */
export const ROOT = resolve(__dirname, '..', '..');

/** Where programs that are built or downloaded once stay. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'eks-platform-rehearsal');
}

/** Makes a folder for one rehearsal: state, credentials and logs. Whoever asks for it removes it. */
export function makeRunFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), RUN_FOLDER));
  writeFileSync(join(folder, OWNER), identityOf(process.pid)!);
  return folder;
}
