import { readFileSync } from 'fs';
import { join } from 'path';
import { App, CfnParameter, CfnResource, CloudFormationValidatePlugin, Fn, Lazy, NestedStack, Stack, Stage, Validations } from 'aws-cdk-lib';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { denied, expectedAt, FIXTURES, type Fixture } from './fixtures';
import { IngressPolicy, type IngressPolicyProps } from '../../src';
import { importedClusterFixture, stackFixture } from '../support/fixtures';

jest.setTimeout(180_000);
beforeEach(() => jest.spyOn(console, 'error').mockImplementation()); // where CDK writes warnings

const BACKEND = { service: { name: 'web', port: { number: 80 } } };

/** An Ingress in production without TLS. */
function ingress(changes: any = {}): any {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', namespace: 'production' },
    spec: { ingressClassName: 'nginx', rules: [{ host: 'shop.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: BACKEND }] } }] },
    ...changes,
  };
}

function manifest(stack: Stack, id: string, ...objects: any[]): CfnResource {
  return new CfnResource(stack, id, { type: 'Custom::AWSCDK-EKS-KubernetesResource', properties: { Manifest: stack.toJsonString(objects) } });
}

/** What the policy reports, which may be nothing. */
function judge(stack: Stack, props?: IngressPolicyProps, scope: App | Stage = stack.node.root as App) {
  const app = stack.node.root as App;
  Validations.of(scope).addPlugins(new IngressPolicy(props));
  let failure: string | undefined;
  try {
    app.synth();
  } catch (error) {
    failure = (error as Error).message;
  }
  const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
  const report = pluginReports.find((it: any) => it.pluginName === 'IngressPolicy') ?? { violations: [] };
  return {
    failure,
    found: report.violations.map((it: any) => `${it.ruleName} at ${it.violatingConstructs.map((one: any) => one.constructPath)}`),
    violations: report.violations,
    suppressed: report.suppressedViolations ?? [],
  };
}

// The first test, as the engine starts once in a process.
test('an app without an Ingress does not start the engine', () => {
  const stack = stackFixture();
  manifest(stack, 'Namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'production' } });
  const start = performance.now();
  expect(judge(stack).found).toEqual([]);
  expect(performance.now() - start).toBeLessThan(2000); // the engine alone takes longer
});

describe('an IngressPolicy', () => {
  test('fails the synth, and names the construct, the object, the field and the fix', () => {
    const { stack, cluster } = importedClusterFixture();
    new eks.KubernetesManifest(stack, 'Web', { cluster, manifest: [ingress()] });
    const { failure, violations } = judge(stack);
    expect(failure).toContain('tls-required');
    expect(violations).toEqual([expect.objectContaining({
      ruleName: 'tls-required',
      severity: 'error',
      description: 'Ingress production/web: spec.tls has no entry for `shop.example.com`, in a production namespace',
      suggestedFix: 'add an entry for that host, or one without hosts, which is for every host',
      violatingConstructs: [expect.objectContaining({ constructPath: 'Shop/Web/Resource/Default' })],
    })]);
  });

  test('only warns about best practices', () => {
    const stack = stackFixture();
    manifest(stack, 'Web', ingress({ metadata: { name: 'web' }, spec: { ...ingress().spec, ingressClassName: 'alb' } }));
    const { failure, violations } = judge(stack);
    expect(failure).toBeUndefined();
    expect([...new Set(violations.map((it: any) => `${it.severity} ${it.ruleName}`))]).toEqual(['warning health-check', 'warning tags', 'warning target-type-ip']);
  });

  test('uses the parameters that it is given', () => {
    const stack = stackFixture();
    manifest(stack, 'Web', ingress());
    expect(judge(stack, { productionNamespaces: ['live'], allowedDomains: ['example.org'] }).found).toEqual(['host-domain at Shop/Web']);
  });

  test('judges nested stacks, and each stage', () => {
    const app = stackFixture().node.root as App;
    manifest(new NestedStack(app.node.findChild('Shop') as Stack, 'Nested'), 'Web', ingress());
    const stage = new Stage(app, 'Beta');
    const stack = new Stack(stage, 'Shop');
    manifest(stack, 'Web', ingress());
    expect(judge(stack).found.sort()).toEqual(['tls-required at Beta/Shop/Web', 'tls-required at Shop/Nested/Web']);
  });

  test('of a stage judges no other', () => {
    const app = stackFixture().node.root as App;
    manifest(app.node.findChild('Shop') as Stack, 'Web', ingress());
    const stage = new Stage(app, 'Beta');
    manifest(new Stack(stage, 'Shop'), 'Web', ingress());
    expect(judge(app.node.findChild('Shop') as Stack, {}, stage).found).toEqual(['tls-required at Beta/Shop/Web']);
  });

  test('works beside the user\'s own CloudFormationValidatePlugin', () => {
    const stack = stackFixture();
    manifest(stack, 'Web', ingress());
    Validations.of(stack.node.root).addPlugins(new CloudFormationValidatePlugin({ includeDefaultRules: false }));
    expect(judge(stack).found).toEqual(['tls-required at Shop/Web']);
  });
});

describe('what only a deployment knows', () => {
  const alb = (stack: Stack, annotations: any) => manifest(stack, 'Web', ingress({
    metadata: { name: 'web', namespace: 'production', annotations: Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`alb.ingress.kubernetes.io/${name}`, value])) },
    spec: { ...ingress().spec, ingressClassName: 'alb' },
  }));
  const deniedIn = (stack: Stack) => judge(stack).violations.filter((it: any) => it.severity === 'error').map((it: any) => it.ruleName);

  test('counts as given', () => {
    const stack = stackFixture();
    const token = new CfnParameter(stack, 'Arn').valueAsString;
    alb(stack, { 'scheme': 'internet-facing', 'certificate-arn': token, 'wafv2-acl-arn': Fn.sub('${x}', { x: token }) });
    expect(deniedIn(stack)).toEqual([]);
  });

  test('in one annotation does not excuse another', () => {
    const stack = stackFixture();
    alb(stack, { 'scheme': 'internet-facing', 'certificate-arn': new CfnParameter(stack, 'Arn').valueAsString });
    expect(deniedIn(stack)).toEqual(['waf-required']);
  });

  test('stands for a number where one is expected', () => {
    const stack = stackFixture();
    const number = new CfnParameter(stack, 'Port', { type: 'Number' }).valueAsNumber;
    const path = { path: '/debug', pathType: 'Prefix', backend: { service: { name: 'web', port: { number } } } };
    manifest(stack, 'Web', ingress({ metadata: { name: 'web' }, spec: { ingressClassName: 'nginx', rules: [{ http: { paths: [path] } }] } }));
    expect(judge(stack).found).toEqual(['sensitive-path at Shop/Web']);
  });

  test('in an Fn::Sub does not hide the rest', () => {
    const stack = stackFixture();
    new CfnResource(stack, 'Web', {
      type: 'Custom::AWSCDK-EKS-KubernetesResource',
      properties: { Manifest: Fn.sub(JSON.stringify([ingress({ metadata: { name: 'web-${AWS::Region}', namespace: 'production' } })])) },
    });
    expect(judge(stack).violations.map((it: any) => it.description)).toEqual([expect.stringContaining('Ingress production/web-<token>: spec.tls has no entry')]);
  });

  test('alone as a manifest cannot be read', () => {
    const stack = stackFixture();
    new CfnResource(stack, 'Web', {
      type: 'Custom::AWSCDK-EKS-KubernetesResource', properties: { Manifest: Lazy.any({ produce: () => ({ 'Fn::ImportValue': 'manifest' }) }) },
    });
    expect(judge(stack).found).toEqual(['malformed at Shop/Web']);
  });
});

