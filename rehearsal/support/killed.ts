import { appendFileSync, lstatSync, readdirSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

/** How the name of a rehearsal's folder begins. */
export const RUN_FOLDER = 'eks-platform-rehearsal-run-';

/** The file in it that says which process it belongs to. */
export const OWNER = 'owner';

const STARTED = 'processes';

/** Notes in a folder that this process leads a group that has to end. */
export function record(logs: string, pid: number): void {
  const identity = identityOf(pid);
  if (identity) {
    appendFileSync(join(logs, STARTED), `${identity}\n`);
  }
}

/**
 * A process id with the time of its start: ids alone are used again.
 *
 * @returns undefined if no such process runs
 */
export function identityOf(pid: number): string | undefined {
  try {
    // The second field, the program's name, may hold blanks and brackets.
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    return state === 'Z' ? undefined : `${pid} ${fields[18]}`;
  } catch {
    return undefined;
  }
}

/**
 * Ends the processes and removes the folders that killed rehearsals of this user have left.
 *
 * @returns the folders that are removed
 */
export function removeKilled(temporary: string = tmpdir()): string[] {
  const folders = readdirSync(temporary).filter(name => name.startsWith(RUN_FOLDER)).map(name => join(temporary, name));
  const left = folders.filter(folder => lstatSync(folder).uid === process.getuid!() && !lives(read(folder, OWNER)[0]));
  for (const folder of left) {
    for (const identity of read(join(folder, 'logs'), STARTED).filter(lives).reverse()) {
      process.kill(-Number(identity.split(' ')[0]), 'SIGKILL');
    }
    rmSync(folder, { recursive: true, force: true });
  }
  return left;
}

function lives(identity: string | undefined): boolean {
  return identity !== undefined && identityOf(Number(identity.split(' ')[0])) === identity;
}

function read(folder: string, file: string): string[] {
  try {
    return readFileSync(join(folder, file), 'utf8').split('\n').filter(line => line);
  } catch {
    return [];
  }
}
