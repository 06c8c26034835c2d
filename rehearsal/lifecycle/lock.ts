import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { dirname } from 'path';
import { isAlive } from '../support/lock';

/** Keeps other rehearsals of this user out while one runs; one that was killed keeps nobody out. */
export function takeLock(file: string): { release(): void } {
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw error;
      }
    }
    const pid = Number(readFileSync(file, 'utf8'));
    if (pid > 0 && isAlive(pid)) {
      throw new Error(`another rehearsal runs already (process ${pid}): wait for it or stop it; ${file} is its lock`);
    }
    rmSync(file, { force: true });
  }
}
