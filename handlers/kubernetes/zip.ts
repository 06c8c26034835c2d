import { mkdirSync, writeFileSync } from 'fs';
import { dirname, join, normalize } from 'path';
import { inflateRawSync } from 'zlib';

const CENTRAL_ENTRY = 0x02014b50;
const END_OF_ARCHIVE = 'PK\x05\x06';
const STORED = 0;
const DEFLATED = 8;

/** One file or folder in an archive; the name of a folder ends with a slash. */
export interface Entry {
  readonly name: string;
  /** The file's type and permissions, as Unix has them. */
  readonly mode: number;
  readonly content: Buffer;
}

/** Unpacks the files of a zip archive. */
export function unzip(archive: Buffer, folder: string): void {
  for (const { name, content } of entriesOf(archive).filter(it => !it.name.endsWith('/'))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/**
 * The entries of a zip archive. Refuses a name that would lie outside of the folder.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function entriesOf(archive: Buffer): Entry[] {
  const end = archive.lastIndexOf(END_OF_ARCHIVE);
  if (end < 0) {
    throw new Error('it is not a zip archive');
  }
  const entries: Entry[] = [];
  let entry = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    if (entry + 46 > end || archive.readUInt32LE(entry) !== CENTRAL_ENTRY) {
      throw new Error('its list of files is damaged');
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map(offset => archive.readUInt16LE(entry + offset));
    const name = normalize(archive.toString('utf8', entry + 46, entry + 46 + nameLength));
    if (name.startsWith('/') || name.startsWith('..')) {
      throw new Error(`it has a file outside of its folder: ${name}`);
    }
    entries.push({ name, mode: archive.readUInt16LE(entry + 40), content: contentOf(archive, entry, name) });
    entry += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}

function contentOf(archive: Buffer, entry: number, name: string): Buffer {
  const method = archive.readUInt16LE(entry + 10);
  const size = archive.readUInt32LE(entry + 20);
  const local = archive.readUInt32LE(entry + 42);
  const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + size);
  switch (method) {
    case STORED: return packed;
    case DEFLATED: return inflateRawSync(packed);
    default: throw new Error(`${name} in it is compressed with method ${method}; only stored and deflated files can be read`);
  }
}
