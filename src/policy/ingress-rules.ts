import { Token } from 'aws-cdk-lib';
import { reject } from '../cdk/reject';

/**
 * What the rules for Ingresses can be told.
 */
export interface IngressRuleOptions {
  /**
   * Namespaces in which every Ingress is served by TLS only.
   *
   * @default ['production', 'prod']
   */
  readonly productionNamespaces?: string[];

  /**
   * Ingress classes that may be used.
   *
   * @default ['alb', 'nginx', 'cilium']
   */
  readonly ingressClasses?: string[];

  /**
   * Domains that hosts may lie in: each host is one of them, or below one.
   *
   * With a list, a rule without a host is refused, as it serves every host.
   *
   * @default - every domain
   */
  readonly allowedDomains?: string[];

  /**
   * Paths that no Ingress may serve, nor anything below them.
   *
   * @default ['/admin', '/metrics', '/debug', '/actuator', '/server-status', '/.env', '/.git']
   */
  readonly sensitivePaths?: string[];

  /**
   * Keys of the tags that each load balancer must carry.
   *
   * @default ['Environment', 'Team']
   */
  readonly requiredTags?: string[];
}

/** {@link IngressRuleOptions}, all of them. `policies/networking-parameters.yaml` holds the same names with the same defaults. */
export interface RuleParameters {
  /** Namespaces in which every Ingress needs TLS. */
  readonly productionNamespaces: string[];
  /** Ingress classes that may be used. */
  readonly ingressClasses: string[];
  /** Domains that hosts may lie in; none is every domain. */
  readonly allowedDomains: string[];
  /** Paths that no Ingress may serve, nor anything below them. */
  readonly sensitivePaths: string[];
  /** Keys of the tags that a load balancer must carry. */
  readonly requiredTags: string[];
}

/** A rule that an Ingress may break. */
export interface IngressRule {
  /** Its name in messages, acknowledgements and tests: never changed. */
  readonly id: string;
  /** `deny` stops a deployment, `warn` only tells. */
  readonly severity: 'deny' | 'warn';
  /** What the rule asks for, in one line. */
  readonly title: string;
}

/** The rules, as `policies/networking.rego` and the admission policy enforce them. */
export const INGRESS_RULES: IngressRule[] = [
  { id: 'malformed', severity: 'deny', title: 'An Ingress can be read: what cannot be read cannot be judged' },
  { id: 'tls-required', severity: 'deny', title: 'An Ingress in a production namespace is served by TLS only' },
  { id: 'ingress-class', severity: 'deny', title: 'Only approved ingress classes are used' },
  { id: 'host-domain', severity: 'deny', title: 'Hosts lie in the allowed domains' },
  { id: 'waf-required', severity: 'deny', title: 'An internet-facing load balancer has a web ACL of AWS WAF' },
  { id: 'sensitive-path', severity: 'deny', title: 'Sensitive paths are not served' },
  { id: 'auth-bypass', severity: 'deny', title: 'Authentication cannot be gone around' },
  { id: 'target-type-ip', severity: 'warn', title: 'Load balancers reach pods by their own addresses' },
  { id: 'health-check', severity: 'warn', title: 'A health check\'s path is given' },
  { id: 'ssl-policy', severity: 'warn', title: 'An HTTPS listener has a TLS 1.3 policy' },
  { id: 'tags', severity: 'warn', title: 'A load balancer carries the required tags' },
];

/** What the rules assume unless told otherwise. */
export const DEFAULT_PARAMETERS: RuleParameters = {
  productionNamespaces: ['production', 'prod'],
  ingressClasses: ['alb', 'nginx', 'cilium'],
  allowedDomains: [],
  sensitivePaths: ['/admin', '/metrics', '/debug', '/actuator', '/server-status', '/.env', '/.git'],
  requiredTags: ['Environment', 'Team'],
};

/** What the annotations of the AWS Load Balancer Controller start with. */
export const ALB_PREFIX = 'alb.ingress.kubernetes.io/';

/** Classes of other controllers, which do not read {@link ALB_PREFIX} annotations. Any other class with such annotations is the controller's. */
export const OTHER_CLASSES = ['nginx', 'cilium'];

/**
 * All parameters, those that are not given at their defaults.
 *
 * @param path where they were given
 */
export function ruleParameters(path: string, options: IngressRuleOptions): RuleParameters {
  const names = Object.keys(DEFAULT_PARAMETERS) as (keyof RuleParameters)[];
  const given = Object.fromEntries(names.filter(name => options[name] !== undefined).map(name => [name, options[name]]));
  const parameters: RuleParameters = { ...DEFAULT_PARAMETERS, ...given };
  for (const [name, values] of Object.entries(parameters)) {
    if (!isKnown(values)) {
      reject(path, name, values, 'a list of texts that are known at synth', 'write them out');
    }
  }
  if (parameters.ingressClasses.length === 0) {
    reject(path, 'ingressClasses', [], 'at least one class', 'no Ingress could be made without');
  }
  const domain = parameters.allowedDomains.find(it => !/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(it));
  if (domain !== undefined) {
    reject(path, 'allowedDomains', domain, 'domains such as example.com', 'leave out scheme, port, path and dots at the ends');
  }
  const sensitive = parameters.sensitivePaths.find(it => !/^\/[^/]/.test(it));
  if (sensitive !== undefined) {
    reject(path, 'sensitivePaths', sensitive, 'paths below /', 'write the path as requests have it, such as /admin');
  }
  return parameters;
}

function isKnown(values: unknown): boolean {
  return Array.isArray(values) && !Token.isUnresolved(values) && values.every(it => typeof it === 'string' && it !== '' && !Token.isUnresolved(it));
}
