import { cpSync, mkdirSync, rmSync, writeFileSync } from 'fs';
import { basename, join } from 'path';
import { run } from '../support/run';

const COMMANDS: Record<string, string> = {
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  'etcd': 'go.etcd.io/etcd/server/v3',
};

/** What {@link buildKubernetes} can build. */
export const PROGRAMS = Object.keys(COMMANDS);

/**
 * The Kubernetes release with whose modules other programs are built, whichever is rehearsed: the default one.
 *
 * What they share with it is compiled once.
 */
export const SHARED_RELEASE = '1.36.3';

/** The first that fetches a newer Go when a module asks for it. */
const OLDEST_GO = 21;

/** What this file reads of `go mod edit -json`. */
interface GoMod {
  readonly Go: string;
  readonly Require: { readonly Path: string; readonly Version: string }[];
  readonly Replace: { readonly Old: { readonly Path: string }; readonly New: { readonly Path: string } }[];
}

/** Another's program, or one of ours that is made of another's packages. */
export interface GoProgram {
  readonly name: string;
  /** The module that it is made of, and its version. */
  readonly module: string;
  readonly version: string;
  /** What is built: a package of that module, or `.`, which is `sources`. */
  readonly package: string;
  /** Go files of ours. */
  readonly sources?: string;
  /** Files of the module that are compiled among ours: where they are in the module, and the folder of ours. */
  readonly borrowed?: { readonly [file: string]: string };
  /** Files of the module that ours replace. */
  readonly replaced?: { readonly [file: string]: string };
  /** Modules of which it does not work with the version that Kubernetes has. */
  readonly own?: string[];
  /** Modules that it asks for in a version that does not work with Kubernetes' modules, and one that does. */
  readonly newer?: { readonly [module: string]: string };
}

/**
 * Builds programs of a Kubernetes release, and etcd as that release names it.
 *
 * `k8s.io/kubernetes` cannot be installed by `go install`: it replaces some modules by folders of its own. A module of
 * ours requires it, and replaces the same modules by their published versions.
 */
export async function buildKubernetes(version: string, programs: string[], folder: string, built: (program: string) => void): Promise<void> {
  await inModule(folder, async (module, go) => {
    const upstream = await kubernetesModule(version, go);
    const etcd = upstream.Require.find(({ Path }) => Path === 'go.etcd.io/etcd/client/v3')!.Version;
    writeModule(module, upstream.Go, { 'k8s.io/kubernetes': `v${version}`, 'go.etcd.io/etcd/server/v3': etcd }, stagedModules(upstream, version));
    writeFileSync(join(module, 'tools.go'), [
      '//go:build tools',
      'package tools',
      ...Object.values(COMMANDS).map(path => `import _ "${path}"`),
      '',
    ].join('\n'));
    await go('mod', 'tidy');
    for (const program of programs) {
      await go('build', '-trimpath', `-ldflags=${linkerFlags(version)}`, '-o', join(folder, program), COMMANDS[program]);
      built(program);
    }
  });
}

/** Builds a program with the modules of {@link SHARED_RELEASE}, in their versions. */
export async function buildProgram(program: GoProgram, folder: string): Promise<void> {
  await inModule(folder, async (module, go) => {
    const { Dir: source } = JSON.parse(await go('mod', 'download', '-json', `${program.module}@v${program.version}`));
    const upstream = await kubernetesModule(SHARED_RELEASE, go);
    const pinned = {
      ...Object.fromEntries(upstream.Require.map(({ Path, Version }) => [Path, Version])),
      ...stagedModules(upstream, SHARED_RELEASE),
    };
    program.own?.forEach(path => delete pinned[path]);
    writeModule(module, upstream.Go, { [program.module]: `v${program.version}`, ...program.newer }, pinned, program.name);
    if (program.sources) {
      cpSync(program.sources, module, { recursive: true });
    }
    for (const [file, to] of Object.entries(program.borrowed ?? {})) {
      cpSync(join(source, file), join(module, to, basename(file)));
    }
    if (program.replaced) {
      const copy = join(module, 'source');
      cpSync(source, copy, { recursive: true });
      await run('chmod', ['-R', 'u+w', copy]); // Go's own files are read-only
      Object.entries(program.replaced).forEach(([file, ours]) => cpSync(ours, join(copy, file)));
      await go('mod', 'edit', '-replace', `${program.module}=./source`);
    }
    await go('build', '-trimpath', '-ldflags=-s -w', '-o', join(folder, program.name), program.package);
  });
}

type Go = (...args: string[]) => Promise<string>;

/** Works in a module that is gone afterwards. */
async function inModule(folder: string, work: (module: string, go: Go) => Promise<void>): Promise<void> {
  const module = join(folder, 'module');
  mkdirSync(module, { recursive: true });
  try {
    await work(module, (...args) => run('go', args, { cwd: module, env: environment() }));
  } finally {
    rmSync(module, { recursive: true, force: true });
  }
}

async function kubernetesModule(version: string, go: Go): Promise<GoMod> {
  const { GoMod: file } = JSON.parse(await go('mod', 'download', '-json', `k8s.io/kubernetes@v${version}`));
  return JSON.parse(await go('mod', 'edit', '-json', file));
}

/** The modules that Kubernetes keeps among its own files, with their published versions. */
function stagedModules(upstream: GoMod, version: string): Record<string, string> {
  const staged = upstream.Replace.filter(({ New }) => New.Path.startsWith('./staging/')).map(({ Old }) => Old.Path);
  return Object.fromEntries(staged.map(path => [path, `v${version.replace(/^1\./, '0.')}`]));
}

function writeModule(folder: string, go: string, required: Record<string, string>, replaced: Record<string, string>, name = 'rehearsal') {
  writeFileSync(join(folder, 'go.mod'), [
    `module ${name}`,
    `go ${go}`,
    ...Object.entries(required).map(([path, version]) => `require ${path} ${version}`),
    ...Object.entries(replaced).map(([path, version]) => `replace ${path} => ${path} ${version}`),
    '',
  ].join('\n'));
}

/** @throws when there is no Go; one that is old but not very old fetches the one that it needs */
export async function checkGo(): Promise<void> {
  const said = await run('go', ['env', 'GOVERSION'], { env: { ...process.env, GOTOOLCHAIN: 'local' } }).catch(() => '');
  const [, minor] = /^go1\.(\d+)/.exec(said) ?? [];
  if (!minor || Number(minor) < OLDEST_GO) {
    throw new Error(`Go 1.${OLDEST_GO} or later is not on the PATH${said && `, only ${said.trim()}`}. Install it: sudo apt-get install golang-go`);
  }
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, CGO_ENABLED: '0', GOFLAGS: `${process.env.GOFLAGS ?? ''} -buildvcs=false -mod=mod`.trim(), GOWORK: 'off' };
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
