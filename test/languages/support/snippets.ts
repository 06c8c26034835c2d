import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { QUIET } from './packages';
import { jsiiAssembly } from '../../support/compiled';
import { ROOT, run } from '../../support/run';

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
