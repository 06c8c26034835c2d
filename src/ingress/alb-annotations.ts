import { Duration } from 'aws-cdk-lib';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { AlbIngressProps } from './alb-ingress-props';
import { writeListenPorts, writeMap, type ListenPort } from './annotation';
import { healthCheckAnnotations, numeral, seconds, type Written } from './health-check';
import { LoadBalancerScheme } from './load-balancer-scheme';

/**
 * The annotations that the props of an AlbIngress make, in the order of a manifest. Those without a value are left out later.
 *
 * @param props what the user gave
 * @param subnetIds the subnets that the user's selection names
 * @param scheme the scheme where the user gave none
 */
export function albAnnotations(props: AlbIngressProps, subnetIds?: string[], scheme = LoadBalancerScheme.INTERNAL): Written[] {
  const listeners = listenersOf(props);
  const https = listeners.filter(it => it.protocol === elbv2.ApplicationProtocol.HTTPS).map(it => it.port);
  const { securityGroups } = props;
  /** A prop's annotation, or its default where the prop is left out. */
  const write = (suffix: string, prop: keyof AlbIngressProps, value: string | undefined, byDefault?: string): Written =>
    ({ suffix, prop, value: props[prop] === undefined ? byDefault : value, given: props[prop] !== undefined });
  return [
    write('load-balancer-name', 'loadBalancerName', props.loadBalancerName),
    write('group.name', 'groupName', props.groupName),
    write('group.order', 'groupOrder', numeralOrNone(props.groupOrder)),
    write('scheme', 'scheme', props.scheme, scheme),
    { suffix: 'target-type', prop: 'target-type', value: 'ip', given: false },
    write('backend-protocol', 'backendProtocol', props.backendProtocol),
    write('backend-protocol-version', 'backendProtocolVersion', props.backendProtocolVersion),
    write('listen-ports', 'listeners', writeListenPorts(listeners), writeListenPorts(listeners)),
    write('ssl-redirect', 'redirectHttp', props.redirectHttp ? numeralOrNone(https[0] ?? 443) : undefined),
    write('certificate-arn', 'certificates', list(props.certificates?.map(it => it.certificateArn))),
    write('ssl-policy', 'sslPolicy', props.sslPolicy, https.length > 0 ? elbv2.SslPolicy.TLS13_12_RES_PQ : undefined),
    write('mutual-authentication', 'mutualAuthentication', mutualAuthentication(props.mutualAuthentication, https)),
    write('wafv2-acl-arn', 'webAcl', props.webAcl?.webAclRef.webAclArn),
    write('inbound-cidrs', 'inboundCidrs', list(props.inboundCidrs)),
    write('security-group-prefix-lists', 'prefixLists', list(props.prefixLists?.map(it => it.prefixListId))),
    write('security-groups', 'securityGroups', list(securityGroups?.map(it => it.securityGroupId))),
    // Without it the controller leaves the pods closed to groups that it did not make.
    { suffix: 'manage-backend-security-group-rules', prop: 'securityGroups', value: securityGroups ? 'true' : undefined, given: false },
    write('subnets', 'subnets', list(subnetIds)),
    ...props.authentication?._annotations() ?? [],
    ...healthCheckAnnotations(props.healthCheck ?? {}, props.backendProtocolVersion === elbv2.ApplicationProtocolVersion.GRPC),
    {
      suffix: 'load-balancer-attributes',
      prop: props.loadBalancerAttributes ? 'loadBalancerAttributes' : 'idleTimeout',
      value: writeMap({ ...idleTimeout(props.idleTimeout), ...props.loadBalancerAttributes }),
      given: props.loadBalancerAttributes !== undefined || props.idleTimeout !== undefined,
    },
    {
      suffix: 'target-group-attributes',
      prop: props.targetGroupAttributes ? 'targetGroupAttributes' : 'stickiness',
      value: writeMap({ ...stickiness(props.stickiness), ...props.targetGroupAttributes }),
      given: props.targetGroupAttributes !== undefined || props.stickiness !== undefined,
    },
  ];
}

/** HTTPS unless told otherwise, and what redirects to it. */
function listenersOf({ listeners, redirectHttp }: AlbIngressProps): ListenPort[] {
  const { HTTP, HTTPS } = elbv2.ApplicationProtocol;
  return listeners?.map(({ port, protocol }) => ({ port, protocol: protocol ?? HTTPS }))
    ?? [...redirectHttp ? [{ protocol: HTTP, port: 80 }] : [], { protocol: HTTPS, port: 443 }];
}

/** The attributes that `idleTimeout` and `stickiness` write. */
export function idleTimeout(duration?: Duration): { [key: string]: string } {
  return duration ? { 'idle_timeout.timeout_seconds': seconds(duration) } : {};
}

export function stickiness(duration?: Duration): { [key: string]: string } {
  return duration ? { 'stickiness.enabled': 'true', 'stickiness.lb_cookie.duration_seconds': seconds(duration) } : {};
}

/** A pattern's default, where the attributes that the user gave do not say it. */
export function idleTimeoutUnless(attributes: { [key: string]: string } | undefined, byDefault: Duration): Duration | undefined {
  return Object.keys(idleTimeout(byDefault)).some(key => key in (attributes ?? {})) ? undefined : byDefault;
}

/** The same of stickiness. */
export function stickinessUnless(attributes: { [key: string]: string } | undefined, byDefault: Duration): Duration | undefined {
  return Object.keys(stickiness(byDefault)).some(key => key in (attributes ?? {})) ? undefined : byDefault;
}

function mutualAuthentication(props: elbv2.MutualAuthentication | undefined, ports: number[]): string | undefined {
  const { mutualAuthenticationMode: mode, trustStore, ignoreClientCertificateExpiry, advertiseTrustStoreCaNames } = props ?? {};
  const advertise = advertiseTrustStoreCaNames === undefined ? undefined : advertiseTrustStoreCaNames ? 'on' : 'off';
  const rest = JSON.stringify({
    mode: mode ?? elbv2.MutualAuthenticationMode.OFF,
    trustStore: trustStore?.trustStoreRef.trustStoreArn,
    ignoreClientCertificateExpiry,
    advertiseTrustStoreCaNames: advertise,
  });
  return `[${ports.map(port => `{"port":${numeral(port)},${rest.slice(1)}`).join(',')}]`;
}

/** Also an empty list is written, so that its check can refuse it. */
function list(items: string[] | undefined): string | undefined {
  return items?.join(',');
}

function numeralOrNone(value: number | undefined): string | undefined {
  return value === undefined ? undefined : numeral(value);
}
