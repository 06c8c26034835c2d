import { readFileSync, rmSync } from 'fs';
import { join } from 'path';
import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { denied, expectedAt, FIXTURES, type Fixture } from './fixtures';
import { IngressPolicy } from '../../src';

/*
 * The same fixtures at synth: each is a manifest in a stack, as CDK's own construct writes it. Rego is evaluated by the engine that comes with CDK.
 */
const groups = new Map<string, Fixture[]>();
FIXTURES.forEach(it => groups.set(JSON.stringify(it.parameters), [...groups.get(JSON.stringify(it.parameters)) ?? [], it]));

jest.setTimeout(180_000);
beforeEach(() => jest.spyOn(console, 'error').mockImplementation()); // where CDK writes warnings

test.each([...groups].filter(([, fixtures]) => !isRefused(fixtures[0])))('the fixtures with the parameters %s get the verdict that they name', (_, fixtures) => {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'Shop');
  fixtures.forEach((it, index) => new CfnResource(stack, `Manifest${index}`, {
    type: 'Custom::AWSCDK-EKS-KubernetesResource',
    properties: { Manifest: JSON.stringify(it.documents) },
  }));
  const policy = new IngressPolicy(fixtures[0].parameters);
  Validations.of(app).addPlugins(policy);
  const isDenied = fixtures.some(it => denied(expectedAt(it, 'plugin')).length > 0);
  let failure = '';
  try {
    app.synth();
  } catch (error) {
    failure = (error as Error).message;
  }
  const [report] = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')).pluginReports;
  rmSync(app.outdir, { recursive: true });

  const found = fixtures.map((it, index) => verdict(it, (report?.violations ?? [])
    .filter((violation: any) => violation.violatingConstructs[0].constructPath === `Shop/Manifest${index}`)
    .map((violation: any) => violation.ruleName)));
  expect(found).toEqual(fixtures.map(it => verdict(it, expectedAt(it, 'plugin'))));
  expect(failure === '').toBe(!isDenied);
});

test.each(FIXTURES.filter(isRefused))('$name is refused when the policy is made', ({ parameters }) => {
  expect(() => new IngressPolicy(parameters)).toThrow(/`\w+` must be .* \[IngressPolicy\]$/);
});

function isRefused(fixture: Fixture): boolean {
  return fixture.exceptions.plugin?.because === 'the construct refuses it';
}

function verdict(fixture: Fixture, ids: string[]): string {
  return `${fixture.file}: ${fixture.name}: ${[...new Set(ids)].sort().join(', ')}`;
}
