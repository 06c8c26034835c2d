import { readFileSync } from 'fs';
import { join } from 'path';
import { Template } from 'aws-cdk-lib/assertions';
import { CHANGES, propOf, propsOf } from './update-cases';
import { EksPlatform } from '../../src';
import { jsiiAssembly } from '../../tools/compiled';
import { ROOT } from '../../tools/programs';
import { stackFixture } from '../support/fixtures';
import { markdownTable } from '../support/read';
import { EFFECTS, effectOf } from '../support/update';

jest.setTimeout(300_000);

/** The table in the documentation: effects by the words of each change. */
const [, ...ROWS] = markdownTable(readFileSync(join(ROOT, 'docs/operations.md'), 'utf8'), 'Change');
const TABLE = ROWS.flatMap(([effect, changes]) => changes.replaceAll('`', '').split(', ').map(words => [words, effect] as const));

test.each(TABLE)('a change of %s has the effect that the documentation gives: %s', (words, effect) => {
  expect(EFFECTS).toContain(effect);
  expect(effectOf(platform(words, 'before'), platform(words, 'after'))).toBe(effect);
});

test('the documentation has each change once', () => {
  expect(TABLE.map(([words]) => words).sort()).toEqual(Object.keys(CHANGES).sort());
});

test('the documentation has every prop of a platform', () => {
  const props = propsBelow('EksPlatformProps');
  expect(props.length).toBeGreaterThan(70);
  expect(props.map(it => it.path).filter(path => !Object.keys(CHANGES).some(words => propOf(words) === path))).toEqual([]);
});

test('a prop whose change makes another cluster, or is refused, says so', () => {
  const fixed = TABLE.filter(([, effect]) => ['refused', 'new cluster'].includes(effect)).map(([words]) => propOf(words));
  const silent = propsBelow('EksPlatformProps').filter(({ path, docs }) => fixed.includes(path) && !/living platform|new cluster/.test(docs));
  expect(fixed.length).toBeGreaterThan(5);
  expect(silent.map(it => it.path)).toEqual([]);
});

function platform(words: string, when: 'before' | 'after'): Template {
  const stack = stackFixture();
  new EksPlatform(stack, 'Platform', propsOf(words, stack, when));
  return Template.fromStack(stack);
}

/** The props of a struct of ours and of those in it, with what their documentation says. */
function propsBelow(struct: string, prefix = ''): { path: string; docs: string }[] {
  const { types } = jsiiAssembly();
  const { properties = [], interfaces = [] } = types[`@org/eks-platform.${struct}`];
  const inherited = interfaces.filter((fqn: string) => fqn in types).flatMap((fqn: string) => propsBelow(fqn.split('.')[1], prefix));
  return [...inherited, ...properties.flatMap(({ name, type, docs }: any) => {
    const path = `${prefix}${name}`;
    return types[type.fqn]?.datatype ? propsBelow(type.fqn.split('.')[1], `${path}.`) : [{ path, docs: `${docs.summary} ${docs.remarks ?? ''}` }];
  })];
}
