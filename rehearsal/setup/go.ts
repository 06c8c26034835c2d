import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'fs';
import { basename, dirname, join } from 'path';
import { run } from '../support/run';

/**
 * The Kubernetes release with whose modules other programs are built, whichever is rehearsed: the default one.
 *
 * What they share with it is compiled once.
 */
export const SHARED_RELEASE = '1.36.3';

/** Go files of ours: programs, and what lies over the files of others' modules. */
export const SOURCES = join(__dirname, 'programs');

/** The first that fetches a newer Go when a module asks for it. */
const OLDEST_GO = 21;

/** What this file reads of `go mod edit -json`. */
interface GoMod {
  readonly Go: string;
  readonly Require: { readonly Path: string; readonly Version: string }[];
  readonly Replace: { readonly Old: { readonly Path: string }; readonly New: { readonly Path: string } }[];
}

/** Others' programs, or one of ours that is made of others' packages: built together. */
export interface GoPrograms {
  /** By name, the package of each: one of {@link modules}, or `./NAME`, which is a folder of {@link SOURCES}. */
  readonly packages: { readonly [program: string]: string };
  /** What they are made of, and the versions. */
  readonly modules: { readonly [module: string]: string };
  /** Modules of which Kubernetes' version does not do: they keep the one that the program asks for. */
  readonly own?: string[];
  /** Files of a module that are compiled among ours: the folder that each comes into. */
  readonly borrowed?: { readonly [module: string]: { readonly [file: string]: string } };
  /** Modules over whose files those of a folder of {@link SOURCES} lie, called as the module; these files of it are left out. */
  readonly reduced?: { readonly [module: string]: string[] };
}

/** The programs of a Kubernetes release, and etcd as that release names it. */
export async function buildKubernetes(release: string, packages: { readonly [program: string]: string }, folder: string): Promise<void> {
  await build(folder, release, upstream => ({
    packages,
    modules: {
      'k8s.io/kubernetes': release,
      'go.etcd.io/etcd/server/v3': upstream.Require.find(({ Path }) => Path === 'go.etcd.io/etcd/client/v3')!.Version.slice(1),
    },
  }));
}

/** Builds programs with the modules of {@link SHARED_RELEASE}, in their versions. */
export async function buildPrograms(programs: GoPrograms, folder: string): Promise<void> {
  await build(folder, SHARED_RELEASE, () => programs);
}

/**
 * Builds in a module that is gone afterwards. It takes the versions that Kubernetes has, and Kubernetes' own modules in their published versions,
 * as Kubernetes itself replaces them by folders.
 *
 * Without `-trimpath`: with it, Go compiles a package again wherever another version of it was asked for, though the same one replaces it.
 */
async function build(folder: string, release: string, programsOf: (kubernetes: GoMod) => GoPrograms): Promise<void> {
  const module = join(folder, 'module');
  const go = (...args: string[]) => run('go', args, { cwd: module, env: environment() });
  const download = async (path: string, version: string) => JSON.parse(await go('mod', 'download', '-json', `${path}@v${version}`));
  mkdirSync(module, { recursive: true });
  try {
    const kubernetes: GoMod = JSON.parse(await go('mod', 'edit', '-json', (await download('k8s.io/kubernetes', release)).GoMod));
    const { packages, modules, own = [], borrowed = {}, reduced = {} } = programsOf(kubernetes);
    const changed = Object.keys(reduced);
    writeFileSync(join(module, 'go.mod'), goMod(kubernetes.Go, modules, { ...versionsOf(kubernetes, release), ...foldersOf(changed) }, own));
    Object.values(packages).filter(path => path.startsWith('./')).forEach(path => cpSync(join(SOURCES, path), join(module, path), { recursive: true }));
    for (const [path, files] of Object.entries(borrowed)) {
      const { Dir } = await download(path, modules[path]);
      Object.entries(files).forEach(([file, to]) => cpSync(join(Dir, file), join(module, to, basename(file))));
    }
    for (const path of changed) {
      const { Dir } = await download(path, modules[path]);
      const copy = join(module, basename(path));
      cpSync(Dir, copy, { recursive: true });
      await run('chmod', ['-R', 'u+w', copy]); // Go's own files are read-only
      reduced[path].forEach(file => rmSync(join(copy, file)));
      cpSync(join(SOURCES, basename(path)), copy, { recursive: true });
    }
    await go('build', `-ldflags=${linkerFlags(release)}`, '-o', `${folder}/`, ...Object.values(packages));
    Object.entries(packages).forEach(([program, path]) => renameSync(join(folder, nameOf(path)), join(folder, program)));
  } finally {
    rmSync(module, { recursive: true, force: true });
  }
}

/** The versions of Kubernetes' own modules, and of those that it requires. */
function versionsOf({ Require, Replace }: GoMod, release: string): Record<string, string> {
  const staged = Replace.filter(({ New }) => New.Path.startsWith('./staging/')).map(({ Old }) => Old.Path);
  return {
    ...Object.fromEntries(Require.map(({ Path, Version }) => [Path, `${Path} ${Version}`])),
    ...Object.fromEntries(staged.map(path => [path, `${path} v${release.replace(/^1\./, '0.')}`])),
  };
}

function foldersOf(modules: string[]): Record<string, string> {
  return Object.fromEntries(modules.map(path => [path, `./${basename(path)}`]));
}

function goMod(go: string, required: Record<string, string>, replaced: Record<string, string>, own: string[]): string {
  return [
    'module rehearsal',
    `go ${go}`,
    ...Object.entries(required).map(([path, version]) => `require ${path} v${version}`),
    ...Object.entries(replaced).filter(([path]) => !own.includes(path)).map(([path, by]) => `replace ${path} => ${by}`),
    '',
  ].join('\n');
}

/** What Go calls the program of a package. */
function nameOf(path: string): string {
  return basename(/\/v\d+$/.test(path) ? dirname(path) : path);
}

/** @throws when there is no Go; one that is old but not very old fetches the one that it needs */
export async function checkGo(): Promise<void> {
  const said = await run('go', ['env', 'GOVERSION'], { env: { ...process.env, GOTOOLCHAIN: 'local' } }).catch(() => '');
  const [, minor] = /^go1\.(\d+)/.exec(said) ?? [];
  if (!minor || Number(minor) < OLDEST_GO) {
    throw new Error(`Go 1.${OLDEST_GO} or later is not on the PATH${said && `, only ${said.trim()}`}. Install it: sudo apt-get install golang-go`);
  }
}

/** The compiler collects no garbage before it holds 2 GiB, which spares a seventh of its work. */
function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CGO_ENABLED: '0',
    GOFLAGS: `${process.env.GOFLAGS ?? ''} -buildvcs=false -mod=mod`.trim(),
    GOWORK: 'off',
    GOGC: 'off',
    GOMEMLIMIT: '2GiB',
  };
}

/** Kubernetes learns its own version from the linker; without it, it says v0.0.0 and Helm refuses charts. */
function linkerFlags(version: string): string {
  const [major, minor] = version.split('.');
  const values = {
    gitVersion: `v${version}`,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    gitCommit: '0'.repeat(40),
    buildDate: '1970-01-01T00:00:00Z',
  };
  return ['-s', '-w', ...Object.entries(values).map(([key, value]) => `-X k8s.io/component-base/version.${key}=${value}`)].join(' ');
}
