import { Lazy } from 'aws-cdk-lib';
import { admissionObjects } from './admission';
import { IngressAdmissionAction, IngressAdmissionPolicy, type IngressAdmissionPolicyProps } from '../../src';
import { literal, LISTEN_PORTS, SAFE_PATTERN } from '../../src/rules/cel';
import { INGRESS_RULES } from '../../src/rules/ingress-rules';
import { clusterFixture, importedClusterFixture } from '../support/fixtures';
import { kubernetesObjects, resourcesOf } from '../support/read';

const [POLICY, BINDING] = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];

/** The objects of a kind, by their names. */
function objectsBy(kind: string, props: Partial<IngressAdmissionPolicyProps> = {}): { [name: string]: any } {
  return Object.fromEntries(admissionObjects(props).filter(it => it.kind === kind).map(it => [it.metadata.name, it]));
}

/** All expressions of a policy, as one text. */
function textOf(name: string, props: Partial<IngressAdmissionPolicyProps> = {}): string {
  return objectsBy(POLICY, props)[`ingress-rules-${name}`].spec.variables.map((it: any) => it.expression).join('\n');
}

function failing(props: Partial<IngressAdmissionPolicyProps>) {
  const { stack, cluster } = importedClusterFixture();
  return () => new IngressAdmissionPolicy(stack, 'IngressRules', { cluster, ...props });
}

test('defines one manifest with two policies and their bindings', () => {
  const { stack, cluster, template } = clusterFixture();
  new IngressAdmissionPolicy(stack, 'IngressRules', { cluster });

  expect(Object.keys(resourcesOf(template(), 'Custom::AWSCDK-EKS-KubernetesResource'))).toHaveLength(1);
  expect(kubernetesObjects(template()).map(it => `${it.apiVersion} ${it.kind} ${it.metadata.name}`)).toEqual([
    'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy ingress-rules-required',
    'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy ingress-rules-advised',
    'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding ingress-rules-required',
    'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding ingress-rules-advised',
  ]);
});

test('binds each policy by its name', () => {
  for (const [name, { spec }] of Object.entries(objectsBy(BINDING, { policyName: 'team' }))) {
    expect(spec.policyName).toBe(name);
    expect(objectsBy(POLICY, { policyName: 'team' })).toHaveProperty(name);
  }
});

