import { isIPv4 } from 'net';
import { Token } from 'aws-cdk-lib';
import type { Check, Finding } from './finding';
import { boolean, certificateArn, integer, listOf, loadBalancerName, mapOf, matching, oneOf, sslPolicy, tagKey } from './values';
import { isPort, type Annotations } from '../annotation';
import { nlbAnnotation } from '../nlb-annotations';

const anything: Check = () => undefined;

/** Attributes go to AWS as they are. */
const trueOrFalse = oneOf(['true', 'false'], 'AWS takes no other');

const refused = (advice: string): Check => () => ['left out', advice];

/**
 * What can be said of each annotation of a Service by itself.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
 */
const VALUES: { readonly [suffix: string]: Check } = {
  'name': loadBalancerName,
  'scheme': oneOf(['internal', 'internet-facing']),
  'internal': refused('say it by `scheme`'),
  'type': refused('the Service names its class'),
  'nlb-target-type': value => value === 'ip' ? undefined : ['ip', 'pods are reached by their own addresses, and the Service opens no ports of nodes'],
  'ip-address-type': oneOf(['ipv4', 'dualstack']),
  'subnets': listOf(anything),
  'eip-allocations': listOf(matching(/^eipalloc-[0-9a-f]+$/, 'allocation ids of Elastic IP addresses', 'they start with eipalloc-')),
  'private-ipv4-addresses': listOf(item => isIPv4(item) ? undefined : ['IPv4 addresses', 'give one of each subnet']),
  'ipv6-addresses': listOf(anything),
  'ssl-cert': listOf(certificateArn),
  'ssl-ports': listOf(anything),
  'ssl-negotiation-policy': sslPolicy,
  'backend-protocol': oneOf(['ssl', 'tcp']),
  'alpn-policy': oneOf(['None', 'HTTP1Only', 'HTTP2Only', 'HTTP2Optional', 'HTTP2Preferred']),
  'attributes': mapOf({
    'deletion_protection.enabled': trueOrFalse,
    'access_logs.s3.enabled': trueOrFalse,
    'load_balancing.cross_zone.enabled': trueOrFalse,
    'dns_record.client_routing_policy': oneOf(['any_availability_zone', 'availability_zone_affinity', 'partial_availability_zone_affinity']),
  }),
  'target-group-attributes': mapOf({
    'deregistration_delay.timeout_seconds': integer(0, 3600),
    'deregistration_delay.connection_termination.enabled': trueOrFalse,
    'preserve_client_ip.enabled': trueOrFalse,
    'proxy_protocol_v2.enabled': trueOrFalse,
    'stickiness.enabled': trueOrFalse,
    'stickiness.type': oneOf(['source_ip', 'source_ip_dest_ip', 'source_ip_dest_ip_proto']),
    'load_balancing.cross_zone.enabled': oneOf(['true', 'false', 'use_load_balancer_configuration']),
  }),
  'healthcheck-protocol': oneOf(['TCP', 'HTTP', 'HTTPS'], 'the controller knows no other'),
  'healthcheck-port': value => value === 'traffic-port' || isPort(Number(value)) ? undefined : ['a port from 1 to 65535, or traffic-port', 'it is a port of the pods'],
  'healthcheck-path': matching(/^\/\S{0,1023}$/, 'a path that starts with /, of at most 1024 characters', 'it must answer with a success code'),
  'healthcheck-interval': integer(5, 300),
  'healthcheck-timeout': integer(2, 120),
  'healthcheck-healthy-threshold': integer(2, 10),
  'healthcheck-unhealthy-threshold': integer(2, 10),
  'healthcheck-success-codes': listOf(value => /^[2-5]\d\d(-[2-5]\d\d)?$/.test(value) ? undefined
    : ['codes or ranges from 200 to 599, as in 200,301 or 200-299', 'AWS takes no other']),
  'additional-resource-tags': mapOf({}, tagKey),
  'security-groups': listOf(anything),
  'manage-backend-security-group-rules': boolean,
  'security-group-prefix-lists': listOf(matching(/^pl-[0-9a-f]+$/, 'ids of prefix lists', 'they start with pl-')),
  'inbound-sg-rules-on-private-link-traffic': oneOf(['on', 'off']),
  'proxy-protocol': oneOf(['*'], 'it holds for every port'),
  'proxy-protocol-per-target-group': listOf(value => isPort(Number(value)) ? undefined : ['ports from 1 to 65535', 'they are those of the load balancer']),
  'target-node-labels': refused('it chooses among nodes, and targets are pods'),
  'multi-cluster-target-group': boolean,
  'minimum-load-balancer-capacity': matching(/^CapacityUnits=\d+$/, 'CapacityUnits= and a number', 'AWS takes no other'),
  'enable-prefix-for-ipv6-source-nat': oneOf(['on', 'off']),
  'source-nat-ipv6-prefixes': listOf(anything),
  'enable-icmp-for-path-mtu-discovery': oneOf(['on', 'off']),
  'enable-tcp-udp-listener': boolean,
  'disable-nlb-sg': boolean,
  'quic-enabled-ports': listOf(anything),
  'access-log-enabled': refused('say it by `loadBalancerAttributes`: access_logs.s3.enabled'),
  'access-log-s3-bucket-name': refused('say it by `loadBalancerAttributes`: access_logs.s3.bucket'),
  'access-log-s3-bucket-prefix': refused('say it by `loadBalancerAttributes`: access_logs.s3.prefix'),
  'cross-zone-load-balancing-enabled': refused('say it by `loadBalancerAttributes`: load_balancing.cross_zone.enabled'),
};

/** What the Service's own field says. */
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** Annotations whose names go on after these. */
const OPEN_ENDED: { readonly [prefix: string]: Check } = {
  'listener-attributes.': mapOf(),
  'target-group-attributes.': mapOf(),
  'actions.': anything,
};

function checkOf(suffix: string): Check | undefined {
  const prefix = Object.keys(OPEN_ENDED).find(it => suffix.startsWith(it));
  return VALUES[suffix] ?? (prefix === undefined ? undefined : OPEN_ENDED[prefix]);
}

/** What is wrong with annotations of a Service, each taken by itself. */
export function checkNlbValues(annotations: Annotations): Finding[] {
  return Object.entries(annotations).flatMap(([at, given]): Finding[] => {
    if (typeof given !== 'string') {
      return [{ at, given, allowed: 'text', advice: 'write numbers, booleans and lists as text: Kubernetes takes no other annotations' }];
    }
    if (at === SOURCE_RANGES) {
      return [{ at, given, allowed: 'left out', advice: 'say it by `inboundCidrs`' }];
    }
    const isToken = Token.isUnresolved(given) && !/[,=]/.test(given);
    const complaint = at.startsWith(nlbAnnotation('')) && !isToken ? checkOf(at.slice(nlbAnnotation('').length))?.(given) : undefined;
    return complaint ? [{ at, given, allowed: complaint[0], advice: complaint[1] }] : [];
  });
}

/** Annotations that the controller does not know, and so ignores. */
export function unknownNlbAnnotations(annotations: Annotations): string[] {
  return Object.keys(annotations).filter(name => name.startsWith(nlbAnnotation('')) && checkOf(name.slice(nlbAnnotation('').length)) === undefined);
}