describe('an acknowledgement', () => {
  const ID = 'IngressPolicy::tls-required';
  const setup = () => {
    const stack = stackFixture();
    return { stack, a: manifest(stack, 'A', ingress()), b: manifest(stack, 'B', ingress()) };
  };

  test('accepts the finding, and keeps the reason in the report', () => {
    const { stack } = setup();
    Validations.of(stack).acknowledge({ id: ID, reason: 'the mesh encrypts' });
    const { failure, found, suppressed } = judge(stack);
    expect(failure).toBeUndefined();
    expect(found).toEqual([]);
    expect(suppressed.map((it: any) => it.ruleMetadata)).toEqual(Array(2).fill({ acknowledged: 'the mesh encrypts', acknowledgedAt: 'Shop' }));
  });

  test('applies below its construct only', () => {
    const { stack, a } = setup();
    Validations.of(a).acknowledge({ id: ID, reason: 'the mesh encrypts' });
    const { failure, found, suppressed } = judge(stack);
    expect(failure).toBeDefined();
    expect(found).toEqual(['tls-required[Shop/B] at Shop/B']);
    expect(suppressed).toHaveLength(1);
  });

  test('without a reason does not count', () => {
    const { stack } = setup();
    Validations.of(stack).acknowledge({ id: ID, reason: ' ' });
    const { failure, violations } = judge(stack);
    expect(failure).toBeDefined();
    expect(violations[0].description).toMatch(/ \(acknowledged without a reason\)$/);
  });
});

