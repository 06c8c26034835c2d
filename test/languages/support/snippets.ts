import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { jsiiAssembly } from '../../../tools/compiled';
import { QUIET } from '../../../tools/packages';
import { ROOT, run } from '../../../tools/programs';
import { EksPlatform, PlatformProfile } from '@org/eks-platform';

/** The README's TypeScript blocks as jsii shows them to Python users, a file each. */
export function readmeInPython(folder: string): string[] {
  jsiiAssembly(); // compiles what the blocks are about
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const tablet = join(folder, 'tablet.json');
  run(process.execPath, [join(ROOT, 'node_modules/jsii-rosetta/bin/jsii-rosetta'), 'extract', '--strict', '--cache-to', tablet, ROOT], { env: QUIET });
  const snippets: any[] = Object.values(JSON.parse(readFileSync(tablet, 'utf8')).snippets);
  return snippets.map(({ translations }, index) => {
    const file = join(folder, `block-${index + 1}.py`);
    writeFileSync(file, translations.python.source);
    return file;
  });
}

/** The README's own block in a language. */
export function readmeBlock(language: string): string {
  const [, block] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  if (block === undefined) {
    throw new Error(`README.md has no block of ${language}`);
  }
  return block;
}

/** The template of the README's quick start, as this process makes it. */
export function quickStartTemplate(outdir: string): any {
  rmSync(outdir, { recursive: true, force: true });
  const app = new App({ outdir });
  new EksPlatform(new Stack(app, 'Shop'), 'Platform', { clusterName: 'shop', profile: PlatformProfile.DEV });
  app.synth();
  return quickStartIn(outdir);
}

/** The template of a quick start in a cloud assembly. */
export function quickStartIn(outdir: string): any {
  return JSON.parse(readFileSync(join(outdir, 'Shop.template.json'), 'utf8'));
}
