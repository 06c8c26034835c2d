import { existsSync, readdirSync, readFileSync } from 'fs';
import { join } from 'path';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/spec-coverage.md'), 'utf8');
const tests = [...new Set([...page.matchAll(/`((?:spec|platform|addons|rules)\/[a-z.-]+)`/g)].map(([, test]) => test))];

test('the page on the architecture document names tests that exist', () => {
  expect(tests.filter(it => !existsSync(join(root, 'test', `${it}.test.ts`)))).toEqual([]);
});

test('the page on the architecture document names every test of it', () => {
  const files = readdirSync(__dirname).map(file => `spec/${file.replace('.test.ts', '')}`).filter(it => it !== 'spec/coverage');
  expect(tests.filter(it => it.startsWith('spec/')).sort()).toEqual(files.sort());
});

test('every row of the page names what builds a statement and what tests it', () => {
  const rows = page.split('\n').filter(line => line.startsWith('|') && !/^\| (Statement|---)|^\|---/.test(line))
    .map(line => line.split('|').slice(1, -1).map(cell => cell.trim()));
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter(([, builtBy, test]) => builtBy === '' || test === '')).toEqual([]);
});
