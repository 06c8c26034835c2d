/* eslint-disable no-bitwise -- a file's mode is bits */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'fs';
import { dirname, join } from 'path';
import { entriesOf, type Entry } from '../../handlers/kubernetes/zip';

const SYMBOLIC_LINK = 0o12;

/** Unpacks a zip archive: files with their permissions, and symbolic links. */
export function unzip(archiveFile: string, folder: string): void {
  for (const { name, mode, content } of read(archiveFile)) {
    const path = join(folder, name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (mode >> 12 === SYMBOLIC_LINK) {
      symlinkSync(content.toString(), path);
    } else if (!name.endsWith('/')) {
      writeFileSync(path, content, { mode: mode & 0o777 || 0o644 });
    }
  }
}

function read(archiveFile: string): Entry[] {
  try {
    return entriesOf(readFileSync(archiveFile));
  } catch (error: any) {
    throw new Error(`${archiveFile} can't be unpacked: ${error.message}`);
  }
}