test('judges what is created and changed, and neither status nor deletion', () => {
  for (const { spec } of Object.values(objectsBy(POLICY))) {
    expect(spec.matchConstraints.resourceRules)
      .toEqual([{ apiGroups: ['networking.k8s.io'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['ingresses'] }]);
    expect(spec.matchConditions[0].expression).toBe('!has(object.metadata.deletionTimestamp)');
    expect(spec.failurePolicy).toBe('Fail');
  }
});

test.each([
  [undefined, ['Deny'], ['Warn']],
  [IngressAdmissionAction.DENY, ['Deny'], ['Warn']],
  [IngressAdmissionAction.WARN, ['Warn'], ['Warn']],
  [IngressAdmissionAction.AUDIT, ['Audit'], ['Audit']],
])('action %s: rules that deny do %j, the others %j', (action, required, advised) => {
  const bindings = objectsBy(BINDING, { action });

  expect(bindings['ingress-rules-required'].spec.validationActions).toEqual(required);
  expect(bindings['ingress-rules-advised'].spec.validationActions).toEqual(advised);
});

test.each([
  [undefined, { operator: 'NotIn', values: ['kube-system', 'kube-public', 'kube-node-lease'] }],
  [['shop', 'production'], { operator: 'In', values: ['shop', 'production'] }],
])('namespaces %j: selects by name', (namespaces, selector) => {
  for (const { spec } of Object.values(objectsBy(BINDING, { namespaces }))) {
    expect(spec.matchResources.namespaceSelector.matchExpressions).toEqual([{ key: 'kubernetes.io/metadata.name', ...selector }]);
  }
});

test.each(INGRESS_RULES.map(({ id, severity }) => [id, severity]))('%s is a rule of the policy that should %s', (id, severity) => {
  const [its, other] = severity === 'deny' ? ['required', 'advised'] : ['advised', 'required'];

  expect(textOf(its, { allowedDomains: ['example.com'] })).toContain(`'[${id}] '`);
  expect(textOf(other, { allowedDomains: ['example.com'] })).not.toContain(`'[${id}] '`);
});

test.each<[string, Partial<IngressAdmissionPolicyProps>, string]>([
  ['required', { productionNamespaces: ['shop-live'] }, '\'shop-live\''],
  ['required', { ingressClasses: ['traefik'] }, '[\'traefik\']'],
  ['required', { allowedDomains: ['*.Example.COM'] }, '[\'example.com\']'],
  ['required', { sensitivePaths: ['/Internal/'] }, '[\'/internal\']'],
  ['advised', { requiredTags: ['CostCentre'] }, '[\'CostCentre\']'],
])('the policy of what is %s is told %j', (policy, parameters, expected) => {
  expect(textOf(policy, parameters)).toContain(expected);
  expect(textOf(policy)).not.toContain(expected);
});

test.each<[string, string, Partial<IngressAdmissionPolicyProps>]>([
  ['host-domain', 'required', {}],
  ['sensitive-path', 'required', { sensitivePaths: [] }],
  ['tags', 'advised', { requiredTags: [] }],
])('leaves %s out if it has nothing to find', (id, policy, parameters) => {
  expect(textOf(policy, parameters)).not.toContain(id);
});

test('has no variable that nothing reads, or that is read before it is defined', () => {
  for (const { spec } of Object.values(objectsBy(POLICY))) {
    const readIn = (expression: string) => [...expression.matchAll(/\bvariables\.(\w+)/g)].map(match => match[1]);
    const read = [...spec.variables, ...spec.validations].flatMap((it: any) => readIn(it.expression));
    const names = spec.variables.map((it: any) => it.name);

    expect(names.filter((name: string) => !read.includes(name))).toEqual([]);
    spec.variables.forEach((it: any, index: number) => expect(names.slice(0, index)).toEqual(expect.arrayContaining(readIn(it.expression))));
  }
});

test('accepts a name that only a deployment knows', () => {
  expect(failing({ policyName: Lazy.string({ produce: () => 'team' }) })).not.toThrow();
});

test.each<[string, Partial<IngressAdmissionPolicyProps>, RegExp]>([
  ['a name in upper case', { policyName: 'Team' }, /^`policyName` must be .*lower-case.*, got: "Team"; .* \[Shop\/IngressRules\]$/],
  ['a name that is too long', { policyName: 'a'.repeat(245) }, /^`policyName` must be at most 244 characters/],
  ['no namespaces', { namespaces: [] }, /^`namespaces` must be one name or more, got: \[\]; leave it out .* \[Shop\/IngressRules\]$/],
  ['a pattern of namespaces', { namespaces: ['shop', 'team-*'] }, /^`namespaces` must be names of namespaces: .*, got: "team-\*"; .* \[Shop\/IngressRules\]$/],
  ['no class', { ingressClasses: [] }, /^`ingressClasses` must be .* \[Shop\/IngressRules\]$/],
  ['a parameter that is not known at synth', { requiredTags: [Lazy.string({ produce: () => 'Team' })] }, /^`requiredTags` must be .*known at synth.* \[Shop\/IngressRules\]$/],
])('fails with %s', (_, props, error) => {
  expect(failing(props)).toThrow(error);
});

test('fails if the same cluster has another policy of its name', () => {
  const { stack, cluster } = importedClusterFixture();
  new IngressAdmissionPolicy(stack, 'One', { cluster });

  expect(() => new IngressAdmissionPolicy(stack, 'Two', { cluster }))
    .toThrow('`policyName` must be different from that of Shop/One, in the same cluster, got: "ingress-rules"; give one of them another name, or they would replace each other [Shop/Two]');
  expect(() => new IngressAdmissionPolicy(stack, 'Three', { cluster, policyName: 'other' })).not.toThrow();
});

test.each([['it\'s', '\'it\\\'s\''], ['a\\d', '\'a\\\\d\''], ['two\nlines', '\'two\\nlines\''], ['"', '\'\\"\'']])('%j is %s in CEL', (text, expected) => {
  expect(literal(text)).toBe(expected);
});

test.each(['[{"HTTP":80}]', ' [ { "HTTP" : 80 , "HTTPS":443 } , {"HTTPS": 8443} ] '])('listen-ports can be %s', text => {
  expect(text).toMatch(LISTEN_PORTS);
});

test.each(['', '[]', '[{}]', '443', '[{"HTTP":"80"}]', '[{"http":80}]', '[{"HTTP":80},]', '[{"HTTP":080}]', '[{"HTTP":80.0}]', '[{"HTTP":-1}]', '{"HTTP":80}'])('listen-ports cannot be %j', text => {
  expect(text).not.toMatch(LISTEN_PORTS);
});

test.each(['/shop(/|$)(.*)', '/((a|b)c)+', '/[^a-z0-9_]+', '/a{2}b*?', '/\\d+\\.html$'])('%s is a pattern that certainly compiles', text => {
  expect(text).toMatch(SAFE_PATTERN);
});

test.each(['/(', '/)', '/[', '/[z-a]', '/a**', '/(?<name>a)', '/a{2,1}', '/(a{99}){99}', '/\\q', '/(((a)))'])('%s may not compile', text => {
  expect(text).not.toMatch(SAFE_PATTERN);
});
