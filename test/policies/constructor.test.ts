import { AlbController } from '../../src';
import { ask, canBeAskedFor, madeBelow, type Way } from './constructor';
import { FIXTURES, parametersOf, type Fixture } from './fixtures';
import { INGRESS_RULES } from '../../src/policy/ingress-rules';
import { judge } from '../../src/policy/rego';
import { importedClusterFixture } from '../support/fixtures';
import { Construct } from 'constructs';

/*
 * The same fixtures at construction: an AlbIngress is asked for what a manifest says. It refuses what breaks a rule, or makes an Ingress that breaks none.
 * The manifests of other classes are asked for as well, as if they were of the class alb: hosts, paths and backends are checked alike.
 */

/** Rules that depend on parameters, which no constructor has: IngressPolicy has them, and judges the same Ingress at synth. */
const LEFT_TO_OTHERS: { readonly [id: string]: string } = {
  'ingress-class': 'the class is alb, or a construct that the app names: which are approved is a parameter',
  'host-domain': 'the allowed domains are a parameter',
  'sensitive-path': 'which paths are sensitive is a parameter',
  'tags': 'the required tags are a parameter, and tags come late, by Tags.of(...)',
};

/** What a refusal names if it is for a rule. Anything may be malformed. */
const NAMED: { readonly [id: string]: RegExp } = {
  'malformed': /must be/,
  'tls-required': /^`(listeners|redirectHttp|certificates|annotations\['.*\/(listen-ports|ssl-redirect|certificate-arn)'\])`/,
  'waf-required': /web ACL|wafv2-acl-arn/,
  'auth-bypass': /^`(authentication|redirectHttp|annotations\['.*\/(auth-.*|jwt-validation|ssl-redirect)'\])/,
  'health-check': /^`(healthCheck\.path|annotations\['.*\/healthcheck-path'\])`/,
};

interface Case {
  readonly fixture: Fixture;
  readonly name: string;
  readonly way: Way;
  readonly document: any;
}

const CASES: Case[] = FIXTURES.filter(it => canBeAskedFor(it.documents)).flatMap(fixture => (['props', 'annotations'] as const).map(way => {
  const [document] = fixture.documents;
  return { fixture, name: fixture.name, way, document: { ...document, spec: { ...document.spec, ingressClassName: 'alb' } } };
}));

/** What a manifest breaks, and then either the text of the refusal or what the Ingress breaks that was made. */
interface Verdict {
  readonly broken: string[];
  readonly refusal?: string;
  readonly left: string[];
}
const verdicts = new Map<Case, Verdict>();

beforeAll(() => {
  const { stack, cluster, template } = importedClusterFixture();
  const controller = AlbController.fromCluster(stack, 'Controller', cluster);
  const answers = CASES.map((it, index) => {
    const scope = new Construct(stack, `Case${index}`);
    try {
      ask(scope, controller, it.document, it.way);
      return { it, scope };
    } catch (error) {
      return { it, scope, refusal: (error as Error).message };
    }
  });
  const written = template();
  const groups = new Map<string, typeof answers>();
  answers.forEach(answer => {
    const key = JSON.stringify(parametersOf(answer.it.fixture));
    groups.set(key, [...groups.get(key) ?? [], answer]);
  });
  for (const [parameters, group] of groups) {
    const objects = group.flatMap(({ it, scope, refusal }) => [it.document, ...refusal === undefined ? [madeBelow(scope, stack, written)] : []]);
    const found = judge(objects, JSON.parse(parameters)).map(findings => [...new Set(findings.map(finding => finding.id))].sort());
    for (const { it, refusal } of group) {
      const ofManifest = found.shift()!;
      const ofClassAlb = [undefined, 'alb'].includes(it.fixture.documents[0].spec.ingressClassName);
      verdicts.set(it, { broken: ofClassAlb ? it.fixture.expected : ofManifest, refusal, left: refusal === undefined ? found.shift()! : [] });
    }
  }
}, 120_000);

const known = (ids: string[]) => ids.filter(id => !(id in LEFT_TO_OTHERS));
const isFor = (id: string, refusal: string) => NAMED[id]?.test(refusal) ?? false;

test.each(CASES)('$name, by $way', it => {
  const { broken, refusal, left } = verdicts.get(it)!;
  const exception = it.fixture.exceptions.constructor;
  console.info = () => {};
  if (refusal !== undefined) {
    expect({ refusal, for: (exception?.expected ?? broken).filter(id => isFor(id, refusal)) }).not.toEqual({ refusal, for: [] });
  } else {
    expect(known(left)).toEqual(exception ? known(broken).filter(id => !exception.expected.includes(id)) : []);
  }
});
