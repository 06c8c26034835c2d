import { Token } from 'aws-cdk-lib';
import type { Finding } from './finding';
import { albAnnotation, isObject, listenersOf, parseJson, parseMap, type Annotations, type ListenPort } from '../annotation';

/** What the checks know beside the Ingress itself. */
export interface Context {
  /** Whether the class brings certificates. Undefined where the class is not known. */
  readonly certificateOfClass?: boolean;
  /** The scheme, where the class sets it. */
  readonly schemeOfClass?: string;
  /** Whether an internet-facing load balancer may go without a web ACL. */
  readonly withoutWaf?: boolean;
  /** Whether the Ingress has a host, by which the controller can find a certificate. */
  readonly hasHost: boolean;
}

/** What is wrong with annotations taken together, each of them being right. */
export function checkTogether(annotations: Annotations, context: Context): Finding[] {
  const listeners = listenersOf(annotations, context.certificateOfClass);
  const read = (suffix: string): string | undefined => {
    const value = annotations[albAnnotation(suffix)];
    return Token.isUnresolved(value) ? undefined : value;
  };
  const has = (suffix: string) => annotations[albAnnotation(suffix)] !== undefined;
  return [
    ...listeners ? listenerFindings(listeners, read, has, context) : [],
    ...listeners ? authenticationFindings(listeners, read, has) : [],
    ...listeners ? backendFindings(listeners, read, has) : [],
    ...healthCheckFindings(read),
    ...accessFindings(read, has, context),
  ];
}

type Read = (suffix: string) => string | undefined;
type Has = (suffix: string) => boolean;

const finding = (suffix: string, given: unknown, allowed: string, advice: string, rule?: string): Finding =>
  ({ at: albAnnotation(suffix), given, allowed, advice, ...rule ? { rule } : {} });

function listenerFindings(listeners: ListenPort[], read: Read, has: Has, context: Context): Finding[] {
  const found: Finding[] = [];
  const https = listeners.filter(it => it.protocol === 'HTTPS');
  const http = listeners.filter(it => it.protocol === 'HTTP');
  const ports = listeners.map(it => it.port);
  const twice = ports.find((port, index) => !Token.isUnresolved(port) && ports.indexOf(port) !== index);
  if (twice !== undefined) {
    found.push(finding('listen-ports', read('listen-ports'), 'without a port twice', `port ${twice} can have one listener: the controller would keep one and drop the other`));
  }
  const redirect = read('ssl-redirect');
  if (redirect !== undefined && !https.some(it => Token.isUnresolved(it.port) || `${it.port}` === redirect)) {
    found.push(finding('ssl-redirect', redirect, `the port of an HTTPS listener${https.length ? `: ${https.map(it => it.port).join(' or ')}` : ''}`,
      'name it in listen-ports too'));
  } else if (redirect !== undefined && http.length === 0) {
    found.push(finding('ssl-redirect', redirect, 'given with an HTTP listener', 'without one there is nothing to redirect: name HTTP 80 in listen-ports'));
  }
  if (https.length === 0 && has('certificate-arn')) {
    found.push(finding('certificate-arn', read('certificate-arn') ?? 'a certificate', 'given with an HTTPS listener', 'only HTTPS listeners use certificates'));
  }
  // A class of another app may bring certificates.
  if (https.length > 0 && !has('certificate-arn') && !has('create-acm-cert') && !context.hasHost && context.certificateOfClass === false) {
    found.push(finding('certificate-arn', undefined, 'given where no host is', 'without either the controller finds no certificate for the HTTPS listener'));
  }
  return [...found, ...mutualFindings(https, read)];
}

function mutualFindings(https: ListenPort[], read: Read): Finding[] {
  const text = read('mutual-authentication') ?? '[]';
  const entries = (parseJson(text) ?? []) as { port: number; mode: string }[];
  const stray = entries.find(({ port }) => !Token.isUnresolved(port) && !https.some(it => Token.isUnresolved(it.port) || it.port === port));
  if (stray) {
    return [finding('mutual-authentication', text, 'given for ports of HTTPS listeners', `port ${stray.port} has none: only TLS knows client certificates`)];
  }
  return entries.filter(it => it.mode === 'verify').length > 2
    ? [finding('mutual-authentication', text, 'of mode verify for 2 listeners or fewer', 'AWS takes no more on a load balancer')] : [];
}

function authenticationFindings(listeners: ListenPort[], read: Read, has: Has): Finding[] {
  const type = read('auth-type') ?? 'none';
  if (type !== 'none' && has('jwt-validation')) {
    return [finding('jwt-validation', read('jwt-validation'), `left out with auth-type ${type}`, 'a listener has one of the two')];
  }
  const by = type !== 'none' ? 'auth-type' : 'jwt-validation';
  if (type === 'none' && !has('jwt-validation')) {
    return [];
  }
  if (type !== 'none' && !has(`auth-idp-${type}`)) {
    return [finding(`auth-idp-${type}`, undefined, `given with auth-type ${type}`, 'it names the identity provider')];
  }
  if (!listeners.some(it => it.protocol === 'HTTPS')) {
    return [finding(by, read(by), 'given with an HTTPS listener', 'the controller leaves authentication out on HTTP listeners, without a word', 'auth-bypass')];
  }
  if (listeners.some(it => it.protocol === 'HTTP') && !has('ssl-redirect')) {
    return [finding(by, read(by), 'given without an HTTP listener, unless that redirects', 'by HTTP everybody would get in: add ssl-redirect, or drop the listener', 'auth-bypass')];
  }
  return [];
}

