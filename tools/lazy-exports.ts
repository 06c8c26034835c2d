import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { ROOT } from './programs';

/** How TypeScript writes `export { Name } from './module'`: the module is loaded at once, and a getter takes the name from it. */
const LOADED = /^var (\w+) = require\("(.+)"\);\n/gm;
const TAKEN = /^Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return (\w+)(\.\w+); \} \}\);\n/gm;

/** Node looks for the names of `import { Name }` without running the module, and drops those whose getters it can't follow: this hides the getters from it. */
const LAZILY = 'const lazily = (name, get) => Object.defineProperty(exports, name, { enumerable: true, get });\n';

/** Makes an index load each module only when one of its names is first used, as aws-cdk-lib does. */
export function lazy(index: string): string {
  const modules = new Map([...index.matchAll(LOADED)].map(([, variable, file]) => [variable, file]));
  return index.replace(/^(?=var )/m, LAZILY).replaceAll(LOADED, '')
    .replaceAll(TAKEN, (_, name: string, variable: string, taken: string) => `lazily("${name}", () => require("${modules.get(variable)}")${taken});\n`);
}

if (require.main === module) {
  const index = join(ROOT, 'lib/index.js');
  writeFileSync(index, lazy(readFileSync(index, 'utf8')));
}
