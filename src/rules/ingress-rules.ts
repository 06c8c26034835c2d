import { Token } from 'aws-cdk-lib';
import { reject } from '../cdk/reject';

/**
 * Parameters of the rules for Ingresses.
 */
export interface IngressRuleOptions {
  /**
   * Namespaces in which every Ingress is served over TLS only.
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
   * Domains for hosts: each host is one of them, or below one.
   *
   * With a list, a rule without a host is refused, as it serves every host.
   *
   * @default - every domain
   */
  readonly allowedDomains?: string[];

  /**
   * Paths that no Ingress may serve, with everything below them.
   *
   * @default ['/admin', '/metrics', '/debug', '/actuator', '/server-status', '/.env', '/.git']
   */
  readonly sensitivePaths?: string[];

  /**
   * Keys of the tags that each load balancer must have.
   *
   * @default ['Environment', 'Team']
   */
  readonly requiredTags?: string[];
}

/** Every option, given or at its default. */
export type RuleParameters = Required<IngressRuleOptions>;

/** A rule that an Ingress may break. */
export interface IngressRule {
  /** Its name in messages, acknowledgements and tests: never changed. */
  readonly id: string;
  /** `deny` stops a deployment, `warn` does not. */
  readonly severity: 'deny' | 'warn';
}

/** The rules in `policies/rules`, where each has its title and description. */
export const INGRESS_RULES: IngressRule[] = [
  { id: 'malformed', severity: 'deny' },
  { id: 'tls-required', severity: 'deny' },
  { id: 'ingress-class', severity: 'deny' },
  { id: 'host-domain', severity: 'deny' },
  { id: 'waf-required', severity: 'deny' },
  { id: 'sensitive-path', severity: 'deny' },
  { id: 'auth-bypass', severity: 'deny' },
  { id: 'target-type-ip', severity: 'warn' },
  { id: 'health-check', severity: 'warn' },
  { id: 'ssl-policy', severity: 'warn' },
  { id: 'tags', severity: 'warn' },
];

/** What the rules assume, the same as in Rego. */
export const DEFAULT_PARAMETERS: RuleParameters = {
  productionNamespaces: ['production', 'prod'],
  ingressClasses: ['alb', 'nginx', 'cilium'],
  allowedDomains: [],
  sensitivePaths: ['/admin', '/metrics', '/debug', '/actuator', '/server-status', '/.env', '/.git'],
  requiredTags: ['Environment', 'Team'],
};

/** How the annotations of the AWS Load Balancer Controller start. */
export const ALB_PREFIX = 'alb.ingress.kubernetes.io/';

/** Classes of other controllers, which do not read {@link ALB_PREFIX} annotations. Any other class with such annotations is the controller's. */
export const OTHER_CLASSES = ['nginx', 'cilium'];

/**
 * All parameters: those that are not given have their defaults.
 *
 * @param path where they were given
 */
export function ruleParameters(path: string, options: IngressRuleOptions): RuleParameters {
  const names = Object.keys(DEFAULT_PARAMETERS) as (keyof RuleParameters)[];
  const given = Object.fromEntries(names.filter(name => options[name] !== undefined).map(name => [name, options[name]]));
  const parameters: RuleParameters = { ...DEFAULT_PARAMETERS, ...given };
  for (const [name, values] of Object.entries(parameters)) {
    if (!isKnown(values)) {
      reject(path, name, values, 'a list of strings that are known at synthesis', 'write them out');
    }
  }
  if (parameters.ingressClasses.length === 0) {
    reject(path, 'ingressClasses', [], 'at least one class', 'without one, no Ingress would be allowed');
  }
  const domain = parameters.allowedDomains.find(it => !/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(it));
  if (domain !== undefined) {
    reject(path, 'allowedDomains', domain, 'domains such as example.com', 'leave out the scheme, the port, the path and dots at either end');
  }
  const sensitive = parameters.sensitivePaths.find(it => !/^\/[^/]/.test(it));
  if (sensitive !== undefined) {
    reject(path, 'sensitivePaths', sensitive, 'paths below /', 'write a path as in a request, such as /admin');
  }
  return parameters;
}

function isKnown(values: unknown): boolean {
  return Array.isArray(values) && !Token.isUnresolved(values) && values.every(it => typeof it === 'string' && it !== '' && !Token.isUnresolved(it));
}
