import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { idleTimeout, stickiness } from './alb-attributes';
import type { AlbIngressProps } from './alb-ingress-props';
import { albAnnotation, parseListenPorts, writeListenPorts, type ListenPort } from './annotation';
import { AnnotationTable, type AnnotationRow } from './annotation-table';
import { action, authCognito, authOidc, conditions, jwtValidation, mutualAuthentication, transforms } from './checks/json-values';
import {
  boolean, certificateArn, cidr, groupName, healthCheckPath, integer, isPortName, isPortNumber, listOf, loadBalancerName, mapOf, matching, oneOf,
  prefixList, sslPolicy, successCodes, tagKey, webAclArn,
} from './checks/values';
import type { IngressHealthCheck } from './health-check';
import type { IngressAuthentication } from './ingress-authentication';
import { byDefault, numeral, seconds, Written, type Value } from './written';

type Prop = keyof AlbIngressProps | `healthCheck.${keyof IngressHealthCheck}` | `authentication.${string}`;

const from = (prop: Prop, given?: Value, otherwise?: Value) => new Written(prop, given, otherwise);

/** Written only where there is authentication: only then an error about it can name the prop. */
const ofAuthentication = (write: (authentication: IngressAuthentication) => Written<Value>): AnnotationRow<AlbIngressProps>['write'] =>
  ({ authentication }) => authentication && write(authentication);

/**
 * The annotations of an Ingress.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
 */
