import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'fs';
import { join } from 'path';
import { ROOT, run } from './programs';

/** What `npm pack` says of the package that it made. */
export interface Packed {
  /** The tarball's path. */
  readonly tarball: string;
  /** The tarball's size in bytes. */
  readonly size: number;
  /** The paths of the files in it. */
  readonly files: string[];
}

/** The library as jsii describes it in `.jsii`. Compiles it first, unless that file is newer than the sources. */
export function jsiiAssembly(): any {
  compile();
  return JSON.parse(readFileSync(join(ROOT, '.jsii'), 'utf8'));
}

/** The package as it would be published, in a folder. */
export function pack(folder: string): Packed {
  compile();
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]));
  return { tarball: join(folder, packed.filename), size: packed.size, files: packed.files.map((file: any) => file.path) };
}

/** Compiles the library into `lib/`, unless that is newer than its sources. Tests run side by side: the first one compiles, and the others wait for it. */
export function compile(): void {
  const lock = join(ROOT, 'build', 'compile.lock');
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  while (!take(lock)) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }
  try {
    if (!isCompiled()) {
      run('npx', ['projen', 'compile']);
    }
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    // Compiling takes seconds: an old lock was left by a run that was stopped.
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > 5 * 60_000) {
      rmSync(lock, { recursive: true, force: true });
    }
    return false;
  }
}

/** jsii writes `.jsii` last, and only if everything compiled. The file also contains the README and parts of package.json. */
function isCompiled(): boolean {
  const outputs = ['.jsii', 'lib/index.js'].map(file => join(ROOT, file));
  const sources = ['README.md', 'package.json', 'tsconfig.json', ...filesBelow('src')].map(file => join(ROOT, file));
  return outputs.every(existsSync) && sources.every(source => statSync(source).mtimeMs < statSync(outputs[0]).mtimeMs);
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(file => join(folder, file));
}
