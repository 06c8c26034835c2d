/* eslint-disable no-bitwise -- a file's mode is bits */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'fs';
import { dirname, join, normalize } from 'path';
import { inflateRawSync } from 'zlib';

const CENTRAL_ENTRY = 0x02014b50;
const END_OF_ARCHIVE = 'PK\x05\x06';
const STORED = 0;
const DEFLATED = 8;
const SYMBOLIC_LINK = 0o12;

/**
 * Unpacks a zip archive: files with their permissions, and symbolic links.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function unzip(archiveFile: string, folder: string): void {
  const archive = readFileSync(archiveFile);
  const end = archive.lastIndexOf(END_OF_ARCHIVE);
  if (end < 0) {
    throw new Error(`${archiveFile} is not a zip archive`);
  }
  for (let entry = archive.readUInt32LE(end + 16); archive.readUInt32LE(entry) === CENTRAL_ENTRY;) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map(offset => archive.readUInt16LE(entry + offset));
    const name = normalize(archive.toString('utf8', entry + 46, entry + 46 + nameLength));
    if (name.startsWith('/') || name.startsWith('..')) {
      throw new Error(`${archiveFile} has a file outside of its folder: ${name}`);
    }
    const mode = archive.readUInt16LE(entry + 40);
    const path = join(folder, name);
    if (name.endsWith('/')) {
      mkdirSync(path, { recursive: true });
    } else {
      mkdirSync(dirname(path), { recursive: true });
      const content = entryContent(archive, entry, archiveFile);
      if (mode >> 12 === SYMBOLIC_LINK) {
        symlinkSync(content.toString(), path);
      } else {
        writeFileSync(path, content, { mode: mode & 0o777 || 0o644 });
      }
    }
    entry += 46 + nameLength + extraLength + commentLength;
  }
}

function entryContent(archive: Buffer, entry: number, archiveFile: string): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const size = archive.readUInt32LE(entry + 20);
  const local = archive.readUInt32LE(entry + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + size);
  switch (method) {
    case STORED: return packed;
    case DEFLATED: return inflateRawSync(packed);
    default: throw new Error(`${archiveFile} is packed by method ${method}; only stored and deflated files can be read`);
  }
}