export const ALB_ANNOTATIONS = new AnnotationTable<AlbIngressProps>(albAnnotation(''), 'tags', 'ingressAnnotations', {
  'load-balancer-name': {
    write: it => from('loadBalancerName', it.loadBalancerName),
    check: loadBalancerName,
    groupWide: 'value',
    classField: 'loadBalancerName',
    classOnly: true,
  },
  'group.name': { write: it => from('groupName', it.groupName), check: groupName, classField: 'group.name' },
  'group.order': { write: it => from('groupOrder', it.groupOrder), check: integer(-1000, 1000, 'lower numbers come first') },
  'scheme': {
    write: (it, { scheme }) => from('scheme', it.scheme, scheme),
    check: oneOf(['internal', 'internet-facing']),
    groupWide: 'value',
    classField: 'scheme',
  },
  'target-type': { write: () => byDefault('ip'), check: oneOf(['ip', 'instance']), classField: 'targetType' },
  'backend-protocol': {
    write: it => from('backendProtocol', it.backendProtocol),
    check: oneOf(['HTTP', 'HTTPS'], 'for gRPC it is HTTP or HTTPS too, with backend-protocol-version GRPC'),
  },
  'backend-protocol-version': { write: it => from('backendProtocolVersion', it.backendProtocolVersion), check: oneOf(['HTTP1', 'HTTP2', 'GRPC']) },
  'listen-ports': {
    write: it => from('listeners', it.listeners && writeListenPorts(listenersOf(it)), writeListenPorts(listenersOf(it))),
    check: value => parseListenPorts(value) ? undefined
      : ['a list such as [{"HTTP":80},{"HTTPS":443}], protocols HTTP or HTTPS, ports from 1 to 65535', 'write it as JSON'],
  },
  'ssl-redirect': { write: it => from('redirectHttp', it.redirectHttp ? httpsPorts(it)[0] ?? 443 : undefined), check: integer(1, 65535), groupWide: 'value' },
  'certificate-arn': {
    write: it => from('certificates', it.certificates?.map(certificate => certificate.certificateArn)),
    check: listOf(certificateArn),
    classField: 'certificateArn',
  },
  'create-acm-cert': { check: boolean },
  'acm-pca-arn': {},
  'ssl-policy': {
    write: it => from('sslPolicy', it.sslPolicy, httpsPorts(it).length > 0 ? elbv2.SslPolicy.TLS13_12_RES_PQ : undefined),
    check: sslPolicy,
    groupWide: 'HTTPS ports',
    classField: 'sslPolicy',
  },
  'mutual-authentication': {
    write: it => from('mutualAuthentication', it.mutualAuthentication && mutualAuthenticationOf(it.mutualAuthentication, httpsPorts(it))),
    check: mutualAuthentication,
    groupWide: 'ports',
  },
  'wafv2-acl-arn': { write: it => from('webAcl', it.webAcl?.webAclRef.webAclArn), check: webAclArn, groupWide: 'value', classField: 'wafv2AclArn', classOnly: true },
  // The controller looks names up by wafv2:ListWebACLs, which its authors' policy, and so its role, does not allow.
  'wafv2-acl-name': { check: () => ['left out', 'the controller\'s role can\'t look names up: give `webAcl`, or the web ACL\'s ARN'] },
  'waf-acl-id': { groupWide: 'value' },
  'web-acl-id': {},
  'shield-advanced-protection': { check: boolean, groupWide: 'value' },
  'inbound-cidrs': { write: it => from('inboundCidrs', it.inboundCidrs), check: listOf(cidr), groupWide: 'ports', classField: 'inboundCIDRs', classOnly: true },
  'security-group-prefix-lists': {
    write: it => from('prefixLists', it.prefixLists?.map(list => list.prefixListId)),
    check: listOf(prefixList),
    groupWide: 'ports',
    classField: 'prefixListsIDs',
    classOnly: true,
  },
  'security-groups': { write: it => from('securityGroups', it.securityGroups?.map(group => group.securityGroupId)), check: listOf(), groupWide: 'value' },
  'manage-backend-security-group-rules': {
    // Without it the controller leaves the pods closed to groups that it did not make.
    write: it => byDefault(it.securityGroups ? 'true' : undefined),
    check: boolean,
    groupWide: 'value',
  },
  'subnets': { write: (_, { subnetIds }) => from('subnets', subnetIds), check: listOf(), groupWide: 'value', classField: 'subnets.ids', classOnly: true },
  'ip-address-type': { check: oneOf(['ipv4', 'dualstack', 'dualstack-without-public-ipv4']), groupWide: 'value' },
  'customer-owned-ipv4-pool': { groupWide: 'value' },
  'ipam-ipv4-pool-id': { check: matching(/^ipam-pool-[0-9a-f]+$/, 'the id of an IPAM pool', 'it starts with ipam-pool-'), groupWide: 'value' },
  'auth-type': { write: ofAuthentication(it => from('authentication', it._type)), check: oneOf(['none', 'oidc', 'cognito']) },
  'auth-idp-cognito': { write: ofAuthentication(it => from('authentication', it._provider('cognito'))), check: authCognito },
  'auth-idp-oidc': { write: ofAuthentication(it => from('authentication', it._provider('oidc'))), check: authOidc },
  'auth-on-unauthenticated-request': {
    write: ofAuthentication(it => from('authentication.onUnauthenticatedRequest', it._options.onUnauthenticatedRequest)),
    check: oneOf(['authenticate', 'allow', 'deny']),
  },
  'auth-scope': { write: ofAuthentication(it => from('authentication.scopes', it._options.scopes?.join(' '))) },
  'auth-session-cookie': {
    write: ofAuthentication(it => from('authentication.sessionCookieName', it._options.sessionCookieName)),
    check: matching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of a cookie', 'leave out blanks, quotes and separators'),
  },
  'auth-session-timeout': {
    write: ofAuthentication(it => from('authentication.sessionTimeout', it._options.sessionTimeout && seconds(it._options.sessionTimeout))),
    check: integer(1, 604_800),
  },
  'jwt-validation': { check: jwtValidation },
  'healthcheck-protocol': {
    write: it => from('healthCheck.protocol', it.healthCheck?.protocol),
    check: oneOf(['HTTP', 'HTTPS'], 'leave it out for gRPC targets'),
  },
  'healthcheck-port': {
    write: it => from('healthCheck.port', it.healthCheck?.port),
    check: value => value === 'traffic-port' || isPortNumber(value) || isPortName(value)
      ? undefined : ['a port from 1 to 65535, a port\'s name, or traffic-port', 'it is a port of the pods'],
  },
  'healthcheck-path': {
    write: it => from('healthCheck.path', it.healthCheck?.path, speaksGrpc(it) ? '/grpc.health.v1.Health/Check' : '/health'),
    check: healthCheckPath,
  },
  'healthcheck-interval-seconds': {
    write: it => from('healthCheck.interval', it.healthCheck?.interval && seconds(it.healthCheck.interval), '15'),
    check: integer(5, 300),
  },
  'healthcheck-timeout-seconds': {
    write: it => from('healthCheck.timeout', it.healthCheck?.timeout && seconds(it.healthCheck.timeout), '5'),
    check: integer(2, 120),
  },
  'healthy-threshold-count': { write: it => from('healthCheck.healthyThresholdCount', it.healthCheck?.healthyThresholdCount, 2), check: integer(2, 10) },
  'unhealthy-threshold-count': { write: it => from('healthCheck.unhealthyThresholdCount', it.healthCheck?.unhealthyThresholdCount, 3), check: integer(2, 10) },
  'success-codes': { write: it => from('healthCheck.successCodes', it.healthCheck?.successCodes, speaksGrpc(it) ? '0' : undefined), check: listOf(successCodes) },
  'load-balancer-attributes': {
    write: it => from(it.loadBalancerAttributes ? 'loadBalancerAttributes' : 'idleTimeout', { ...idleTimeout(it.idleTimeout), ...it.loadBalancerAttributes }),
    check: mapOf({
      'idle_timeout.timeout_seconds': integer(1, 4000),
      'client_keep_alive.seconds': integer(60, 604_800),
      'deletion_protection.enabled': boolean,
      'access_logs.s3.enabled': boolean,
      'connection_logs.s3.enabled': boolean,
      'routing.http2.enabled': boolean,
      'routing.http.drop_invalid_header_fields.enabled': boolean,
      'routing.http.desync_mitigation_mode': oneOf(['monitor', 'defensive', 'strictest']),
    }),
    groupWide: 'keys',
    classField: 'loadBalancerAttributes',
  },
  'target-group-attributes': {
    write: it => from(it.targetGroupAttributes ? 'targetGroupAttributes' : 'stickiness', { ...stickiness(it.stickiness), ...it.targetGroupAttributes }),
    check: mapOf({
      'stickiness.enabled': boolean,
      'stickiness.type': oneOf(['lb_cookie', 'app_cookie']),
      'stickiness.lb_cookie.duration_seconds': integer(1, 604_800),
      'deregistration_delay.timeout_seconds': integer(0, 3600),
      'slow_start.duration_seconds': value => value === '0' ? undefined : integer(30, 900, '0 turns it off')(value),
      'load_balancing.algorithm.type': oneOf(['round_robin', 'least_outstanding_requests', 'weighted_random']),
    }),
  },
  'target-node-labels': { check: mapOf() },
  'minimum-load-balancer-capacity': { check: matching(/^CapacityUnits=\d+$/, 'CapacityUnits= and a number', 'AWS takes no other'), groupWide: 'keys' },
  'multi-cluster-target-group': { check: boolean },
  'use-regex-path-match': { check: boolean },
  'enable-frontend-nlb': { check: boolean, groupWide: 'value' },
  'frontend-nlb-attributes': { groupWide: 'keys' },
  'frontend-nlb-*': {},
  'dry-run-plan': {},
  'listener-attributes.*': { check: mapOf() },
  'target-control-port.*': { check: integer(1, 65535) },
  'actions.*': { check: action },
  'conditions.*': { check: conditions },
  'transforms.*': { check: transforms },
  'tags': { check: mapOf({}, tagKey), groupWide: 'keys' },
});

