import { isIP } from 'net';
import { Token } from 'aws-cdk-lib';
import type { Check, Finding } from './finding';
import { BACKEND_VALUES, JSON_VALUES } from './json-values';
import { ALB_PREFIX } from '../../rules/ingress-rules';
import { isPort, parseList, parseListenPorts, parseMap, type Annotations } from '../annotation';

const BOOLEAN = /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/;

export const oneOf = (values: string[], advice = 'check the spelling, the controller is strict'): Check =>
  value => values.includes(value) ? undefined : [values.length === 2 ? values.join(' or ') : `one of ${values.join(', ')}`, advice];

export const integer = (min: number, max: number, advice = 'AWS takes no other'): Check =>
  value => /^-?\d+$/.test(value) && Number(value) >= min && Number(value) <= max ? undefined : [`a whole number from ${min} to ${max}`, advice];

export const boolean: Check = value => BOOLEAN.test(value) ? undefined : ['true or false', 'give it as text'];

export const matching = (pattern: RegExp, allowed: string, advice: string): Check => value => pattern.test(value) ? undefined : [allowed, advice];

/** Each item by itself, tokens left out. */
export const listOf = (check: Check): Check => value => {
  const items = parseList(value);
  return items.length === 0 ? ['one item or more, with commas between', 'leave it out for none']
    : items.filter(item => !Token.isUnresolved(item)).map(check).find(complaint => complaint !== undefined);
};

/** Each value by the check of its key, keys without one as they are. */
export const mapOf = (checks: { [key: string]: Check } = {}, checkKey: Check = () => undefined): Check => value => {
  const map = parseMap(value);
  if (map === undefined) {
    return ['pairs of key=value with commas between', 'write a comma within a value as \\,'];
  }
  for (const [key, text] of Object.entries(map)) {
    const complaint = Token.isUnresolved(key) ? undefined : checkKey(key);
    const inner = Token.isUnresolved(text) ? undefined : checks[key]?.(text);
    if (complaint ?? inner) {
      return complaint ?? [`with ${key} as ${inner![0]}`, inner![1]];
    }
  }
  return undefined;
};

export const cidr: Check = value => {
  const [address, mask, ...rest] = value.split('/');
  const version = isIP(address);
  return version !== 0 && rest.length === 0 && /^\d{1,3}$/.test(mask ?? '') && Number(mask) <= (version === 4 ? 32 : 128) ? undefined
    : ['blocks of addresses such as 203.0.113.0/24 or 2001:db8::/32', 'name a single address as 203.0.113.7/32'];
};

/** Tag keys that the controller keeps for itself, or AWS does. */
export const tagKey: Check = key => /^(aws:|kubernetes\.io\/|elbv2\.k8s\.aws\/cluster$|ingress\.k8s\.aws\/|service\.k8s\.aws\/)/i.test(key)
  ? ['without keys that start with aws:, kubernetes.io/, ingress.k8s.aws/ or service.k8s.aws/, and without elbv2.k8s.aws/cluster',
    'AWS and the controller keep them for themselves']
  : undefined;

/** Names longer than 32 are refused; the rest is AWS's. */
export const loadBalancerName = matching(/^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/,
  '1 to 32 letters, digits and dashes, with no dash at either end, and not start with internal-', 'leave it out for a name that the controller makes');

export const groupName = matching(/^(?=.{1,63}$)([a-z0-9][-a-z0-9.]*)?[a-z0-9]$/,
  '1 to 63 lower-case letters, digits, dashes and dots, with a letter or digit at both ends', 'all Ingresses of a name share one load balancer');

export const certificateArn = matching(/^arn:[^:]+:(acm:[^:]+:[^:]+:certificate|iam::[^:]+:server-certificate)\/.+$/,
  'ARNs of certificates of ACM or IAM', 'give a certificate of the load balancer\'s own region');

export const webAclArn = matching(/^(none|arn:[^:]+:wafv2:[^:]+:[^:]+:regional\/webacl\/.+)$/,
  'the ARN of a regional web ACL of WAFv2, with `:regional/webacl/` in it', 'web ACLs for CloudFront and of WAF Classic can\'t be attached to a load balancer');

export const sslPolicy = matching(/^ELBSecurityPolicy-[A-Za-z0-9-]+$/, 'the name of a TLS policy of Elastic Load Balancing', 'take one of CDK\'s SslPolicy');

const successCodes: Check = value => /^\d+(-\d+)?$/.test(value) && value.split('-').every(code => Number(code) <= 499) ? undefined
  : ['codes or ranges, as in 200,301 or 200-299: HTTP codes up to 499, or gRPC codes up to 99', 'AWS takes no other'];