test.each<[string, any, string]>([
  ['allowedDomains', ['https://example.com'], '`allowedDomains` must be domains such as example.com, got: "https://example.com"'],
  ['sensitivePaths', ['admin'], '`sensitivePaths` must be paths below /, got: "admin"'],
  ['sensitivePaths', ['/'], '`sensitivePaths` must be paths below /, got: "/"'],
  ['ingressClasses', [], '`ingressClasses` must be at least one class, got: []'],
  ['requiredTags', 'Team', '`requiredTags` must be a list of strings that are known at synthesis, got: "Team"'],
  ['productionNamespaces', [7], '`productionNamespaces` must be a list of strings that are known at synthesis, got: [7]'],
])('fails for %s %j', (prop, value, message) => {
  expect(() => new IngressPolicy({ [prop]: value })).toThrow(message);
});

/* Each fixture is a manifest in a stack, as CDK's own construct writes it. They are here, as this file has started the engine. */
describe('the fixtures', () => {
  const groups = new Map<string, Fixture[]>();
  FIXTURES.forEach(it => groups.set(JSON.stringify(it.parameters), [...groups.get(JSON.stringify(it.parameters)) ?? [], it]));
  const isRefused = (fixture: Fixture) => fixture.exceptions.plugin?.because === 'the construct refuses it';
  const verdict = (fixture: Fixture, ids: string[]) => `${fixture.file}: ${fixture.name}: ${[...new Set(ids)].sort().join(', ')}`;

  test.each([...groups].filter(([, fixtures]) => !isRefused(fixtures[0])))('with the parameters %s get the verdict that they name', (_, fixtures) => {
    const stack = stackFixture();
    fixtures.forEach((it, index) => new CfnResource(stack, `Manifest${index}`, {
      type: 'Custom::AWSCDK-EKS-KubernetesResource', properties: { Manifest: JSON.stringify(it.documents) },
    }));
    const { failure, violations } = judge(stack, fixtures[0].parameters);

    const found = fixtures.map((it, index) => verdict(it, violations
      .filter((violation: any) => violation.violatingConstructs[0].constructPath === `Shop/Manifest${index}`)
      .map((violation: any) => violation.ruleName)));
    expect(found).toEqual(fixtures.map(it => verdict(it, expectedAt(it, 'plugin'))));
    expect(failure !== undefined).toBe(fixtures.some(it => denied(expectedAt(it, 'plugin')).length > 0));
  });

  test.each(FIXTURES.filter(isRefused))('$name: refused when the policy is made', ({ parameters }) => {
    expect(() => new IngressPolicy(parameters)).toThrow(/`\w+` must be .* \[IngressPolicy\]$/);
  });
});
