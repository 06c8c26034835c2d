import { posix } from 'path';

/** The folder `/tmp` of a function, in memory: as much of Node's `fs` as our functions use. */
export class Files {
  private readonly files = new Map<string, Buffer>();
  private readonly folders = new Set<string>();
  private made = 0;

  /** In place of Node's module. Anything else that a function calls is missing, and it fails. */
  public readonly module = {
    mkdtempSync: (prefix: string) => this.mkdir(`${prefix}${++this.made}`),
    mkdirSync: (path: string) => this.mkdir(path),
    writeFileSync: (path: string, contents: string | Uint8Array) => void this.files.set(path, Buffer.from(contents as string)),
    existsSync: (path: string) => this.files.has(path) || this.folders.has(path),
    readdirSync: (path: string) => [...this.files.keys(), ...this.folders].filter(it => posix.dirname(it) === path).map(it => posix.basename(it)),
    readFileSync: (path: string, encoding?: 'utf8') => encoding === undefined ? this.bytes(path) : this.read(path),
    rmSync: (path: string) => [this.files, this.folders].forEach(all => {
      [...all.keys()].filter(it => it === path || it.startsWith(`${path}/`)).forEach(it => all.delete(it));
    }),
  };

  public read(path: string): string {
    return this.bytes(path).toString('utf8');
  }

  public write(path: string, text: string): void {
    this.module.writeFileSync(path, text);
  }

  public list(folder: string): string[] {
    return this.module.readdirSync(folder);
  }

  private mkdir(path: string): string {
    this.folders.add(path);
    return path;
  }

  private bytes(path: string): Buffer {
    const found = this.files.get(path);
    if (found === undefined) {
      throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
    }
    return found;
  }
}
