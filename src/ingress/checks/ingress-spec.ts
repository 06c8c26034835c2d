import { domainToASCII } from 'url';
import { Token } from 'aws-cdk-lib';
import type { Complaint, Finding } from './finding';
import { namedActions } from './together';
import { isPortName } from './values';
import { albAnnotation, isObject, isPort, parseJson, type Annotations } from '../annotation';

/** What is wrong with the `spec` of an Ingress. */
export function checkSpec(spec: unknown, annotations: Annotations): Finding[] {
  if (!isObject(spec)) {
    return [{ at: 'spec', given: spec, allowed: 'an object', advice: 'give ingressClassName and rules', rule: 'malformed' }];
  }
  if (spec.rules !== undefined && !Array.isArray(spec.rules)) {
    return [{ at: 'spec.rules', given: spec.rules, allowed: 'a list', advice: 'give one rule for each host', rule: 'malformed' }];
  }
  const rules = (spec.rules ?? []) as unknown[];
  if (rules.length === 0 && spec.defaultBackend === undefined) {
    return [{ at: 'spec.rules', given: spec.rules, allowed: 'one rule or more where there is no default backend', advice: 'name what the load balancer leads to' }];
  }
  const hosts = rules.map(rule => isObject(rule) ? rule.host : undefined);
  return [
    ...rules.flatMap((rule, index) => ruleFindings(rule, `spec.rules[${index}]`, annotations)),
    ...hosts.flatMap((host, index): Finding[] => host !== undefined && !Token.isUnresolved(host) && hosts.indexOf(host) < index
      ? [{ at: `spec.rules[${index}].host`, given: host, allowed: 'named once', advice: 'put all its paths under one' }] : []),
    ...spec.defaultBackend === undefined ? [] : backendFindings(spec.defaultBackend, 'spec.defaultBackend', annotations),
  ];
}

function ruleFindings(rule: unknown, at: string, annotations: Annotations): Finding[] {
  if (!isObject(rule) || !isObject(rule.http) || !Array.isArray(rule.http.paths) || rule.http.paths.length === 0) {
    return [{ at: `${at}.http.paths`, given: isObject(rule) ? rule.http : rule, allowed: 'one path or more', advice: 'a rule without paths leads nowhere', rule: 'malformed' }];
  }
  const paths: unknown[] = rule.http.paths;
  const keys = paths.map(path => isObject(path) ? `${path.pathType} ${path.path}` : '');
  return [
    ...complain(`${at}.host`, rule.host, checkHost),
    ...paths.flatMap((path, index) => pathFindings(path, `${at}.http.paths[${index}]`, annotations)),
    ...keys.flatMap((key, index): Finding[] => !Token.isUnresolved(key) && keys.indexOf(key) < index
      ? [{ at: `${at}.http.paths[${index}].path`, given: (paths[index] as any).path, allowed: 'named once', advice: 'the second of two equal paths would never be reached' }] : []),
  ];
}

function complain(at: string, given: unknown, check: (given: string) => Complaint): Finding[] {
  if (given === undefined || Token.isUnresolved(given)) {
    return [];
  }
  if (typeof given !== 'string') {
    return [{ at, given, allowed: 'text', advice: 'Kubernetes takes no other', rule: 'malformed' }];
  }
  const complaint = check(given);
  return complaint ? [{ at, given, allowed: complaint[0], advice: complaint[1] }] : [];
}

/** As Kubernetes checks it, and no longer than a load balancer's condition can be. */
export function checkHost(host: string): Complaint {
  const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
  const allowed = 'a lower-case domain name of at most 128 characters, such as app.example.com or *.example.com';
  if (new RegExp(`^(\\*\\.)?${label}(\\.${label})*$`).test(host) && host.length <= 128 && !/^\d+(\.\d+){3}$/.test(host)) {
    return undefined;
  }
  const ascii = domainToASCII(host);
  return [allowed, ascii !== '' && ascii !== host && !/^[\d.]+$/.test(ascii) ? `write ${ascii}` : 'give a name that DNS can hold: no scheme, no port, no path'];
}

const PATH_TYPES = ['Exact', 'Prefix', 'ImplementationSpecific'];

