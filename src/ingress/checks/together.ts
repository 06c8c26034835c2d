import { Token } from 'aws-cdk-lib';
import { AnnotationReader } from './annotation-reader';
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
  const ingress = new AnnotationReader(annotations, albAnnotation);
  return [
    ...listeners ? listenerFindings(listeners, ingress, context) : [],
    ...listeners ? authenticationFindings(listeners, ingress) : [],
    ...listeners ? versionFindings(listeners, ingress) : [],
    ...targetFindings(ingress),
    ...healthCheckFindings(ingress),
    ...accessFindings(ingress, context),
  ];
}

function listenerFindings(listeners: ListenPort[], ingress: AnnotationReader, context: Context): Finding[] {
  const found: Finding[] = [];
  const https = listeners.filter(it => it.protocol === 'HTTPS');
  const http = listeners.filter(it => it.protocol === 'HTTP');
  const ports = listeners.map(it => it.port);
  const twice = ports.find((port, index) => !Token.isUnresolved(port) && ports.indexOf(port) !== index);
  if (twice !== undefined) {
    found.push(ingress.finding('listen-ports', 'with each port once', `port ${twice} can have one listener: the controller would keep one and drop the other`));
  }
  const redirect = ingress.read('ssl-redirect');
  if (redirect !== undefined && !https.some(it => Token.isUnresolved(it.port) || `${it.port}` === redirect)) {
    const allowed = https.length > 0 ? `: ${https.map(it => it.port).join(' or ')}` : '';
    found.push(ingress.finding('ssl-redirect', `the port of an HTTPS listener${allowed}`, 'name it in listen-ports too'));
  } else if (redirect !== undefined && http.length === 0) {
    found.push(ingress.finding('ssl-redirect', 'given with an HTTP listener', 'without one there is nothing to redirect: name HTTP 80 in listen-ports'));
  }
  if (https.length === 0 && ingress.has('certificate-arn')) {
    found.push(ingress.finding('certificate-arn', 'given with an HTTPS listener', 'only HTTPS listeners use certificates',
      ingress.read('certificate-arn') ?? 'a certificate'));
  }
  // A class of another app may bring certificates.
  const noCertificate = !ingress.has('certificate-arn') && !ingress.has('create-acm-cert') && context.certificateOfClass === false;
  if (https.length > 0 && noCertificate && !context.hasHost) {
    found.push(ingress.finding('certificate-arn', 'given where there is no host', 'without either the controller finds no certificate for the HTTPS listener'));
  }
  return [...found, ...mutualFindings(https, ingress)];
}

function mutualFindings(https: ListenPort[], ingress: AnnotationReader): Finding[] {
  const entries = (parseJson(ingress.read('mutual-authentication') ?? '[]') ?? []) as { port: number; mode: string }[];
  const stray = entries.find(({ port }) => !Token.isUnresolved(port) && !https.some(it => Token.isUnresolved(it.port) || it.port === port));
  if (stray) {
    return [ingress.finding('mutual-authentication', 'given for ports of HTTPS listeners', `port ${stray.port} has none: only TLS knows client certificates`)];
  }
  return entries.filter(it => it.mode === 'verify').length > 2
    ? [ingress.finding('mutual-authentication', 'of mode verify for 2 listeners or fewer', 'AWS takes no more on a load balancer')] : [];
}

function authenticationFindings(listeners: ListenPort[], ingress: AnnotationReader): Finding[] {
  const type = ingress.read('auth-type') ?? 'none';
  if (type !== 'none' && ingress.has('jwt-validation')) {
    return [ingress.finding('jwt-validation', `left out with auth-type ${type}`, 'a listener has one of the two')];
  }
  const by = type !== 'none' ? 'auth-type' : 'jwt-validation';
  if (type === 'none' && !ingress.has('jwt-validation')) {
    return [];
  }
  if (type !== 'none' && !ingress.has(`auth-idp-${type}`)) {
    return [ingress.finding(`auth-idp-${type}`, `given with auth-type ${type}`, 'it names the identity provider')];
  }
  const bypass = (allowed: string, advice: string): Finding[] => [{ ...ingress.finding(by, allowed, advice), rule: 'auth-bypass' }];
  if (!listeners.some(it => it.protocol === 'HTTPS')) {
    return bypass('given with an HTTPS listener', 'the controller leaves authentication out on HTTP listeners, without a word');
  }
  if (listeners.some(it => it.protocol === 'HTTP') && !ingress.has('ssl-redirect')) {
    return bypass('given without an HTTP listener, unless that redirects', 'over HTTP everybody would get in: add ssl-redirect, or drop the listener');
  }
  return [];
}

