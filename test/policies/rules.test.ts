import { readFileSync } from 'fs';
import { join } from 'path';
import { admissionRules } from '../../src/policy/ingress-admission-rules';
import { DEFAULT_PARAMETERS, INGRESS_RULES } from '../../src/policy/ingress-rules';

const byId = (severity: string) => INGRESS_RULES.filter(rule => rule.severity === severity).map(rule => rule.id).sort();

test.each(['deny', 'warn'])('Rego and the table know the same rules that %s', severity => {
  const rego = readFileSync(join(__dirname, '../../policies/networking.rego'), 'utf8');
  const rules = rego.split(/^(?=\w)/m).filter(rule => rule.startsWith(`${severity} contains `));
  const ids = rules.flatMap(rule => [...rule.matchAll(/report\(\s*"([a-z-]+)"/g)].map(match => match[1]));

  expect([...new Set(ids)].sort()).toEqual(byId(severity));
});

test('CEL and the table know the same rules', () => {
  expect(Object.keys(admissionRules({ ...DEFAULT_PARAMETERS, allowedDomains: ['example.com'] })).sort()).toEqual(INGRESS_RULES.map(rule => rule.id).sort());
});
