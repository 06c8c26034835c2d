/**
 * Shortens what the compiler writes of the functions, and leaves a line for each statement: imported names stand as in the sources,
 * and there is no indentation, no mark of modules and no line that only ends a block. No text of the functions has more than one line.
 */
const { readdirSync, readFileSync, writeFileSync } = require('fs');
const { join } = require('path');

const folder = process.argv[2];

for (const name of readdirSync(folder, { recursive: true }).filter(it => it.endsWith('.js'))) {
  const file = join(folder, name);
  writeFileSync(file, shortened(readFileSync(file, 'utf8')));
}

function shortened(code) {
  return code
    .replace(/^ +|^Object.defineProperty.exports, .__esModule.*\n|^exports\..* = void 0;\n/gm, '')
    .replace(/^const (\w+_\d+) = (require\(.*\));$/gm, (_, module, required) => {
      const names = Array.from(code.matchAll(new RegExp(`\\b${module}\\.(\\w+)`, 'g')), it => it[1]);
      return `const { ${[...new Set(names)].join(', ')} } = ${required};`;
    })
    .replace(/\(0, \w+_\d+\.(\w+)\)\(/g, '$1(')
    .replace(/\b[a-z]\w*_\d+\.(?=\w)/g, '')
    .replace(/\{\n|;?\n(?=[}\])])/g, it => it.startsWith('{') ? '{' : '');
}
