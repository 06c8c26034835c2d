import { Construct } from 'constructs';
import { ask, canBeAskedFor, madeBelow, type Way } from './constructor';
import { exceptionAt, FIXTURES, parametersOf, type Fixture } from './fixtures';
import { AlbController } from '../../src';
import { ALB_PREFIX, INGRESS_RULES } from '../../src/rules/ingress-rules';
import { judge } from '../../src/rules/rego';
import { importedClusterFixture } from '../support/fixtures';

/*
 * The same fixtures at construction: an AlbIngress gets what a manifest describes. It refuses what breaks a rule, or makes an Ingress that breaks none.
 * This includes manifests of other classes, with the class alb and a certificate instead: hosts, paths and backends are checked alike.
 */

/** Rules that depend on parameters, which no constructor has. IngressPolicy has them, and judges the same Ingress at synthesis. */
const LEFT_TO_OTHERS: { readonly [id: string]: string } = {
  'ingress-class': 'the class is alb, or a construct that the app names: which are approved is a parameter',
  'host-domain': 'the allowed domains are a parameter',
  'sensitive-path': 'which paths are sensitive is a parameter',
  'tags': 'the required tags are a parameter, and tags come late, by Tags.of(...)',
};

/** What the error names if a rule is the reason. Anything can be malformed. */
const NAMED: { readonly [id: string]: RegExp } = {
  'malformed': /must be/,
  'tls-required': /^`(listeners|redirectHttp|certificates|annotations\['.*\/(listen-ports|ssl-redirect|certificate-arn)'\])`/,
  'waf-required': /web ACL|wafv2-acl-arn/,
  'auth-bypass': /^`(authentication|redirectHttp|annotations\['.*\/(auth-.*|jwt-validation|ssl-redirect)'\])/,
  'health-check': /^`(healthCheck\.path|annotations\['.*\/healthcheck-path'\])`/,
};

const CERTIFICATE = { [`${ALB_PREFIX}certificate-arn`]: 'arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d' };

/** A fixture from which an AlbIngress is made, in one of two ways. */
interface Case {
  readonly fixture: Fixture;
  readonly name: string;
  readonly way: Way;
  /** The manifest, of the class alb. */
  readonly manifest: any;
}

/** What came of it. */
interface Answer extends Case {
  /** The rules that the manifest breaks. */
  readonly broken: string[];
  /** The error, if AlbIngress refused. */
  readonly refusal?: string;
  /** The rules that the new Ingress breaks, if there is one. */
  readonly made: string[];
}

const WAYS: Way[] = ['props', 'annotations'];
const CASES: Case[] = FIXTURES.filter(it => canBeAskedFor(it.documents)).flatMap((fixture, index) => WAYS.map(way => {
  const [{ metadata = {}, spec, ...document }] = fixture.documents;
  const name = metadata.name && `${metadata.name}-${index}-${way}`; // unique, as all are in one cluster
  const annotations = { ...isOfClassAlb(fixture) ? {} : CERTIFICATE, ...metadata.annotations };
  return { fixture, name: fixture.name, way, manifest: { ...document, metadata: { ...metadata, name, annotations }, spec: { ...spec, ingressClassName: 'alb' } } };
}));

const answers = new Map<Case, Answer>();
beforeAll(() => askForAll().forEach((answer, index) => answers.set(CASES[index], answer)), 120_000);

test.each(CASES)('$name, by $way', it => {
  const { broken, refusal, made } = answers.get(it)!;
  const exception = exceptionAt(it.fixture, 'constructor');
  if (refusal !== undefined) {
    const expected = exception?.expected ?? broken;
    expect({ refusal, expected, named: expected.some(id => NAMED[id]?.test(refusal)) }).toEqual({ refusal, expected, named: true });
  } else {
    expect(exception?.expected ?? []).toEqual([]);
    expect(known(made)).toEqual(exception ? known(broken) : []); // an exception must make a difference
  }
});

test.each(INGRESS_RULES.map(it => it.id).filter(id => !(id in LEFT_TO_OTHERS)))('%s: an Ingress that breaks it is refused, or is made so that it does not break it', id => {
  const alone = [...answers.values()].filter(({ broken, fixture }) => known(broken).join() === id && !exceptionAt(fixture, 'constructor'));
  expect(alone.filter(({ refusal, made }) => refusal === undefined ? !made.includes(id) : NAMED[id]?.test(refusal))).not.toHaveLength(0);
});

test.each(Object.entries(LEFT_TO_OTHERS))('%s is left to other places: %s', id => {
  expect([...answers.values()].filter(({ broken, made }) => broken.includes(id) && made.includes(id))).not.toHaveLength(0);
});

test('more than half of the fixtures can be tried', () => {
  expect(CASES.length / WAYS.length).toBeGreaterThan(FIXTURES.length / 2);
});

test('each exception belongs to a fixture that is tried', () => {
  expect(FIXTURES.filter(it => exceptionAt(it, 'constructor') && !CASES.some(({ fixture }) => fixture === it))).toEqual([]);
});

/** Makes each Ingress. CDK's Rego engine judges both the manifest and what was made. */
function askForAll(): Answer[] {
  const { stack, cluster, template } = importedClusterFixture();
  const controller = AlbController.fromCluster(stack, 'Controller', cluster);
  const asked = CASES.map((it, index) => {
    const scope = new Construct(stack, `Case${index}`);
    return { ...it, scope, refusal: refusalOf(() => ask(scope, controller, it.manifest, it.way)) };
  });
  const written = template();
  const ids = brokenBy([
    ...asked.map(({ fixture, manifest }) => ({ fixture, ingress: isOfClassAlb(fixture) ? {} : manifest })),
    ...asked.map(({ fixture, scope, refusal }) => ({ fixture, ingress: refusal === undefined ? madeBelow(scope, stack, written) : {} })),
  ]);
  return asked.map((it, index) => ({
    ...it, broken: isOfClassAlb(it.fixture) ? it.fixture.expected : ids[index], made: ids[asked.length + index],
  }));
}

/** The rules that each Ingress breaks with its fixture's parameters. Those that differ in their names alone are judged once. */
function brokenBy(judged: { readonly fixture: Fixture; readonly ingress: any }[]): string[][] {
  const unnamed = ({ metadata, ...rest }: any) => JSON.stringify({ ...rest, metadata: { ...metadata, name: metadata?.name && 'web' } });
  const keys = judged.map(({ fixture, ingress }) => ({ parameters: JSON.stringify(parametersOf(fixture)), ingress: unnamed(ingress) }));
  const ids = new Map<string, string[]>();
  for (const parameters of new Set(keys.map(it => it.parameters))) {
    const ingresses = [...new Set(keys.filter(it => it.parameters === parameters).map(it => it.ingress))];
    judge(ingresses.map(it => JSON.parse(it)), JSON.parse(parameters))
      .forEach((findings, index) => ids.set(parameters + ingresses[index], [...new Set(findings.map(it => it.id))].sort()));
  }
  return keys.map(it => ids.get(it.parameters + it.ingress)!);
}

function refusalOf(make: () => unknown): string | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function known(ids: string[]): string[] {
  return ids.filter(id => !(id in LEFT_TO_OTHERS));
}

/** A manifest without a class counts: AlbIngress writes one. */
function isOfClassAlb({ documents: [{ spec }] }: Fixture): boolean {
  return [undefined, 'alb'].includes(spec.ingressClassName);
}
