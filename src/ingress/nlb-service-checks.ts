import { Token } from 'aws-cdk-lib';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { checkRegion } from './alb-ingress-checks';
import { isPort, parseList, parseMap, type Annotations } from './annotation';
import { AnnotationReader } from './checks/annotation-reader';
import type { Finding } from './checks/finding';
import { cidr } from './checks/values';
import { NLB_ANNOTATIONS, nlbAnnotation } from './nlb-annotations';
import { protocolOf } from './nlb-ports';
import type { NlbServiceProps } from './nlb-service-props';
import { reject } from '../cdk/reject';
import { checkLabels } from '../kubernetes/names';

const { TCP, TLS, UDP, TCP_UDP } = elbv2.Protocol;
const PROTOCOLS = [TCP, TLS, UDP, TCP_UDP];

/** A field of the Service says the same. */
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** The Services of each cluster, and what defines them. */
const NAMES = new WeakMap<eks.ICluster, Map<string, string>>();

/** Whether pods see clients' addresses: the load balancer keeps them for UDP, and elsewhere on request. */
export function keepsClientAddresses(props: NlbServiceProps, annotations: Annotations): boolean {
  return props.ports.some(port => [UDP, TCP_UDP].includes(protocolOf(port)))
    || Object.entries(annotations).some(([name, value]) => name.startsWith(nlbAnnotation('target-group-attributes')) // there is one for each port, too
      && parseMap(value)?.['preserve_client_ip.enabled'] === 'true');
}

/** Checks what is not in annotations. */
export function checkServiceProps(construct: Construct, props: NlbServiceProps, name: string): void {
  const refuse = (prop: string, given: unknown, allowed: string, advice: string) => reject(construct.node.path, prop, given, allowed, advice);
  const { controller, namespace, ports, inboundCidrs, securityGroups, certificates = [] } = props;
  if (namespace && namespace.cluster !== controller.cluster) {
    refuse('namespace', namespace, 'in the cluster of `controller`', 'take both from the same platform');
  }
  if (props.serviceName !== undefined && !Token.isUnresolved(props.serviceName) && !/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(props.serviceName)) {
    refuse('serviceName', props.serviceName, '1 to 63 lower-case letters, digits and dashes, with a letter first and a letter or digit last',
      'leave it out for a name made of the construct\'s path');
  }
  const names = NAMES.get(controller.cluster) ?? new Map<string, string>();
  NAMES.set(controller.cluster, names);
  if (!Token.isUnresolved(name)) {
    if (names.has(name)) {
      refuse('serviceName', name, 'a name of its own in the namespace', `${names.get(name)} defines it already`);
    }
    names.set(name, construct.node.path);
  }
  if (Object.keys(props.selector).length === 0) {
    refuse('selector', {}, 'one label or more', 'without one the Service has no pods');
  }
  checkLabels(construct.node.path, 'selector', props.selector);
  if (ports.length === 0) {
    refuse('ports', [], 'one port or more', 'the load balancer listens on each of them');
  }
  ports.forEach(({ port, targetPort, protocol }, index) => {
    const whole = (prop: string, value: number | undefined) => value === undefined || isPort(value)
      || refuse(`ports[${index}].${prop}`, value, 'a whole number from 1 to 65535', 'there are no other ports');
    whole('port', port);
    whole('targetPort', targetPort);
    if (protocol && !PROTOCOLS.includes(protocol)) {
      refuse(`ports[${index}].protocol`, protocol, `one of ${PROTOCOLS.join(', ')}`, 'an AlbIngress speaks HTTP and HTTPS');
    }
    if (!Token.isUnresolved(port) && ports.findIndex(it => it.port === port) < index) {
      refuse(`ports[${index}].port`, port, 'different from the other ports', 'TCP_UDP is both protocols on one port');
    }
  });
  if (inboundCidrs?.length === 0) {
    refuse('inboundCidrs', [], 'one block of addresses or more', 'leave it out for every address');
  }
  const dualStack = props.annotations?.[nlbAnnotation('ip-address-type')];
  inboundCidrs?.filter(it => !Token.isUnresolved(it)).forEach((block, index) => {
    const complaint = cidr(block) ?? (block.includes(':') && dualStack === undefined
      ? ['IPv4, as the load balancer is', `the annotation ${nlbAnnotation('ip-address-type')} makes it dualstack`] as const : undefined);
    if (complaint) {
      refuse(`inboundCidrs[${index}]`, block, complaint[0], complaint[1]);
    }
  });
  const ignored = (['inboundCidrs', 'prefixLists'] as const).find(prop => props[prop] !== undefined);
  if (securityGroups && ignored) {
    refuse(ignored, props[ignored], 'left out with `securityGroups`', 'groups of your own have rules of their own: the controller would ignore it');
  }
  certificates.forEach((it, index) => checkRegion(construct, `certificates[${index}]`, it.certificateArn));
}

