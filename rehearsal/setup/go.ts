import { mkdirSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { run } from '../support/run';

const COMMANDS: Record<string, string> = {
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  'etcd': 'go.etcd.io/etcd/server/v3',
};

/** What {@link buildKubernetes} can build. */
export const PROGRAMS = Object.keys(COMMANDS);

/** The first that fetches a newer Go when a module asks for it. */
const OLDEST_GO = 21;

/** What this file reads of `go mod edit -json`. */
interface GoMod {
  readonly Go: string;
  readonly Require: { readonly Path: string; readonly Version: string }[];
  readonly Replace: { readonly Old: { readonly Path: string }; readonly New: { readonly Path: string } }[];
}

/**
 * Builds programs of a Kubernetes release, and etcd as that release names it.
 *
 * `k8s.io/kubernetes` cannot be installed by `go install`: it replaces some modules by folders of its own. A module of
 * ours requires it, and replaces the same modules by their published versions.
 */
export async function buildKubernetes(version: string, programs: string[], folder: string, built: (program: string) => void): Promise<void> {
  const module = join(folder, 'module');
  mkdirSync(module, { recursive: true });
  try {
    const options = { cwd: module, env: environment() };
    const go = (...args: string[]) => run('go', args, options);
    const { GoMod: file } = JSON.parse(await go('mod', 'download', '-json', `k8s.io/kubernetes@v${version}`));
    const upstream: GoMod = JSON.parse(await go('mod', 'edit', '-json', file));
    const staged = upstream.Replace.filter(({ New }) => New.Path.startsWith('./staging/')).map(({ Old }) => Old.Path);
    const etcd = upstream.Require.find(({ Path }) => Path === 'go.etcd.io/etcd/client/v3')!.Version;
    writeFileSync(join(module, 'go.mod'), [
      'module rehearsal',
      `go ${upstream.Go}`,
      `require k8s.io/kubernetes v${version}`,
      `require go.etcd.io/etcd/server/v3 ${etcd}`,
      ...staged.map(path => `replace ${path} => ${path} v${version.replace(/^1\./, '0.')}`),
      '',
    ].join('\n'));
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
  } finally {
    rmSync(module, { recursive: true, force: true });
  }
}

/** @throws when there is no Go; one that is old but not very old fetches the one that it needs */
export async function checkGo(): Promise<void> {
  const said = await run('go', ['env', 'GOVERSION'], { env: { ...process.env, GOTOOLCHAIN: 'local' } }).catch(() => '');
  const [, minor] = /^go1\.(\d+)/.exec(said) ?? [];
  if (!minor || Number(minor) < OLDEST_GO) {
    throw new Error(`Go 1.${OLDEST_GO} or later is not on the PATH${said && `, only ${said.trim()}`}. Install it: sudo apt-get install golang-go`);
  }
}

/** Installs a program from its module, `path@version`. */
export async function goInstall(program: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await run('go', ['install', '-trimpath', '-ldflags=-s -w', program], { cwd: folder, env: { ...environment(), GOBIN: folder } });
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
