import { mkdtempSync, writeFileSync } from 'fs';
import { homedir, tmpdir } from 'os';
import { join, resolve } from 'path';
import { checkRoom } from './disk';
import { identityOf, OWNER, RUN_FOLDER } from './killed';

/** The root of this repository. */
export const ROOT = resolve(__dirname, '..', '..');

/** The folder in which the user called us: npm runs us in this repository. */
export function callersFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.INIT_CWD || process.cwd();
}

/** Where programs that are built or downloaded once stay. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'eks-platform-rehearsal');
}

/** What one rehearsal writes: half of it are the layers and functions of Lambda. */
const RUN_GIGABYTES = 1;

/** Makes a folder for one rehearsal: state, credentials and logs. Whoever asks for it removes it. */
export function makeRunFolder(): string {
  checkRoom(tmpdir(), RUN_GIGABYTES, 'a rehearsal', 'TMPDIR');
  const folder = mkdtempSync(join(tmpdir(), RUN_FOLDER));
  writeFileSync(join(folder, OWNER), identityOf(process.pid)!);
  return folder;
}
