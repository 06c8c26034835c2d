import { createHash } from 'crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'fs';
import { basename, join } from 'path';
import { pack } from './compiled';
import { ROOT, run } from './programs';

/** Where packages and consumers are made, and kept for the next run. */
export const BUILD = join(ROOT, 'build', 'languages');

/** Modules of CDK that not every Go proxy has: they are made here, from the npm packages. */
const GO_HELPERS = ['asset-awscli-v1', 'asset-node-proxy-agent-v6', 'cloud-assembly-schema', 'lambda-layer-kubectl-v36'];

/** Keeps jsii's programs from warning of the end of life of Node releases. */
export const QUIET = { JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION: '1', JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1' };

/** The npm package as it would be published, and an id of its contents. */
export function npmPackage(): { readonly tarball: string; readonly id: string } {
  const draft = join(BUILD, `packed-${process.pid}`);
  mkdirSync(draft, { recursive: true });
  const { tarball } = pack(draft);
  const id = createHash('sha256').update(readFileSync(tarball)).digest('hex').slice(0, 12);
  const folder = once('npm', id, output => cpSync(tarball, join(output, basename(tarball))));
  rmSync(draft, { recursive: true });
  return { tarball: join(folder, basename(tarball)), id };
}

/** The wheel, as `npm run package:python` makes it. */
export function pythonWheel(id: string): string {
  const folder = once('python', id, output => pacmak('python', output));
  return join(folder, 'python', readdirSync(join(folder, 'python')).find(file => file.endsWith('.whl'))!);
}

/** The folders of the Go modules: ours as `npm run package:go` makes it, and CDK's own. */
export function goModules(id: string): string[] {
  const folder = once('go', id, output => pacmak('go', output, '.', ...GO_HELPERS.map(name => join(ROOT, 'node_modules/@aws-cdk', name))));
  return readdirSync(join(folder, 'go')).map(name => join(folder, 'go', name));
}

function pacmak(language: string, output: string, ...modules: string[]): void {
  const codeOnly = language === 'go' ? ['--code-only'] : [];
  run(process.execPath, [require.resolve('jsii-pacmak/bin/jsii-pacmak'), ...modules, '--targets', language, ...codeOnly, '--outdir', output], {
    // npm would run `prepare`, which makes assets/ anew while tests beside this one read it.
    env: { ...QUIET, npm_config_ignore_scripts: 'true' },
  });
}

/** A folder that is made once for each state of the library, completely or not at all. */
export function once(name: string, id: string, make: (folder: string) => void): string {
  const folder = join(BUILD, `${name}-${id}`);
  if (!existsSync(folder)) {
    readdirSync(BUILD).filter(it => it.startsWith(`${name}-`)).forEach(it => rmSync(join(BUILD, it), { recursive: true, force: true }));
    const draft = `${folder}.${process.pid}`;
    mkdirSync(draft, { recursive: true });
    make(draft);
    renameSync(draft, folder);
  }
  return folder;
}
