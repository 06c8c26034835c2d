import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { checkRoom } from '../support/disk';
import { lacking } from '../support/lacking';
import { locked } from '../support/lock';

const STAMP = '.complete';

/** Something that is built or downloaded once. */
export interface Piece {
  /** For people. */
  readonly title: string;
  /** What makes it another piece: its name and version, a folder's name. */
  readonly id: string;
  /** What happens, and how long it takes. */
  readonly announcement: string;
  /** The most that it writes, here and in the caches of what makes it. */
  readonly megabytes: number;
  /** Looks for what making it needs. @throws with a remedy when that is missing */
  check?(): Promise<void>;
  /** Makes it in a new, empty folder. */
  make(folder: string): Promise<void>;
}

/** Where a piece lies, or will lie. */
export function folderOf(cache: string, piece: Pick<Piece, 'id'>): string {
  return join(cache, piece.id);
}

/** A piece is complete when its last step, the stamp, is done. */
export function isComplete(cache: string, piece: Pick<Piece, 'id'>): boolean {
  const stamp = join(folderOf(cache, piece), STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === piece.id;
}

/**
 * Makes the pieces that are missing, one process at a time.
 *
 * All that they need is looked for before the first is made.
 */
export async function makeMissing(cache: string, pieces: Piece[], say: (line: string) => void): Promise<void> {
  if (pieces.every(piece => isComplete(cache, piece))) {
    return;
  }
  mkdirSync(cache, { recursive: true });
  await locked(join(cache, 'lock'), pid => say(`waiting for another set-up: process ${pid}`), async () => {
    const missing = pieces.filter(piece => !isComplete(cache, piece));
    for (const piece of missing) {
      await lacking(async () => piece.check?.());
    }
    checkDisk(cache, missing);
    const start = Date.now();
    for (const [index, piece] of missing.entries()) {
      await make(cache, piece, line => say(`[${index + 1}/${missing.length}] ${line}`));
    }
    if (missing.length > 1) {
      say(`set up in ${duration(Date.now() - start)}; ${cache} takes ${size(cache)} MB`);
    }
  });
}

async function make(cache: string, piece: Piece, say: (line: string) => void): Promise<void> {
  const folder = folderOf(cache, piece);
  const start = Date.now();
  say(piece.announcement);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  remove();
  mkdirSync(folder);
  process.on('exit', remove); // after a signal
  try {
    await piece.make(folder);
  } catch (error) {
    remove();
    throw new Error(`${piece.title} could not be set up: ${(error as Error).message}`);
  } finally {
    process.off('exit', remove);
  }
  writeFileSync(join(folder, STAMP), piece.id);
  say(`${piece.title}: done in ${duration(Date.now() - start)}, ${size(folder)} MB`);
}

/** @throws when there is too little room on the disk */
export function checkDisk(cache: string, missing: Pick<Piece, 'megabytes'>[]): void {
  checkRoom(cache, missing.reduce((sum, piece) => sum + piece.megabytes, 0) / 2 ** 10, 'the set-up', 'XDG_CACHE_HOME');
}

function size(folder: string): number {
  const bytes = (path: string): number => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat?.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytes(join(path, name)), 0) : stat?.size ?? 0;
  };
  return Math.round(bytes(folder) / 2 ** 20);
}

/** A time for people. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
