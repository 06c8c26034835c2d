import { existsSync, readdirSync } from 'fs';
import { homedir } from 'os';
import { join } from 'path';
import { run } from '../support/run';

/** The emulator's; and the runtime of CDK's own kubectl provider, where an app brings that. */
const WANTED = [3, 13];

/**
 * Finds a Python that can run these: `python3.13`, else a `python3` that is newer.
 *
 * @param env the environment to look in
 * @returns the interpreter's path
 */
export async function findPython(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const wanted = WANTED.join('.');
  for (const candidate of [`python${wanted}`, 'python3', ...ofPyenv(env)]) {
    // A candidate on the PATH may be a shim of pyenv, for a version that is not there.
    const said = await run(candidate, ['-c', 'import sys; print(*sys.version_info[:2], sys.executable)'], { env }).catch(() => '');
    const [major, minor, executable] = said.trim().split(' ');
    if (Number(major) === WANTED[0] && Number(minor) >= WANTED[1]) {
      return executable;
    }
  }
  throw new Error(`Python ${wanted} or later is not on the PATH. Install it: uv python install ${wanted}`);
}

function ofPyenv(env: NodeJS.ProcessEnv): string[] {
  const versions = join(env.PYENV_ROOT || join(env.HOME || homedir(), '.pyenv'), 'versions');
  return existsSync(versions)
    ? readdirSync(versions).filter(version => version.startsWith(`${WANTED.join('.')}.`)).map(version => join(versions, version, 'bin', 'python3'))
    : [];
}
