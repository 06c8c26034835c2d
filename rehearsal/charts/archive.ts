import { readdirSync, readFileSync, statSync } from 'fs';
import { basename, join } from 'path';
import { gunzipSync, gzipSync } from 'zlib';

/** A file in an archive. */
export interface ArchivedFile {
  readonly path: string;
  readonly content: Buffer;
}

const BLOCK = 512;

/** Files as a gzipped tar archive, the form in which Helm takes charts. */
export function archive(files: ArchivedFile[]): Buffer {
  const parts = files.flatMap(({ path, content }) => [header(path, content.length), content, Buffer.alloc(padding(content.length))]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]));
}

/** The files of a gzipped tar archive; links and folders are left out. */
export function unarchive(archived: Buffer): ArchivedFile[] {
  const tar = gunzipSync(archived);
  const files: ArchivedFile[] = [];
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    const text = (from: number, length: number) => tar.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = parseInt(text(124, 12), 8) || 0;
    const prefix = text(345, 155);
    if (['', '0'].includes(text(156, 1))) {
      files.push({ path: prefix ? `${prefix}/${text(0, 100)}` : text(0, 100), content: tar.subarray(at + BLOCK, at + BLOCK + size) });
    }
    at += BLOCK + size + padding(size);
  }
  return files;
}

/** The files below a folder, each with the folder's own name before it. */
export function filesOf(folder: string): ArchivedFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
    .filter(file => statSync(join(folder, file)).isFile())
    .map(file => ({ path: `${basename(folder)}/${file}`, content: readFileSync(join(folder, file)) }));
}

/** @see https://www.gnu.org/software/tar/manual/html_node/Standard.html */
function header(path: string, size: number): Buffer {
  const { name, prefix } = split(path);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  block.write(name, 0);
  block.write(octal(0o644, 8), 100);
  block.write(octal(0, 8) + octal(0, 8), 108); // owner, group
  block.write(octal(size, 12) + octal(0, 12), 124); // size, time
  block.write('        0', 148); // the checksum counts as spaces while it is summed; then the type: a file
  block.write('ustar\u000000', 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** A name has 100 bytes, and 155 more before a slash. */
function split(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= 100) {
    return { name: path, prefix: '' };
  }
  const slash = path.indexOf('/', Buffer.byteLength(path) - 101);
  if (slash < 0 || slash > 155) {
    throw new Error(`this path is too long for a chart's archive: ${path}`);
  }
  return { name: path.slice(slash + 1), prefix: path.slice(0, slash) };
}

function padding(size: number): number {
  return (BLOCK - size % BLOCK) % BLOCK;
}
