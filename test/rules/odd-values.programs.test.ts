import { rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { FIXTURES } from './fixtures';
import { findProgram } from './programs';
import { DEFAULT_PARAMETERS } from '../../src/rules/ingress-rules';
import { judge, type Finding } from '../../src/rules/rego';
import { emptyFolder } from '../../tools/npm';
import { run } from '../../tools/programs';
import { describeUnless } from '../support/run';

jest.setTimeout(180_000);

/** Values that nobody writes on purpose. */
const ODD = [null, 5, true, '', 'x', '*', [], {}, [null], { a: null }];

const objects = ['an HTTP listener that redirects to HTTPS is served by TLS only', 'one host of two has no TLS entry', 'a List']
  .flatMap(name => [...oddly(FIXTURES.find(it => it.name === name)!.documents[0])]);

describe('odd values at every place of an Ingress', () => {
  let judged: Finding[][];
  beforeAll(() => {
    judged = judge(objects, DEFAULT_PARAMETERS);
  });

  test('are many', () => {
    expect(objects.length).toBeGreaterThan(500);
    expect(judged.filter(it => it.some(finding => finding.id === 'malformed')).length).toBeGreaterThan(300);
  });

  test('are all judged, with complete messages', () => {
    expect(judged).toHaveLength(objects.length);
    judged.flat().forEach(it => expect(Object.values(it)).not.toContain(''));
  });

  const opa = findProgram('opa');
  describeUnless(opa.missing)('in opa', () => {
    test('get the same findings as in CDK\'s engine', () => {
      const folder = emptyFolder();
      writeFileSync(join(folder, 'input.json'), JSON.stringify(objects));
      const query = '[findings | some object in input; findings := (data.main.deny | data.main.warn) with input as object]';
      const found: Finding[][] = JSON.parse(run(opa.path, [
        'eval', '--strict-builtin-errors', '--format=raw', '--data', join('policies', 'networking.rego'), '--input', join(folder, 'input.json'), query,
      ]));
      rmSync(folder, { recursive: true });
      expect(found.map(lines)).toEqual(judged.map(lines));
    });
  });
});

function lines(findings: Finding[]): string[] {
  return findings.map(it => `[${it.id}] ${it.object}: ${it.field} ${it.problem}; ${it.fix}`).sort();
}

/** A value with an odd one in each place in turn, and without each place in turn. */
function* oddly(value: any): Generator<any> {
  yield* ODD;
  for (const key of typeof value === 'object' && value !== null ? Object.keys(value) : []) {
    for (const odd of oddly(value[key])) {
      yield Array.isArray(value) ? value.map((it, index) => `${index}` === key ? odd : it) : { ...value, [key]: odd };
    }
    if (!Array.isArray(value)) {
      yield Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    }
  }
}
