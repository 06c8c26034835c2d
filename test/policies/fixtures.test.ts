import { readFileSync } from 'fs';
import { join } from 'path';
import { parse } from 'yaml';
import { FIXTURES } from './fixtures';
import { DEFAULT_PARAMETERS, INGRESS_RULES } from '../../src/policy/ingress-rules';
import { ROOT } from '../support/run';

const policy = (file: string) => readFileSync(join(ROOT, 'policies', file), 'utf8');

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

  test('name rules that there are, sorted', () => {
    const ids = INGRESS_RULES.map(it => it.id);
    FIXTURES.forEach(({ expected }) => expect(expected).toEqual(ids.filter(it => expected.includes(it)).sort()));
  });

  test('say why a place judges otherwise', () => {
    FIXTURES.flatMap(it => Object.values(it.exceptions)).forEach(it => expect(it.because).toMatch(/^\S+ .+/));
  });
});

describe('the default parameters', () => {
  test('are the same in the data file', () => {
    expect(parse(policy('networking-parameters.yaml'))).toEqual({ networking: { parameters: DEFAULT_PARAMETERS } });
  });

  test('are the same in the Rego', () => {
    const [, defaults] = /^default_parameters := (\{.*?^\})/ms.exec(policy('networking.rego'))!;
    expect(parse(defaults.replaceAll('\t', '  '))).toEqual(DEFAULT_PARAMETERS);
  });
});

test('every rule of the Rego is in the table, and the other way round', () => {
  const denied = [...policy('networking.rego').matchAll(/^(deny|warn) contains.*?"([a-z-]+)", \w+,/gms)].map(([, severity, id]) => `${severity} ${id}`);
  expect([...new Set(denied)].sort()).toEqual(INGRESS_RULES.map(it => `${it.severity} ${it.id}`).sort());
});
