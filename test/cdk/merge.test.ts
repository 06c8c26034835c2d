import { Fn, Lazy, Token } from 'aws-cdk-lib';
import { copy, merge } from '../../src/cdk/merge';

test('merges maps key by key, at every depth', () => {
  const base = { hubble: { ui: { enabled: true, replicas: 1 }, relay: { enabled: true } } };
  expect(merge(base, { hubble: { ui: { replicas: 2 } }, debug: true })).toEqual({
    hubble: { ui: { enabled: true, replicas: 2 }, relay: { enabled: true } },
    debug: true,
  });
});

test('replaces lists as a whole', () => {
  expect(merge({ metrics: ['dns', 'drop', 'tcp'] }, { metrics: ['icmp'] })).toEqual({ metrics: ['icmp'] });
});

test.each([
  ['a map by a scalar', { a: { b: 1 } }, { a: 2 }, { a: 2 }],
  ['a scalar by a map', { a: 1 }, { a: { b: 2 } }, { a: { b: 2 } }],
  ['a map by a list', { a: { b: 1 } }, { a: [1] }, { a: [1] }],
  ['a list by a map', { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
  ['true by false', { a: true }, { a: false }, { a: false }],
  ['a text by an empty one', { a: 'x' }, { a: '' }, { a: '' }],
  // Helm takes null for: without the chart's own default.
  ['a map by null', { a: { b: 1 } }, { a: null }, { a: null }],
  ['null by a map', { a: null }, { a: { b: 1 } }, { a: { b: 1 } }],
])('replaces %s', (_, base, overrides, merged) => {
  expect(merge(base, overrides)).toEqual(merged);
});

test('merges nothing into nothing', () => {
  expect(merge({}, {})).toEqual({});
});

test('keeps tokens as leaves', () => {
  const token = Lazy.any({ produce: () => ({ b: 1 }) });
  const text = Fn.importValue('name');
  const list = Token.asList(Fn.importValue('names'));
  expect(merge({ a: { b: 1 }, c: 'x' }, { a: token, c: text }).a).toBe(token);
  expect(merge({ a: token }, { a: { b: 2 } })).toEqual({ a: { b: 2 } });
  expect(merge({}, { nested: { token, text, list } }).nested).toEqual({ token, text, list });
  expect(copy({ token }).token).toBe(token);
});

test('never changes its input, nor shares a part with it', () => {
  const base = { map: { list: [{ a: 1 }] }, ours: { deep: { x: 1 } } };
  const overrides = { map: { other: [{ b: 1 }] }, theirs: { deep: { y: 1 } } };
  const before = JSON.stringify([base, overrides]);
  const merged = merge(base, overrides) as any;
  merged.map.list[0].a = 2;
  merged.map.other.push('more');
  merged.ours.deep.x = 2;
  merged.theirs.deep.y = 2;
  expect(JSON.stringify([base, overrides])).toBe(before);
});

test('copies lists within lists', () => {
  const lists = [[{ a: 1 }], 'b', null];
  const copied = copy(lists) as any;
  expect(copied).toEqual(lists);
  copied[0][0].a = 2;
  expect(lists).toEqual([[{ a: 1 }], 'b', null]);
});
