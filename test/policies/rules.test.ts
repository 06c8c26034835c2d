import { readFileSync } from 'fs';
import { join } from 'path';
import { admissionRules } from '../../src/policy/ingress-admission-rules';
import { DEFAULT_PARAMETERS, INGRESS_RULES } from '../../src/policy/ingress-rules';
import { markdownTable } from '../support/read';
import { ROOT } from '../support/run';

const byId = (severity: string) => INGRESS_RULES.filter(rule => rule.severity === severity).map(rule => rule.id).sort();

test.each(['deny', 'warn'])('Rego and the table know the same rules that %s', severity => {
  const rego = readFileSync(join(ROOT, 'policies', 'networking.rego'), 'utf8');
  const rules = rego.split(/^(?=\w)/m).filter(rule => rule.startsWith(`${severity} contains `));
  const ids = rules.flatMap(rule => [...rule.matchAll(/report\(\s*"([a-z-]+)"/g)].map(match => match[1]));

  expect([...new Set(ids)].sort()).toEqual(byId(severity));
});

test('CEL and the table know the same rules', () => {
  expect(Object.keys(admissionRules({ ...DEFAULT_PARAMETERS, allowedDomains: ['example.com'] })).sort()).toEqual(INGRESS_RULES.map(rule => rule.id).sort());
});

describe('docs/policy-as-code.md', () => {
  const guide = readFileSync(join(ROOT, 'docs', 'policy-as-code.md'), 'utf8');

  test('tells all rules, with their severities', () => {
    const [, ...rows] = markdownTable(guide.replace('# Policy as code', '## Policy as code'), 'Policy as code');
    expect(rows.map(([id, severity]) => `${id} ${severity}`)).toEqual(INGRESS_RULES.map(rule => `\`${rule.id}\` ${rule.severity}`));
  });

  test('tells of each rule where it is enforced', () => {
    const [head, ...rows] = markdownTable(guide, 'Where each rule is enforced');
    expect(rows.map(([id]) => id)).toEqual(INGRESS_RULES.map(rule => `\`${rule.id}\``));
    rows.forEach(row => expect(row.filter(cell => cell !== '')).toHaveLength(head.length));
  });
});