/** What the controller or AWS would refuse or ignore about the annotations of a Service. Tokens pass. */
export function checkService(props: NlbServiceProps, annotations: Annotations): Finding[] {
  const ranges = annotations[SOURCE_RANGES];
  const values = [
    ...ranges === undefined ? [] : [{ at: SOURCE_RANGES, given: ranges, allowed: 'left out', advice: 'use `inboundCidrs`' }],
    ...NLB_ANNOTATIONS.check(annotations),
  ];
  const service = new AnnotationReader(annotations, nlbAnnotation);
  return values.length > 0 ? values : [ // what cannot be read cannot be compared
    ...tlsFindings(props, service),
    ...addressFindings(props, service),
    ...healthCheckFindings(props, service),
    ...attributeFindings(props, service),
  ];
}

function tlsFindings({ ports }: NlbServiceProps, service: AnnotationReader): Finding[] {
  const tls = ports.some(port => protocolOf(port) === TLS);
  const needless = ['ssl-cert', 'ssl-negotiation-policy'].find(it => service.has(it));
  if (tls && !service.has('ssl-cert')) {
    return [service.finding('ssl-cert', 'given where a port is TLS', 'give the certificate of the name that clients ask for')];
  }
  return !tls && needless ? [service.finding(needless, 'left out where no port is TLS', 'give a port the protocol TLS', service.raw(needless))] : [];
}

/** Addresses of its own need subnets in an order that is known. */
function addressFindings({ subnets }: NlbServiceProps, service: AnnotationReader): Finding[] {
  const scheme = service.raw('scheme');
  const ids = service.raw('subnets');
  const check = (suffix: string, only: string): Finding[] => {
    if (!service.has(suffix)) {
      return [];
    }
    const items = parseList(service.raw(suffix)!);
    const count = ids === undefined || Token.isUnresolved(ids) && !subnets ? undefined : parseList(ids).length;
    if (!Token.isUnresolved(scheme) && scheme !== only) {
      return [service.finding(suffix, `left out unless the load balancer is ${only}`, 'the controller would make no load balancer', items)];
    }
    if (ids === undefined) {
      return [service.finding('subnets', 'given where addresses are given', 'each address belongs to a subnet')];
    }
    return count !== undefined && count !== items.length ? [service.finding(suffix, `as many as \`subnets\`, ${count}`, 'give one for each', items)] : [];
  };
  return [...check('eip-allocations', 'internet-facing'), ...check('private-ipv4-addresses', 'internal')];
}

function healthCheckFindings({ ports }: NlbServiceProps, service: AnnotationReader): Finding[] {
  const needless = ['healthcheck-path', 'healthcheck-success-codes'].find(it => service.has(it));
  const interval = Number(service.read('healthcheck-interval') ?? 10);
  const timeout = Number(service.read('healthcheck-timeout') ?? 10);
  const isKnown = ['healthcheck-interval', 'healthcheck-timeout'].every(it => !Token.isUnresolved(service.raw(it)));
  const isUnasked = (service.raw('healthcheck-port') ?? 'traffic-port') === 'traffic-port';
  return [
    ...service.read('healthcheck-protocol') === 'TCP' && needless
      ? [service.finding(needless, 'left out where the protocol of health checks is TCP', 'give HTTP or HTTPS')] : [],
    ...isKnown && timeout > interval
      ? [service.finding('healthcheck-timeout', `no more than the interval of ${interval} seconds`, 'a check must end before the next one', timeout)] : [],
    ...isUnasked && ports.some(it => protocolOf(it) === UDP)
      ? [service.finding('healthcheck-port', 'given where a port is UDP', 'health checks don\'t use UDP: name a port where the pods answer over TCP')] : [],
  ];
}

function attributeFindings(props: NlbServiceProps, service: AnnotationReader): Finding[] {
  const attributes = parseMap(service.raw('target-group-attributes') ?? '') ?? {};
  const has = (...protocols: elbv2.Protocol[]) => props.ports.some(port => protocols.includes(protocolOf(port)));
  const refuse = (key: string, allowed: string, advice: string): Finding[] =>
    [service.finding('target-group-attributes', allowed, advice, { [key]: attributes[key] })];
  return [
    ...has(UDP, TCP_UDP) && attributes['preserve_client_ip.enabled'] === 'false'
      ? refuse('preserve_client_ip.enabled', 'without preserve_client_ip.enabled=false where a port is UDP', 'AWS keeps clients\' addresses there') : [],
    ...has(TLS) && attributes['stickiness.enabled'] === 'true'
      ? refuse('stickiness.enabled', 'without stickiness where a port is TLS', 'AWS takes it for TCP and UDP only') : [],
    ...props.proxyProtocol !== undefined && attributes['proxy_protocol_v2.enabled'] !== undefined
      ? refuse('proxy_protocol_v2.enabled', 'without proxy_protocol_v2.enabled where `proxyProtocol` is given', 'set it in one of the two') : [],
  ];
}
