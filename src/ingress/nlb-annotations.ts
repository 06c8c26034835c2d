import { isIPv4 } from 'net';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AnnotationTable } from './annotation-table';
import type { Check } from './checks/finding';
import {
  boolean, certificateArn, healthCheckPath, integer, isPortNumber, listOf, loadBalancerName, mapOf, matching, oneOf, prefixList, sslPolicy, tagKey,
} from './checks/values';
import { protocolOf } from './nlb-ports';
import type { NlbHealthCheck, NlbServiceProps } from './nlb-service-props';
import { byDefault, numeral, seconds, Written, type Value } from './written';

const PREFIX = 'service.beta.kubernetes.io/aws-load-balancer-';

/** The full name of an annotation of a Service, as in `service.beta.kubernetes.io/aws-load-balancer-scheme`. */
export function nlbAnnotation(suffix: string): string {
  return `${PREFIX}${suffix}`;
}

type Prop = keyof NlbServiceProps | `healthCheck.${keyof NlbHealthCheck}`;

const from = (prop: Prop, given?: Value, otherwise?: Value) => new Written(prop, given, otherwise);

/** Attributes reach AWS as they are. */
const trueOrFalse = oneOf(['true', 'false'], 'AWS takes no other');

const onOrOff = oneOf(['on', 'off']);

const refused = (advice: string): Check => () => ['left out', advice];

/**
 * The annotations of a Service of type LoadBalancer. For what no prop gives, the controller has defaults of its own.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
 */
