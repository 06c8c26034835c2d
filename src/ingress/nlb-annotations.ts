import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { writeMap } from './annotation';
import { numeral, seconds, type Written } from './health-check';
import { LoadBalancerScheme } from './load-balancer-scheme';
import type { NlbHealthCheck, NlbPort, NlbServiceProps } from './nlb-service-props';
import type { Json } from '../cdk/merge';

const PREFIX = 'service.beta.kubernetes.io/aws-load-balancer-';

/** The full name of an annotation of a Service, as in `service.beta.kubernetes.io/aws-load-balancer-scheme`. */
export function nlbAnnotation(suffix: string): string {
  return `${PREFIX}${suffix}`;
}

/** The protocol of a port. */
export function protocolOf(port: NlbPort): elbv2.Protocol {
  return port.protocol ?? elbv2.Protocol.TCP;
}

/** Kubernetes knows no TLS, and takes both protocols of a port as two ports. */
export function servicePorts(ports: NlbPort[]): Json[] {
  return ports.flatMap(port => {
    const protocols = { [elbv2.Protocol.UDP]: ['UDP'], [elbv2.Protocol.TCP_UDP]: ['TCP', 'UDP'] }[protocolOf(port) as string] ?? ['TCP'];
    return protocols.map(protocol => ({
      name: `${protocol.toLowerCase()}-${numeral(port.port)}`, protocol, port: port.port, targetPort: port.targetPort ?? port.port,
    }));
  });
}

/**
 * The annotations that the props of an NlbService make. Those without a value are left out later.
 *
 * @param props what the user gave
 * @param subnetIds the subnets that the user's selection names
 */
export function nlbAnnotations(props: NlbServiceProps, subnetIds?: string[]): Written[] {
  const { ports, securityGroups, healthCheck = {} } = props;
  const tls = ports.filter(port => protocolOf(port) === elbv2.Protocol.TLS).map(port => numeral(port.port));
  const byDefault = (suffix: string, value: string | undefined): Written => ({ suffix, prop: suffix, value, given: false });
  const write = (suffix: string, prop: keyof NlbServiceProps, value: string | undefined): Written =>
    ({ suffix, prop, value, given: props[prop] !== undefined });
  return [
    write('name', 'loadBalancerName', props.loadBalancerName),
    write('scheme', 'scheme', props.scheme ?? LoadBalancerScheme.INTERNAL),
    byDefault('nlb-target-type', 'ip'),
    write('ssl-cert', 'certificates', list(props.certificates?.map(it => it.certificateArn))),
    write('ssl-ports', 'ports', tls.length > 0 ? tls.join(',') : undefined),
    write('ssl-negotiation-policy', 'sslPolicy', props.sslPolicy ?? (tls.length > 0 ? elbv2.SslPolicy.TLS13_12_RES_PQ : undefined)),
    write('enable-tcp-udp-listener', 'ports', ports.some(port => protocolOf(port) === elbv2.Protocol.TCP_UDP) ? 'true' : undefined),
    write('security-group-prefix-lists', 'prefixLists', list(props.prefixLists?.map(it => it.prefixListId))),
    write('security-groups', 'securityGroups', list(securityGroups?.map(it => it.securityGroupId))),
    // Without it the controller leaves the pods closed to groups that it did not make.
    byDefault('manage-backend-security-group-rules', securityGroups ? 'true' : undefined),
    write('subnets', 'subnets', list(subnetIds)),
    write('eip-allocations', 'eipAllocations', list(props.eipAllocations)),
    write('private-ipv4-addresses', 'privateIpv4Addresses', list(props.privateIpv4Addresses)),
    write('proxy-protocol', 'proxyProtocol', props.proxyProtocol ? '*' : undefined),
    ...healthCheckAnnotations(healthCheck),
    write('attributes', 'loadBalancerAttributes', writeMap(props.loadBalancerAttributes ?? {})),
    write('target-group-attributes', 'targetGroupAttributes', writeMap(props.targetGroupAttributes ?? {})),
  ];
}

/** What is left out is the controller's default, but for the protocol, which follows the path. */
function healthCheckAnnotations(check: NlbHealthCheck): Written[] {
  const write = (suffix: string, prop: keyof NlbHealthCheck, value: string | undefined): Written =>
    ({ suffix: `healthcheck-${suffix}`, value, prop: `healthCheck.${prop}`, given: check[prop] !== undefined });
  const number = (value: number | undefined) => value === undefined ? undefined : numeral(value);
  return [
    write('protocol', 'protocol', check.protocol ?? (check.path === undefined ? elbv2.Protocol.TCP : elbv2.Protocol.HTTP)),
    write('port', 'port', number(check.port)),
    write('path', 'path', check.path),
    write('interval', 'interval', check.interval && seconds(check.interval)),
    write('timeout', 'timeout', check.timeout && seconds(check.timeout)),
    write('healthy-threshold', 'healthyThresholdCount', number(check.healthyThresholdCount)),
    write('unhealthy-threshold', 'unhealthyThresholdCount', number(check.unhealthyThresholdCount)),
    write('success-codes', 'successCodes', check.successCodes),
  ];
}

/** Also an empty list is written, so that its check can refuse it. */
function list(items: string[] | undefined): string | undefined {
  return items?.join(',');
}
