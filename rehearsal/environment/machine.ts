import { join } from 'path';
import { namespace } from '../emulator/emulator';
import { removeKilled } from '../support/killed';
import { locked } from '../support/lock';
import { cacheFolder } from '../support/paths';
import { run } from '../support/run';

/**
 * Does what only one rehearsal of this user at a time may do, after what killed ones have left is removed.
 *
 * @param waiting hears of another one that runs, for which this one then waits @default - this one ends
 */
export async function alone<T>(work: () => Promise<T>, waiting: (pid: number) => void = refuse): Promise<T> {
  return locked(join(cacheFolder(), 'rehearsal.lock'), waiting, async () => {
    removeKilled();
    return work();
  });
}

function refuse(pid: number): void {
  throw new Error(`another rehearsal runs already (process ${pid}): wait for it, stop it, or give --wait`);
}

/** Checks what all rehearsals need, before anything is built. */
export async function checkMachine(): Promise<void> {
  if (process.platform !== 'linux') {
    throw new Error('a rehearsal needs Linux: run it in a container, such as `docker run --privileged -it -v "$PWD":/app -w /app golang:1.26`, with Node and Python 3.13');
  }
  const how = namespace();
  await run('unshare', [...how, 'true']).catch((error: Error) => {
    throw new Error(`a rehearsal needs root or user namespaces, because Lambda layers must lie at /opt, and \`unshare ${how.join(' ')}\` says: `
      + `${error.message.split('\n').at(-1)}. Run as root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1`);
  });
}