export const NLB_ANNOTATIONS = new AnnotationTable<NlbServiceProps>(PREFIX, 'additional-resource-tags', 'serviceAnnotations', {
  'name': { write: it => from('loadBalancerName', it.loadBalancerName), check: loadBalancerName },
  'scheme': { write: (it, { scheme }) => from('scheme', it.scheme, scheme), check: oneOf(['internal', 'internet-facing']) },
  'internal': { check: refused('use `scheme`') },
  'type': { check: refused('the Service names its class') },
  'nlb-target-type': {
    write: () => byDefault('ip'),
    check: value => value === 'ip' ? undefined : ['ip', 'pods are reached by their own addresses, and the Service opens no ports of nodes'],
  },
  'ip-address-type': { check: oneOf(['ipv4', 'dualstack']) },
  'ssl-cert': { write: it => from('certificates', it.certificates?.map(certificate => certificate.certificateArn)), check: listOf(certificateArn) },
  'ssl-ports': { write: it => from('ports', tlsPorts(it)), check: listOf() },
  'ssl-negotiation-policy': {
    write: it => from('sslPolicy', it.sslPolicy, tlsPorts(it) && elbv2.SslPolicy.TLS13_12_RES_PQ), check: sslPolicy,
  },
  'backend-protocol': { check: oneOf(['ssl', 'tcp']) },
  'alpn-policy': { check: oneOf(['None', 'HTTP1Only', 'HTTP2Only', 'HTTP2Optional', 'HTTP2Preferred']) },
  'enable-tcp-udp-listener': {
    write: it => from('ports', it.ports?.some(port => protocolOf(port) === elbv2.Protocol.TCP_UDP) ? 'true' : undefined), check: boolean,
  },
  'inbound-sg-rules-on-private-link-traffic': { check: onOrOff },
  'security-group-prefix-lists': { write: it => from('prefixLists', it.prefixLists?.map(list => list.prefixListId)), check: listOf(prefixList) },
  'security-groups': { write: it => from('securityGroups', it.securityGroups?.map(group => group.securityGroupId)), check: listOf() },
  'manage-backend-security-group-rules': {
    // Without it the controller leaves the pods closed to groups that it did not make.
    write: it => byDefault(it.securityGroups ? 'true' : undefined),
    check: boolean,
  },
  'disable-nlb-sg': { check: boolean },
  'subnets': { write: (_, { subnetIds }) => from('subnets', subnetIds), check: listOf() },
  'eip-allocations': {
    write: it => from('eipAllocations', it.eipAllocations),
    check: listOf(matching(/^eipalloc-[0-9a-f]+$/, 'allocation ids of Elastic IP addresses', 'they start with eipalloc-')),
  },
  'private-ipv4-addresses': {
    write: it => from('privateIpv4Addresses', it.privateIpv4Addresses),
    check: listOf(item => isIPv4(item) ? undefined : ['IPv4 addresses', 'give one of each subnet']),
  },
  'ipv6-addresses': { check: listOf() },
  'enable-prefix-for-ipv6-source-nat': { check: onOrOff },
  'source-nat-ipv6-prefixes': { check: listOf() },
  'proxy-protocol': { write: it => from('proxyProtocol', it.proxyProtocol ? '*' : undefined), check: oneOf(['*'], 'it holds for every port') },
  'proxy-protocol-per-target-group': {
    check: listOf(value => isPortNumber(value) ? undefined : ['ports from 1 to 65535', 'they are those of the load balancer']),
  },
  'healthcheck-protocol': {
    // It follows the path: the controller's own default is TCP, which takes none.
    write: it => from('healthCheck.protocol', it.healthCheck?.protocol, it.healthCheck?.path === undefined ? elbv2.Protocol.TCP : elbv2.Protocol.HTTP),
    check: oneOf(['TCP', 'HTTP', 'HTTPS'], 'the controller knows no other'),
  },
  'healthcheck-port': {
    write: it => from('healthCheck.port', it.healthCheck?.port),
    check: value => value === 'traffic-port' || isPortNumber(value) ? undefined : ['a port from 1 to 65535, or traffic-port', 'it is a port of the pods'],
  },
  'healthcheck-path': { write: it => from('healthCheck.path', it.healthCheck?.path), check: healthCheckPath },
  'healthcheck-interval': {
    write: it => from('healthCheck.interval', it.healthCheck?.interval && seconds(it.healthCheck.interval)), check: integer(5, 300),
  },
  'healthcheck-timeout': {
    write: it => from('healthCheck.timeout', it.healthCheck?.timeout && seconds(it.healthCheck.timeout)), check: integer(2, 120),
  },
  'healthcheck-healthy-threshold': { write: it => from('healthCheck.healthyThresholdCount', it.healthCheck?.healthyThresholdCount), check: integer(2, 10) },
  'healthcheck-unhealthy-threshold': { write: it => from('healthCheck.unhealthyThresholdCount', it.healthCheck?.unhealthyThresholdCount), check: integer(2, 10) },
  'healthcheck-success-codes': {
    write: it => from('healthCheck.successCodes', it.healthCheck?.successCodes),
    check: listOf(value => /^[2-5]\d\d(-[2-5]\d\d)?$/.test(value) ? undefined : ['codes or ranges from 200 to 599, as in 200,301 or 200-299', 'AWS takes no other']),
  },
  'attributes': {
    write: it => from('loadBalancerAttributes', it.loadBalancerAttributes),
    check: mapOf({
      'deletion_protection.enabled': trueOrFalse,
      'access_logs.s3.enabled': trueOrFalse,
      'load_balancing.cross_zone.enabled': trueOrFalse,
      'dns_record.client_routing_policy': oneOf(['any_availability_zone', 'availability_zone_affinity', 'partial_availability_zone_affinity']),
    }),
  },
  'target-group-attributes': {
    write: it => from('targetGroupAttributes', it.targetGroupAttributes),
    check: mapOf({
      'deregistration_delay.timeout_seconds': integer(0, 3600),
      'deregistration_delay.connection_termination.enabled': trueOrFalse,
      'preserve_client_ip.enabled': trueOrFalse,
      'proxy_protocol_v2.enabled': trueOrFalse,
      'stickiness.enabled': trueOrFalse,
      'stickiness.type': oneOf(['source_ip', 'source_ip_dest_ip', 'source_ip_dest_ip_proto']),
      'load_balancing.cross_zone.enabled': oneOf(['true', 'false', 'use_load_balancer_configuration']),
    }),
  },
  'target-node-labels': { check: refused('it chooses among nodes, and targets are pods') },
  'multi-cluster-target-group': { check: boolean },
  'minimum-load-balancer-capacity': { check: matching(/^CapacityUnits=\d+$/, 'CapacityUnits= and a number', 'AWS takes no other') },
  'enable-icmp-for-path-mtu-discovery': { check: onOrOff },
  'quic-enabled-ports': { check: listOf() },
  'access-log-enabled': { check: refused('use `loadBalancerAttributes`: access_logs.s3.enabled') },
  'access-log-s3-bucket-name': { check: refused('use `loadBalancerAttributes`: access_logs.s3.bucket') },
  'access-log-s3-bucket-prefix': { check: refused('use `loadBalancerAttributes`: access_logs.s3.prefix') },
  'cross-zone-load-balancing-enabled': { check: refused('use `loadBalancerAttributes`: load_balancing.cross_zone.enabled') },
  'listener-attributes.*': { check: mapOf() },
  'target-group-attributes.*': { check: mapOf() },
  'actions.*': {},
  'additional-resource-tags': { check: mapOf({}, tagKey) },
});

/** The ports whose TLS ends at the load balancer, or undefined where there is none. */
function tlsPorts({ ports = [] }: Partial<NlbServiceProps>): string[] | undefined {
  const tls = ports.filter(port => protocolOf(port) === elbv2.Protocol.TLS).map(port => numeral(port.port));
  return tls.length > 0 ? tls : undefined;
}