function backendFindings(listeners: ListenPort[], read: Read, has: Has): Finding[] {
  const found: Finding[] = [];
  const version = read('backend-protocol-version');
  if (version === 'GRPC' || version === 'HTTP2') {
    if (!has('ssl-redirect') && listeners.some(it => it.protocol === 'HTTP')) {
      found.push(finding('backend-protocol-version', version, 'HTTP1 where a listener is HTTP', `AWS takes ${version} behind HTTPS listeners only: drop the HTTP one, or redirect it`));
    }
    if (parseMap(read('load-balancer-attributes') ?? '')?.['routing.http2.enabled'] === 'false') {
      found.push(finding('load-balancer-attributes', read('load-balancer-attributes'), `without routing.http2.enabled=false where targets speak ${version}`,
        'clients could not speak HTTP/2 with the load balancer'));
    }
  }
  const codes = read('success-codes')?.match(/\d+/g)?.map(Number) ?? [];
  const path = read('healthcheck-path');
  if (version === 'GRPC') {
    if (path !== undefined && !/^\/[^/]+\/[^/]+$/.test(path)) {
      found.push(finding('healthcheck-path', path, '/package.service/method where targets speak gRPC', 'the usual one is /grpc.health.v1.Health/Check'));
    }
    if (codes.some(code => code > 99)) {
      found.push(finding('success-codes', read('success-codes'), 'gRPC codes from 0 to 99 where targets speak gRPC', '0 is OK'));
    }
  } else if (codes.some(code => code < 200)) {
    found.push(finding('success-codes', read('success-codes'), 'HTTP codes from 200 to 499', 'smaller ones are codes of gRPC: set backend-protocol-version to GRPC'));
  }
  const attributes = parseMap(read('target-group-attributes') ?? '') ?? {};
  if (read('target-type') === 'instance') {
    if (attributes['stickiness.enabled'] === 'true') {
      found.push(finding('target-group-attributes', read('target-group-attributes'), 'without stickiness where targets are instances',
        'an instance hands requests to any pod: set target-type to ip'));
    }
  } else if (has('target-node-labels') && read('target-type') === 'ip') {
    found.push(finding('target-node-labels', read('target-node-labels'), 'left out where targets are pods', 'it chooses among instances'));
  }
  if (Number(attributes['slow_start.duration_seconds'] ?? 0) > 0 && !['round_robin', undefined].includes(attributes['load_balancing.algorithm.type'])) {
    found.push(finding('target-group-attributes', read('target-group-attributes'), 'with slow start or another algorithm than round_robin, not both', 'AWS takes one of the two'));
  }
  return found;
}

function healthCheckFindings(read: Read): Finding[] {
  const interval = Number(read('healthcheck-interval-seconds') ?? 15);
  const timeout = Number(read('healthcheck-timeout-seconds') ?? 5);
  return read('healthcheck-interval-seconds') === undefined && read('healthcheck-timeout-seconds') === undefined || timeout < interval ? []
    : [finding('healthcheck-timeout-seconds', timeout, `less than the interval of ${interval} seconds`, 'a check must end before the next one')];
}

function accessFindings(read: Read, has: Has, { schemeOfClass, withoutWaf }: Context): Finding[] {
  const found: Finding[] = [];
  const ignored = ['inbound-cidrs', 'security-group-prefix-lists'].find(has);
  if (has('security-groups') && ignored) {
    found.push(finding(ignored, read(ignored), 'left out with security-groups', 'groups of your own have rules of their own: the controller would ignore it'));
  }
  if (has('manage-backend-security-group-rules') && !has('security-groups')) {
    found.push(finding('manage-backend-security-group-rules', read('manage-backend-security-group-rules'), 'given with security-groups',
      'with a group of its own the controller writes those rules anyway'));
  }
  const hasAcl = has('wafv2-acl-arn') && read('wafv2-acl-arn') !== 'none';
  if ((schemeOfClass ?? read('scheme')) === 'internet-facing' && !hasAcl && !withoutWaf) {
    found.push(finding('wafv2-acl-arn', read('wafv2-acl-arn'), 'given for an internet-facing load balancer', 'give a web ACL, or say `withoutWaf: true`', 'waf-required'));
  }
  return found;
}

/** The names that `actions.NAME` annotations define, of which backends with the port use-annotation name one. */
export function namedActions(annotations: Annotations): string[] {
  return Object.keys(annotations).filter(name => name.startsWith(albAnnotation('actions.'))).map(name => name.slice(albAnnotation('actions.').length));
}

/** Actions that only forward: what targets that speak gRPC allow. */
export function actionFindings(annotations: Annotations): Finding[] {
  if (annotations[albAnnotation('backend-protocol-version')] !== 'GRPC') {
    return [];
  }
  return namedActions(annotations).flatMap(name => {
    const at = albAnnotation(`actions.${name}`);
    const parsed = parseJson(annotations[at]);
    return isObject(parsed) && parsed.type !== 'forward'
      ? [{ at, given: parsed.type, allowed: 'of type forward where targets speak gRPC', advice: 'AWS takes no other action' }] : [];
  });
}
