import { ModuleKind, transpileModule } from 'typescript';
import { lazy } from '../../tools/lazy-exports';

const SOURCE = `
  export { One, type OneProps, Other as Second } from './one';
  export { Two } from './two';
`;

/** What TypeScript makes of the source, with the modules that it loads. */
function run(compiled: string) {
  const loaded: string[] = [];
  const modules: { [file: string]: any } = { './one': { One: 1, Other: 'second' }, './two': { Two: 2 } };
  const exported: any = {};
  new Function('exports', 'require', compiled)(exported, (file: string) => {
    loaded.push(file);
    return modules[file];
  });
  return { exported, loaded };
}

const compiled = transpileModule(SOURCE, { compilerOptions: { module: ModuleKind.CommonJS } }).outputText;

test('TypeScript loads all modules at once', () => {
  expect(run(compiled).loaded).toEqual(['./one', './two']);
});

test('a module is loaded when a name in it is taken', () => {
  const { exported, loaded } = run(lazy(compiled));
  expect(loaded).toEqual([]);
  expect(exported.Two).toBe(2);
  expect(loaded).toEqual(['./two']);
});

test('exports the same names, in the same order, with the same values', () => {
  const [before, after] = [compiled, lazy(compiled)].map(it => run(it).exported);
  expect(Object.keys(after)).toEqual(Object.keys(before));
  expect({ ...after }).toEqual({ One: 1, Second: 'second', Two: 2 });
});

test('leaves an index as it is that is lazy already', () => {
  expect(lazy(lazy(compiled))).toBe(lazy(compiled));
});