/** What can be said of each annotation by itself. */
const VALUES: { readonly [suffix: string]: Check } = {
  'load-balancer-name': loadBalancerName,
  'group.name': groupName,
  'group.order': integer(-1000, 1000, 'lower numbers come first'),
  'tags': mapOf({}, tagKey),
  'ip-address-type': oneOf(['ipv4', 'dualstack', 'dualstack-without-public-ipv4']),
  'scheme': oneOf(['internal', 'internet-facing']),
  'subnets': listOf(() => undefined),
  'customer-owned-ipv4-pool': () => undefined,
  'ipam-ipv4-pool-id': matching(/^ipam-pool-[0-9a-f]+$/, 'the id of an IPAM pool', 'it starts with ipam-pool-'),
  'load-balancer-attributes': mapOf({
    'idle_timeout.timeout_seconds': integer(1, 4000),
    'client_keep_alive.seconds': integer(60, 604_800),
    'deletion_protection.enabled': boolean,
    'access_logs.s3.enabled': boolean,
    'connection_logs.s3.enabled': boolean,
    'routing.http2.enabled': boolean,
    'routing.http.drop_invalid_header_fields.enabled': boolean,
    'routing.http.desync_mitigation_mode': oneOf(['monitor', 'defensive', 'strictest']),
  }),
  'minimum-load-balancer-capacity': matching(/^CapacityUnits=\d+$/, 'CapacityUnits= and a number', 'AWS takes no other'),
  'multi-cluster-target-group': boolean,
  'wafv2-acl-arn': webAclArn,
  // The controller looks names up by wafv2:ListWebACLs, which its authors' policy, and so its role, does not allow.
  'wafv2-acl-name': () => ['left out', 'the controller\'s role can\'t look names up: give `webAcl`, or the web ACL\'s ARN'],
  'waf-acl-id': () => undefined,
  'web-acl-id': () => undefined,
  'shield-advanced-protection': boolean,
  'security-groups': listOf(() => undefined),
  'manage-backend-security-group-rules': boolean,
  'inbound-cidrs': listOf(cidr),
  'security-group-prefix-lists': listOf(matching(/^pl-[0-9a-f]+$/, 'ids of prefix lists', 'they start with pl-')),
  'listen-ports': value => parseListenPorts(value) ? undefined
    : ['a list such as [{"HTTP":80},{"HTTPS":443}], protocols HTTP or HTTPS, ports from 1 to 65535', 'write it as JSON'],
  'ssl-redirect': integer(1, 65535),
  'certificate-arn': listOf(certificateArn),
  'create-acm-cert': boolean,
  'acm-pca-arn': () => undefined,
  'ssl-policy': sslPolicy,
  'target-type': oneOf(['ip', 'instance']),
  'backend-protocol': oneOf(['HTTP', 'HTTPS'], 'for gRPC it is HTTP or HTTPS too, with backend-protocol-version GRPC'),
  'backend-protocol-version': oneOf(['HTTP1', 'HTTP2', 'GRPC']),
  'target-group-attributes': mapOf({
    'stickiness.enabled': boolean,
    'stickiness.type': oneOf(['lb_cookie', 'app_cookie']),
    'stickiness.lb_cookie.duration_seconds': integer(1, 604_800),
    'deregistration_delay.timeout_seconds': integer(0, 3600),
    'slow_start.duration_seconds': value => value === '0' ? undefined : integer(30, 900, '0 turns it off')(value),
    'load_balancing.algorithm.type': oneOf(['round_robin', 'least_outstanding_requests', 'weighted_random']),
  }),
  'target-node-labels': mapOf(),
  'healthcheck-port': value => value === 'traffic-port' || isPort(Number(value)) || /^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(value) && /[a-z]/.test(value)
    ? undefined : ['a port from 1 to 65535, a port\'s name, or traffic-port', 'it is a port of the pods'],
  'healthcheck-protocol': oneOf(['HTTP', 'HTTPS'], 'health checks of gRPC targets name none'),
  'healthcheck-path': matching(/^\/\S{0,1023}$/, 'a path that starts with /, of at most 1024 characters', 'it must answer with a success code'),
  'healthcheck-interval-seconds': integer(5, 300),
  'healthcheck-timeout-seconds': integer(2, 120),
  'healthy-threshold-count': integer(2, 10),
  'unhealthy-threshold-count': integer(2, 10),
  'success-codes': listOf(successCodes),
  'auth-type': oneOf(['none', 'oidc', 'cognito']),
  'auth-on-unauthenticated-request': oneOf(['authenticate', 'allow', 'deny']),
  'auth-scope': () => undefined,
  'auth-session-cookie': matching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of a cookie', 'leave out blanks, quotes and separators'),
  'auth-session-timeout': integer(1, 604_800),
  'use-regex-path-match': boolean,
  'enable-frontend-nlb': boolean,
  'dry-run-plan': () => undefined,
  ...JSON_VALUES,
};

/** Annotations whose names go on after these, as in `actions.redirect`. */
const OPEN_ENDED: { readonly [prefix: string]: Check } = {
  'listener-attributes.': mapOf(),
  'target-control-port.': integer(1, 65535),
  'actions.': BACKEND_VALUES.actions,
  'conditions.': BACKEND_VALUES.conditions,
  'transforms.': BACKEND_VALUES.transforms,
  'frontend-nlb-': () => undefined,
};

function checkOf(suffix: string): Check | undefined {
  const prefix = Object.keys(OPEN_ENDED).find(it => suffix.startsWith(it));
  return VALUES[suffix] ?? (prefix === undefined ? undefined : OPEN_ENDED[prefix]);
}

/** What is wrong with annotations, each taken by itself. */
export function checkValues(annotations: Annotations): Finding[] {
  return Object.entries(annotations).flatMap(([at, given]): Finding[] => {
    if (typeof given !== 'string') {
      return [{ at, given, allowed: 'text', advice: 'write numbers, booleans and lists as text: Kubernetes takes no other annotations', rule: 'malformed' }];
    }
    const complaint = at.startsWith(ALB_PREFIX) && !isOneToken(given) ? checkOf(at.slice(ALB_PREFIX.length))?.(given) : undefined;
    return complaint ? [{ at, given, allowed: complaint[0], advice: complaint[1] }] : [];
  });
}

/** Lists, maps and JSON are checked around the tokens in them; what is one token altogether, or has one in a plain value, is not. */
function isOneToken(value: string): boolean {
  return Token.isUnresolved(value) && !/[,=]/.test(value);
}

/** Annotations that the controller does not know, and so ignores. */
export function unknownAnnotations(annotations: Annotations): string[] {
  return Object.keys(annotations).filter(name => name.startsWith(ALB_PREFIX) && checkOf(name.slice(ALB_PREFIX.length)) === undefined);
}
