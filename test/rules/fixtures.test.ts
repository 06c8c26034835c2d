import { FIXTURES } from './fixtures';
import { INGRESS_RULES } from '../../src/rules/ingress-rules';

describe('the fixtures', () => {
  test('are at least 60, good and bad', () => {
    expect(FIXTURES.filter(it => it.expected.length === 0).length).toBeGreaterThan(20);
    expect(FIXTURES.filter(it => it.expected.length > 0).length).toBeGreaterThan(60);
  });

  test('have names of their own', () => {
    const names = FIXTURES.map(it => it.name);
    expect(names.filter((it, index) => names.indexOf(it) !== index)).toEqual([]);
  });

  test.each(INGRESS_RULES.map(it => it.id))('break %s', id => {
    expect(FIXTURES.filter(it => it.expected.includes(id)).length).toBeGreaterThan(1);
  });

  test('name existing rules, sorted', () => {
    const ids = INGRESS_RULES.map(it => it.id);
    FIXTURES.forEach(({ expected }) => expect(expected).toEqual(ids.filter(it => expected.includes(it)).sort()));
  });

  test('say why a place judges differently', () => {
    FIXTURES.flatMap(it => Object.values(it.exceptions)).forEach(it => expect(it.because).toMatch(/^\S+ .+/));
  });
});