/** HTTPS unless told otherwise, and what redirects to it. */
function listenersOf({ listeners, redirectHttp }: Partial<AlbIngressProps>): ListenPort[] {
  const { HTTP, HTTPS } = elbv2.ApplicationProtocol;
  return listeners?.map(({ port, protocol }) => ({ port, protocol: protocol ?? HTTPS }))
    ?? [...redirectHttp ? [{ protocol: HTTP, port: 80 }] : [], { protocol: HTTPS, port: 443 }];
}

function httpsPorts(props: Partial<AlbIngressProps>): number[] {
  return listenersOf(props).filter(it => it.protocol === elbv2.ApplicationProtocol.HTTPS).map(it => it.port);
}

function speaksGrpc({ backendProtocolVersion }: Partial<AlbIngressProps>): boolean {
  return backendProtocolVersion === elbv2.ApplicationProtocolVersion.GRPC;
}

function mutualAuthenticationOf(props: elbv2.MutualAuthentication, ports: number[]): string {
  const { mutualAuthenticationMode: mode, trustStore, ignoreClientCertificateExpiry, advertiseTrustStoreCaNames } = props;
  const advertise = advertiseTrustStoreCaNames === undefined ? undefined : advertiseTrustStoreCaNames ? 'on' : 'off';
  const rest = JSON.stringify({
    mode: mode ?? elbv2.MutualAuthenticationMode.OFF,
    trustStore: trustStore?.trustStoreRef.trustStoreArn,
    ignoreClientCertificateExpiry,
    advertiseTrustStoreCaNames: advertise,
  });
  return `[${ports.map(port => `{"port":${numeral(port)},${rest.slice(1)}`).join(',')}]`;
}