function pathFindings(path: unknown, at: string, annotations: Annotations): Finding[] {
  if (!isObject(path)) {
    return [{ at, given: path, allowed: 'an object with path, pathType and backend', advice: 'see the API of Ingress', rule: 'malformed' }];
  }
  const type = path.pathType ?? 'ImplementationSpecific';
  if (!PATH_TYPES.includes(type as string)) {
    return [{ at: `${at}.pathType`, given: type, allowed: `one of ${PATH_TYPES.join(', ')}`, advice: 'Prefix is the usual one', rule: 'malformed' }];
  }
  const regex = ['true', 't', '1'].includes((annotations[albAnnotation('use-regex-path-match')] ?? '').toLowerCase()) && type === 'ImplementationSpecific';
  return [
    ...complain(`${at}.path`, path.path, given => checkPath(given, type as string, regex)),
    ...backendFindings(path.backend, `${at}.backend`, annotations),
  ];
}

/** As Kubernetes, the controller and AWS together check it. */
function checkPath(path: string, type: string, regex: boolean): Complaint {
  if (!path.startsWith('/')) {
    return ['a path that starts with /', 'give / for all of a host'];
  }
  if (path.length > 126) {
    return ['of at most 126 characters', 'a load balancer\'s condition holds 128, and a prefix needs two of them'];
  }
  if (regex) {
    return undefined;
  }
  if (type !== 'ImplementationSpecific' && /[*?]/.test(path)) {
    return ['without * and ?', `type ${type} takes each character as it is: the controller would refuse the path`];
  }
  if (type !== 'ImplementationSpecific' && /\/\/|\/\.\.?(\/|$)|%2f|%5c/i.test(path)) {
    return ['without //, /./, /../ and encoded slashes', 'Kubernetes refuses it'];
  }
  return /^[A-Za-z0-9_\-.$/~"'@:+&*?%!()=,;]+$/.test(path) ? undefined : ['of letters, digits and _-.$/~"\'@:+&', 'AWS takes no others in a path, encode them'];
}

const SERVICE = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

function backendFindings(backend: unknown, at: string, annotations: Annotations): Finding[] {
  if (!isObject(backend) || backend.resource !== undefined || !isObject(backend.service)) {
    return [{ at: `${at}.service`, given: backend, allowed: 'a Service', advice: 'the controller knows no other backends', rule: 'malformed' }];
  }
  const { name, port } = backend.service;
  const { number, name: portName } = isObject(port) ? port : {} as { [field: string]: unknown };
  if ((number === undefined) === (portName === undefined)) {
    return [{ at: `${at}.service.port`, given: port, allowed: 'a number or a name', advice: 'give one of the two, as the Service has it' }];
  }
  if (portName === 'use-annotation') {
    return namedActions(annotations).includes(name as string) ? [] : [{
      at: `${at}.service.port.name`,
      given: portName,
      allowed: `given with the annotation ${albAnnotation(`actions.${name}`)}`,
      advice: 'without it the load balancer answers 503',
    }];
  }
  return [
    ...complain(`${at}.service.name`, name ?? '', given => SERVICE.test(given) ? undefined
      : ['the name of a Service: 1 to 63 lower-case letters, digits and dashes, a letter first', 'it must be in the Ingress\'s namespace']),
    ...number === undefined || isPort(number) ? [] : [{ at: `${at}.service.port.number`, given: number, allowed: 'a port from 1 to 65535', advice: 'give the Service\'s port' }],
    ...complain(`${at}.service.port.name`, portName, given => isPortName(given) ? undefined
      : ['a port\'s name: 1 to 15 lower-case letters, digits and dashes, at least one letter', 'give the name that the Service has']),
  ];
}

/** Values that a rule's conditions hold: a host is one, a Prefix two, and AWS takes five. */
export function conditionFindings(spec: unknown, annotations: Annotations): Finding[] {
  const rules = isObject(spec) && Array.isArray(spec.rules) ? spec.rules : [];
  return rules.flatMap((rule: any) => (rule?.http?.paths ?? []).flatMap((path: any): Finding[] => {
    const at = albAnnotation(`conditions.${path?.backend?.service?.name}`);
    const conditions = parseJson(annotations[at] ?? '[]');
    const configs = (Array.isArray(conditions) ? conditions : []).flatMap((it: any) => Object.values(it ?? {}));
    const own = configs.flatMap((config: any) => config?.values ?? config?.regexValues ?? []);
    const used = (rule.host ? 1 : 0) + (path.path === undefined || path.path === '/' ? 1 : path.pathType === 'Prefix' ? 2 : 1);
    return own.length > 0 && own.length + used > 5
      ? [{ at, given: own, allowed: `of at most ${5 - used} values`, advice: `the rule's own host and path take ${used} of the 5 that AWS allows` }] : [];
  }));
}
