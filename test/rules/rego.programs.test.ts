import { mkdirSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { stringify } from 'yaml';
import { FIXTURES, type Fixture } from './fixtures';
import { findProgram } from './programs';
import { INGRESS_RULES } from '../../src/rules/ingress-rules';
import { emptyFolder } from '../../tools/npm';
import { run, start } from '../../tools/programs';
import { describeUnless } from '../support/run';

const POLICY = join('policies', 'networking.rego');
const opa = findProgram('opa');
const conftest = findProgram('conftest');

let folder: string;
beforeAll(() => {
  folder = emptyFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

describeUnless(opa.missing)('networking.rego in opa', () => {
  test('is formatted', () => {
    expect(run(opa.path, ['fmt', '--list', 'policies'])).toBe('');
  });

  test('passes strict checks', () => {
    expect(run(opa.path, ['check', '--strict', 'policies'])).toBe('');
  });

  test('passes its own tests', () => {
    expect(run(opa.path, ['test', 'policies'])).toMatch(/^PASS: \d+\/\d+$/m);
  });

  test('gives every fixture the expected verdict', () => {
    const input = join(folder, 'input.json');
    writeFileSync(input, JSON.stringify(FIXTURES.map(({ documents, parameters }) => ({ documents, parameters }))));
    const query = '[found | some fixture in input; parameters := fixture.parameters; found := [finding | some document in fixture.documents; '
      + 'findings := (data.main.deny | data.main.warn) with input as document with data.networking.parameters as parameters; some finding in findings]]';
    const found: any[][] = JSON.parse(run(opa.path, ['eval', '--strict-builtin-errors', '--format=raw', '--data', POLICY, '--input', input, query]));
    expect(found.map((it, index) => verdict(FIXTURES[index], it.map(finding => finding.id)))).toEqual(FIXTURES.map(it => verdict(it, it.expected)));
  });
});

describeUnless(conftest.missing)('networking.rego in conftest', () => {
  /** What conftest reports for some YAML, file by file. */
  const judge = (files: { [name: string]: string }, data?: object): any[] => {
    const place = join(folder, `${Math.random()}`);
    mkdirSync(place);
    Object.entries(files).forEach(([name, text]) => writeFileSync(join(place, name), text));
    writeFileSync(join(place, 'parameters.yml'), stringify(data ?? {}));
    const { stdout, stderr } = start(conftest.path, [
      'test', ...Object.keys(files).map(it => join(place, it)), '--policy', POLICY, '--output=json', ...data ? ['--data', join(place, 'parameters.yml')] : [],
    ]);
    if (!stdout) {
      throw new Error(stderr);
    }
    return JSON.parse(stdout);
  };
  const findings = (results: any[], file: string) => results.filter(it => it.filename.endsWith(`/${file}`))
    .flatMap(it => [...it.failures ?? [], ...it.warnings ?? []]);

  const groups = new Map<string, Fixture[]>();
  FIXTURES.forEach(it => groups.set(JSON.stringify(it.parameters), [...groups.get(JSON.stringify(it.parameters)) ?? [], it]));

  test.each([...groups])('gives the fixtures with the parameters %s the expected verdict', (parameters, fixtures) => {
    const files = Object.fromEntries(fixtures.map((it, index) => [`${index}.yaml`, it.text]));
    const results = judge(files, parameters === '{}' ? undefined : { networking: { parameters: JSON.parse(parameters) } });
    const got = fixtures.map((it, index) => verdict(it, findings(results, `${index}.yaml`).map(finding => finding.metadata.id)));
    expect(got).toEqual(fixtures.map(it => verdict(it, it.expected)));
  });

  const BAD = FIXTURES.find(it => it.name.startsWith('pattern 5'))!.text;

  test('fails for rules that deny, warns for the others, and names the rule in both', () => {
    const [result] = judge({ 'a.yaml': BAD });
    expect(result.failures.map((it: any) => it.msg)).toEqual([expect.stringMatching(/^\[waf-required\] Ingress default\/websocket-app: /)]);
    expect(result.warnings.map((it: any) => it.metadata.id).sort()).toEqual(['health-check', 'ssl-policy', 'tags', 'tags']);
  });

  test('fails and warns as the severity in the table says', () => {
    const files = Object.fromEntries(FIXTURES.filter(it => Object.keys(it.parameters).length === 0).map((it, index) => [`${index}.yaml`, it.text]));
    for (const { failures = [], warnings = [] } of judge(files)) {
      failures.forEach((it: any) => expect(INGRESS_RULES).toContainEqual(expect.objectContaining({ id: it.metadata.id, severity: 'deny' })));
      warnings.forEach((it: any) => expect(INGRESS_RULES).toContainEqual(expect.objectContaining({ id: it.metadata.id, severity: 'warn' })));
    }
  });

  test('fails for a file that is not YAML', () => {
    expect(() => judge({ 'a.yaml': 'a: [b\n' })).toThrow('parse');
  });

  test('judges combined files', () => {
    writeFileSync(join(folder, 'one.yaml'), BAD);
    writeFileSync(join(folder, 'two.yaml'), FIXTURES.find(it => it.name === 'no metadata')!.text);
    const { stdout } = start(conftest.path, ['test', '--combine', join(folder, 'one.yaml'), join(folder, 'two.yaml'), '--policy', POLICY, '--output=json']);
    const ids = JSON.parse(stdout).flatMap((it: any) => it.failures).map((it: any) => it.metadata.id);
    expect(ids.sort()).toEqual(['malformed', 'waf-required']);
  });
});

function verdict(fixture: Fixture, ids: string[]): string {
  return `${fixture.file}: ${fixture.name}: ${[...new Set(ids)].sort().join(', ')}`;
}
