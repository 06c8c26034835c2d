import { isIP } from 'net';
import { Token } from 'aws-cdk-lib';
import type { Check } from './finding';
import { isPort, parseList, parseMap } from '../annotation';

const BOOLEAN = /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/;

export const oneOf = (values: string[], advice = 'check the spelling, the controller is strict'): Check =>
  value => values.includes(value) ? undefined : [values.length === 2 ? values.join(' or ') : `one of ${values.join(', ')}`, advice];

export const integer = (min: number, max: number, advice = 'AWS takes no other'): Check =>
  value => /^-?\d+$/.test(value) && Number(value) >= min && Number(value) <= max ? undefined : [`a whole number from ${min} to ${max}`, advice];

export const boolean: Check = value => BOOLEAN.test(value) ? undefined : ['true or false', 'give it as text'];

export const matching = (pattern: RegExp, allowed: string, advice: string): Check => value => pattern.test(value) ? undefined : [allowed, advice];

/** Checks each item by itself, but tokens. */
export const listOf = (check: Check = () => undefined): Check => value => {
  const items = parseList(value);
  return items.length === 0 ? ['one item or more, with commas between', 'leave it out for none']
    : items.filter(item => !Token.isUnresolved(item)).map(check).find(complaint => complaint !== undefined);
};

/** Checks each value with the check of its key. Values of other keys may be anything. */
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

/** The controller refuses names longer than 32, and AWS the rest. */
export const loadBalancerName = matching(/^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/,
  '1 to 32 letters, digits and dashes, with no dash at either end and no internal- at the start', 'leave it out for a name that the controller makes');

export const groupName = matching(/^(?=.{1,63}$)([a-z0-9][-a-z0-9.]*)?[a-z0-9]$/,
  '1 to 63 lower-case letters, digits, dashes and dots, with a letter or digit at both ends', 'all Ingresses of a name share one load balancer');

export const certificateArn = matching(/^arn:[^:]+:(acm:[^:]+:[^:]+:certificate|iam::[^:]+:server-certificate)\/.+$/,
  'ARNs of certificates of ACM or IAM', 'give a certificate of the load balancer\'s own region');

export const webAclArn = matching(/^(none|arn:[^:]+:wafv2:[^:]+:[^:]+:regional\/webacl\/.+)$/,
  'the ARN of a regional web ACL of WAFv2, with `:regional/webacl/` in it', 'web ACLs for CloudFront and of WAF Classic can\'t be attached to a load balancer');

export const sslPolicy = matching(/^ELBSecurityPolicy-[A-Za-z0-9-]+$/, 'the name of a TLS policy of Elastic Load Balancing', 'take one of CDK\'s SslPolicy');

export const prefixList = matching(/^pl-[0-9a-f]+$/, 'ids of prefix lists', 'they start with pl-');

export const healthCheckPath = matching(/^\/\S{0,1023}$/, 'a path that starts with /, of at most 1024 characters', 'it must answer with a success code');

export const successCodes: Check = value => /^\d+(-\d+)?$/.test(value) && value.split('-').every(code => Number(code) <= 499) ? undefined
  : ['codes or ranges, as in 200,301 or 200-299: HTTP codes up to 499, or gRPC codes up to 99', 'AWS takes no other'];

/** The number of a port. */
export const isPortNumber = (text: string) => isPort(Number(text));

/** The name of a port of a Service, as Kubernetes checks it. */
export const isPortName = (text: string) => /^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(text);