/** What HTTP/2 and gRPC ask for between the load balancer and targets. */
function versionFindings(listeners: ListenPort[], ingress: AnnotationReader): Finding[] {
  const found: Finding[] = [];
  const version = ingress.read('backend-protocol-version');
  if (version === 'GRPC' || version === 'HTTP2') {
    if (!ingress.has('ssl-redirect') && listeners.some(it => it.protocol === 'HTTP')) {
      found.push(ingress.finding('backend-protocol-version', 'HTTP1 where a listener is HTTP',
        `AWS takes ${version} behind HTTPS listeners only: drop the HTTP one, or redirect it`));
    }
    if (parseMap(ingress.read('load-balancer-attributes') ?? '')?.['routing.http2.enabled'] === 'false') {
      found.push(ingress.finding('load-balancer-attributes', `without routing.http2.enabled=false where targets speak ${version}`,
        'clients could not speak HTTP/2 with the load balancer'));
    }
  }
  const codes = ingress.read('success-codes')?.match(/\d+/g)?.map(Number) ?? [];
  const path = ingress.read('healthcheck-path');
  if (version === 'GRPC') {
    if (path !== undefined && !/^\/[^/]+\/[^/]+$/.test(path)) {
      found.push(ingress.finding('healthcheck-path', '/package.service/method where targets speak gRPC', 'the usual one is /grpc.health.v1.Health/Check'));
    }
    if (codes.some(code => code > 99)) {
      found.push(ingress.finding('success-codes', 'gRPC codes from 0 to 99 where targets speak gRPC', '0 is OK'));
    }
  } else if (codes.some(code => code < 200)) {
    found.push(ingress.finding('success-codes', 'HTTP codes from 200 to 499', 'smaller ones are codes of gRPC: set backend-protocol-version to GRPC'));
  }
  return found;
}

function targetFindings(ingress: AnnotationReader): Finding[] {
  const found: Finding[] = [];
  const attributes = parseMap(ingress.read('target-group-attributes') ?? '') ?? {};
  if (ingress.read('target-type') === 'instance' && attributes['stickiness.enabled'] === 'true') {
    found.push(ingress.finding('target-group-attributes', 'without stickiness where targets are instances',
      'an instance hands requests to any pod: set target-type to ip'));
  }
  if (ingress.read('target-type') === 'ip' && ingress.has('target-node-labels')) {
    found.push(ingress.finding('target-node-labels', 'left out where targets are pods', 'it chooses among instances'));
  }
  if (Number(attributes['slow_start.duration_seconds'] ?? 0) > 0 && !['round_robin', undefined].includes(attributes['load_balancing.algorithm.type'])) {
    found.push(ingress.finding('target-group-attributes', 'with slow start or an algorithm other than round_robin, not both', 'AWS takes one of the two'));
  }
  return found;
}

function healthCheckFindings(ingress: AnnotationReader): Finding[] {
  const interval = Number(ingress.read('healthcheck-interval-seconds') ?? 15);
  const timeout = Number(ingress.read('healthcheck-timeout-seconds') ?? 5);
  return timeout < interval ? []
    : [ingress.finding('healthcheck-timeout-seconds', `less than the interval of ${interval} seconds`, 'a check must end before the next one', timeout)];
}

function accessFindings(ingress: AnnotationReader, { schemeOfClass, withoutWaf }: Context): Finding[] {
  const found: Finding[] = [];
  const ignored = ['inbound-cidrs', 'security-group-prefix-lists'].find(it => ingress.has(it));
  if (ingress.has('security-groups') && ignored) {
    found.push(ingress.finding(ignored, 'left out with security-groups', 'groups of your own have rules of their own: the controller would ignore it'));
  }
  if (ingress.has('manage-backend-security-group-rules') && !ingress.has('security-groups')) {
    found.push(ingress.finding('manage-backend-security-group-rules', 'given with security-groups',
      'the controller writes those rules for a group of its own anyway'));
  }
  const hasAcl = ingress.has('wafv2-acl-arn') && ingress.read('wafv2-acl-arn') !== 'none';
  if ((schemeOfClass ?? ingress.read('scheme')) === 'internet-facing' && !hasAcl && !withoutWaf) {
    const finding = ingress.finding('wafv2-acl-arn', 'given for an internet-facing load balancer', 'give a web ACL, or say `withoutWaf: true`');
    found.push({ ...finding, rule: 'waf-required' });
  }
  return found;
}

/** The names that `actions.NAME` annotations define, of which backends with the port use-annotation name one. */
export function namedActions(annotations: Annotations): string[] {
  return Object.keys(annotations).filter(name => name.startsWith(albAnnotation('actions.'))).map(name => name.slice(albAnnotation('actions.').length));
}

/** Targets that speak gRPC take only actions that forward. */
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
