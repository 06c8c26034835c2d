import { existsSync, readFileSync } from 'fs';
import { join } from 'path';
import { parse } from 'yaml';
import { admissionRules } from '../../src/rules/ingress-admission-rules';
import { DEFAULT_PARAMETERS, INGRESS_RULES, OTHER_CLASSES } from '../../src/rules/ingress-rules';
import { bodyOf, bundle, sources } from '../../tools/bundle-rego';
import { ROOT } from '../../tools/programs';
import { markdownTable } from '../support/read';

const read = (...path: string[]) => readFileSync(join(ROOT, ...path), 'utf8');
const byId = (severity: string) => INGRESS_RULES.filter(rule => rule.severity === severity).map(rule => rule.id).sort();

/** What the METADATA block in front of a rule says. */
function metadataOf(id: string): { readonly title: string; readonly description: string } {
  const [, block] = /^# METADATA\n((?:#.*\n)+)(?:deny|warn) /m.exec(bodyOf(`rules/${id}.rego`))!;
  return parse(block.replace(/^# /gm, ''));
}

describe('policies/networking.rego', () => {
  const rego = read('policies', 'networking.rego');

  test('is made from the rules and what they share: run `npx projen policies` after a change', () => {
    expect(rego).toBe(bundle());
  });

  test.each(['deny', 'warn'])('has the rules of the table that %s', severity => {
    const rules = rego.split(/^(?=\w)/m).filter(rule => rule.startsWith(`${severity} contains `));
    const ids = rules.flatMap(rule => [...rule.matchAll(/report\(\s*"([a-z-]+)"/g)].map(match => match[1]));

    expect([...new Set(ids)].sort()).toEqual(byId(severity));
  });
});

describe('policies/rules', () => {
  test('has a file for each rule of the table, with its test', () => {
    expect(sources('rules')).toEqual(INGRESS_RULES.map(({ id }) => `rules/${id}.rego`).sort());
    INGRESS_RULES.forEach(({ id }) => expect(existsSync(join(ROOT, 'policies', 'rules', `${id}_test.rego`))).toBe(true));
  });

  test.each(INGRESS_RULES)('$id reports its own id, with its severity, and describes itself', ({ id, severity }) => {
    const heads = bodyOf(`rules/${id}.rego`).match(/^\w+ contains report\(\s*"[^"]*"/gm)!;

    expect([...new Set(heads.map(head => head.replace(/\s/g, '')))]).toEqual([`${severity}containsreport("${id}"`]);
    expect(metadataOf(id)).toEqual({ title: expect.stringMatching(/^[A-Z].+[^.]$/), description: expect.stringMatching(/[^.]$/) });
  });

  test('are rules alone: what they share reports nothing', () => {
    sources('lib').forEach(source => expect(bodyOf(source)).not.toMatch(/^(deny|warn)\b/m));
  });
});

test('Rego and TypeScript know the same classes of other controllers', () => {
  const [, classes] = /^other_classes := \{(.*)\}$/m.exec(bodyOf('lib/ingress.rego'))!;
  expect(parse(`[${classes}]`)).toEqual(OTHER_CLASSES);
});

test('CEL and the table know the same rules', () => {
  expect(Object.keys(admissionRules({ ...DEFAULT_PARAMETERS, allowedDomains: ['example.com'] })).sort()).toEqual(INGRESS_RULES.map(rule => rule.id).sort());
});

describe('the default parameters', () => {
  test('are the same in networking-parameters.yaml', () => {
    expect(parse(read('policies', 'networking-parameters.yaml'))).toEqual({ networking: { parameters: DEFAULT_PARAMETERS } });
  });

  test('are the same in the Rego', () => {
    const [, defaults] = /^default_parameters := (\{.*?^\})/ms.exec(bodyOf('lib/parameters.rego'))!;
    expect(parse(defaults.replaceAll('\t', '  '))).toEqual(DEFAULT_PARAMETERS);
  });

  test.each(Object.entries(DEFAULT_PARAMETERS))('%s is described alike in TypeScript and in networking-parameters.yaml', (name, values) => {
    const [, doc] = new RegExp(String.raw`/\*\*\n((?:   \*.*\n)+)  readonly ${name}\?`).exec(read('src', 'rules', 'ingress-rules.ts'))!;
    const [, summary, given] = /^ +\* (.*)$.*@default (.*?)$/ms.exec(doc)!;

    expect(read('policies', 'networking-parameters.yaml')).toMatch(new RegExp(`^    # ${summary.split('\n')[0]}.*\n    ${name}:`, 'm'));
    expect(given).toBe(values.length > 0 ? `[${values.map(it => `'${it}'`).join(', ')}]` : '- every domain');
  });
});

describe('docs/policy-as-code.md', () => {
  const guide = read('docs', 'policy-as-code.md');

  test('lists all rules, with their severities and descriptions', () => {
    const [, ...rows] = markdownTable(guide.replace('# Policy as code', '## Policy as code'), 'Policy as code');
    expect(rows).toEqual(INGRESS_RULES.map(({ id, severity }) => [`\`${id}\``, severity, metadataOf(id).description]));
  });

  test('says of each rule where it is enforced', () => {
    const [head, ...rows] = markdownTable(guide, 'Where each rule is enforced');
    expect(rows.map(([id]) => id)).toEqual(INGRESS_RULES.map(rule => `\`${rule.id}\``));
    rows.forEach(row => expect(row.filter(cell => cell !== '')).toHaveLength(head.length));
  });
});
