import { literal } from './cel';
import { admissionRules, COMMON_VARIABLES } from './ingress-admission-rules';
import { INGRESS_RULES, type IngressRule, type RuleParameters } from './ingress-rules';
import type { Json } from '../cdk/merge';

const API = 'admissionregistration.k8s.io/v1';

/** How many characters of the message a rule's findings get: the API server allows 5 KiB in all, and each rule also says what to do. */
const LONGEST_FINDING = 400;

interface CelVariable {
  readonly name: string;
  readonly expression: string;
}

/**
 * A ValidatingAdmissionPolicy with the rules of one severity.
 *
 * It has one validation for all of them: if several failed, the API server and its audit log would report only the first.
 */
export function admissionPolicy(name: string, severity: IngressRule['severity'], parameters: RuleParameters): Json {
  const expressions = admissionRules(parameters);
  const ids = INGRESS_RULES.filter(rule => rule.severity === severity && rule.id in expressions).map(rule => rule.id);
  const findings = ids.filter(id => id !== 'malformed').map(id => newFindings(id, expressions[id].fix));
  const unreadable = ids.includes('malformed') ? newFindings('malformed', expressions.malformed.fix) : '[]';
  const variables = [
    ...Object.entries(COMMON_VARIABLES),
    ...ids.map(id => [variableOf(id), expressions[id].found] as const),
  ].flatMap(([variable, expression]) => [
    { name: variable, expression: expression(now, 'object') },
    { name: beforeName(variable), expression: expression(before, 'oldObject') },
  ]);
  // An Ingress that cannot be read gets this finding alone: the other rules could not judge it.
  const all = { name: 'findings', expression: `variables.readable ? ${findings.join(' + ')} : ${unreadable}` };
  return {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail', // evaluated in the API server itself, with no webhook that could be out of reach
      matchConstraints: {
        resourceRules: [{ apiGroups: ['networking.k8s.io'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['ingresses'] }],
      },
      matchConditions: [
        { name: 'is-not-being-deleted', expression: '!has(object.metadata.deletionTimestamp)' },
        {
          name: 'changes-what-rules-read',
          expression: 'request.operation == \'CREATE\' || object.spec != oldObject.spec'
            + ' || object.metadata.?annotations.orValue({}) != oldObject.metadata.?annotations.orValue({})',
        },
      ],
      variables: [...used(variables, all), all],
      validations: [{
        expression: 'variables.findings.size() == 0',
        messageExpression: '\'Ingress \' + object.metadata.namespace + \'/\' + object.metadata.?name.orValue(\'(no name)\')'
          + ' + \': \' + variables.findings.join(\' \')',
        message: 'the Ingress breaks more rules than the message can list: check it with conftest',
      }],
    },
  };
}

/** The ValidatingAdmissionPolicyBinding of a policy. */
export function admissionBinding(name: string, action: string, namespaces: Json): Json {
  return {
    apiVersion: API,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: [action],
      matchResources: { namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', ...namespaces }] } },
    },
  };
}

/** tls-required becomes tlsRequired. */
function variableOf(id: string): string {
  return id.replace(/-./g, letters => letters[1].toUpperCase());
}

function now(variable: string): string {
  return `variables.${variable}`;
}

function before(variable: string): string {
  return `variables.${beforeName(variable)}`;
}

function beforeName(variable: string): string {
  return `old${variable[0].toUpperCase()}${variable.slice(1)}`;
}

/** What a rule finds and did not find before the update, as one string in a list, or an empty list. */
function newFindings(id: string, fix: string): string {
  const variable = variableOf(id);
  return `[${now(variable)}.map(l, l.filter(f, request.operation == 'CREATE' || !${before(variable)}.exists(o, f in o)).join(', '))`
    + '.filter(t, t != \'\').join(\', \')].filter(t, t != \'\')'
    + `.map(t, ${literal(`[${id}] `)} + (t.size() > ${LONGEST_FINDING} ? t.substring(0, ${LONGEST_FINDING}) + '...' : t) + ${literal(`; ${fix}.`)})`;
}

/** The variables that the last one needs. A variable reads only those before it. */
function used(variables: CelVariable[], last: CelVariable): CelVariable[] {
  const needed = new Set<string>();
  const need = ({ expression }: CelVariable) => [...expression.matchAll(/\bvariables\.(\w+)/g)].forEach(match => needed.add(match[1]));
  need(last);
  for (const variable of [...variables].reverse()) {
    if (needed.has(variable.name)) {
      need(variable);
    }
  }
  return variables.filter(it => needed.has(it.name));
}
