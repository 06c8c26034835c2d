import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'fs';
import { dirname } from 'path';
import { sleep } from './processes';

/**
 * Does something that only one process at a time may do.
 *
 * A lock of a process that was killed keeps nobody out.
 *
 * @param file the lock: it holds the id of the process that has it, and is removed with that process
 * @param waiting hears once for whom this process waits; it does not wait where this throws
 */
export async function locked<T>(file: string, waiting: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  for (let isSaid = false; !take(file);) {
    const holder = holderOf(file);
    if (holder === undefined) {
      continue; // it is gone meanwhile
    }
    if (!isAlive(holder)) {
      removeStale(file, holder);
      continue;
    }
    if (!isSaid) {
      waiting(holder);
      isSaid = true;
    }
    await sleep(500);
  }
  const release = () => holderOf(file) === process.pid && unlinkSync(file);
  process.on('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** A lock appears with its content at once, so that nobody reads an empty one. */
function take(file: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${process.pid}`);
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw error;
    }
    return false;
  } finally {
    unlinkSync(own);
  }
}

function holderOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Another process may see the same stale lock, remove it and take its own: that one has to stay. */
function removeStale(file: string, holder: number): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
    if (holderOf(aside) !== holder) {
      linkSync(aside, file);
    }
    unlinkSync(aside);
  } catch {
    // it is gone meanwhile
  }
}

/** Whether a process of this id runs. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
