import { statfsSync } from 'fs';

/**
 * Looks for room before it is needed.
 *
 * @param what needs it
 * @param variable of the environment that names another folder
 * @throws when there is too little room on the disk
 */
export function checkRoom(folder: string, gigabytes: number, what: string, variable: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize / 2 ** 30;
  if (free < gigabytes) {
    throw new Error(`${folder} has ${free.toFixed(1)} GB of free disk, and ${what} needs ${gigabytes.toFixed(1)} GB.`
      + ` Make room, or set ${variable} to a folder on another disk`);
  }
}
