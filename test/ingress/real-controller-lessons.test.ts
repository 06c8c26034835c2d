/**
 * What AWS Load Balancer Controller 3.5.0 was seen to refuse, or to ignore without a word, is refused when the app is synthesized. Each test names the
 * controller's own message.
 */
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { annotationsOf, controllerFixture, ingressFixture, least, prefixed } from './fixture';
import { AlbIngress, WebAcl, type AlbIngressProps } from '../../src';

const { HTTP } = elbv2.ApplicationProtocol;
const REDIRECTED = { listeners: [{ port: 80, protocol: HTTP }, { port: 443 }], redirectHttp: true };

/** What is wrong about one Ingress: the controller's message, the props, and ours. */
type Lesson = [string, Partial<AlbIngressProps>, RegExp];

const annotated = (annotations: { [suffix: string]: string }): Partial<AlbIngressProps> => ({ annotations: prefixed(annotations) });
const pathed = (path: string): Partial<AlbIngressProps> => ({ paths: [{ path, service: 'web', port: 80 }] });

describe('refused by the controller, with an event on the Ingress', () => {
  test.each<Lesson>([
    ['listener does not exist for SSLRedirect port: 8443', annotated({ 'listen-ports': '[{"HTTP":80},{"HTTPS":443}]', 'ssl-redirect': '8443' }), /ssl-redirect/],
    ['listener does not exist for SSLRedirect port: 443', annotated({ 'listen-ports': '[{"HTTP":80}]', 'ssl-redirect': '443' }), /ssl-redirect/],
    ['backend protocol must be within [HTTP, HTTPS]: GRPC', annotated({ 'backend-protocol': 'GRPC' }), /backend-protocol.*must be .*HTTP.*HTTPS.*got: "GRPC"/],
    ['healthCheckProtocol must be within [HTTP, HTTPS]', annotated({ 'healthcheck-protocol': 'GRPC' }), /healthcheck-protocol.*got: "GRPC"/],
    ['backend protocol version must be within [HTTP1, HTTP2, GRPC]: HTTP3', annotated({ 'backend-protocol-version': 'HTTP3' }), /backend-protocol-version.*got: "HTTP3"/],
    ['failed to parse listen-ports configuration: `HTTPS:443`', annotated({ 'listen-ports': 'HTTPS:443' }), /listen-ports.*must be a list/],
    ['listen protocol must be within [HTTP, HTTPS]: https', annotated({ 'listen-ports': '[{"https":443}]' }), /listen-ports/],
    ['empty listen-ports configuration: `[]`', annotated({ 'listen-ports': '[]' }), /listen-ports/],
    ['listen port must be within [1, 65535]: 70000', annotated({ 'listen-ports': '[{"HTTPS":70000}]' }), /listen-ports/],
    ['unknown scheme: public', annotated({ scheme: 'public' }), /scheme.*got: "public"/],
    ['unknown targetType: pod', annotated({ 'target-type': 'pod' }), /target-type.*got: "pod"/],
    ['unknown IPAddressType: ipv6', annotated({ 'ip-address-type': 'ipv6' }), /ip-address-type.*got: "ipv6"/],
    ['unknown authType: saml', annotated({ 'auth-type': 'saml' }), /auth-type.*got: "saml"/],
    ['missing IDPConfigOIDC', annotated({ 'auth-type': 'oidc' }), /auth-idp-oidc.*must be given/],
    ['invalid inbound-cidrs settings on Ingress: invalid CIDR address: 10.0.0.0/33', { inboundCidrs: ['10.0.0.0/33'] }, /inboundCidrs.*got: "10.0.0.0\/33"/],
    ['failed to parse int32 annotation: 15s', annotated({ 'healthcheck-interval-seconds': '15s' }), /healthcheck-interval-seconds.*whole number/],
    ['failed to parse stringMap annotation, alb.ingress.kubernetes.io/tags: Team', annotated({ tags: 'Team' }), /tags/],
    ['load balancer name cannot be longer than 32 characters', { loadBalancerName: 'a'.repeat(33) }, /loadBalancerName/],
    ['groupName must consist of lower case alphanumeric characters, \'-\' or \'.\'', { groupName: 'Not_Valid' }, /groupName.*got: "Not_Valid"/],
    ['prefix path shouldn\'t contain wildcards: /api/*', pathed('/api/*'), /path.*without \* and \?/],
    ['trustStore is required when mutualAuthentication mode is verify for port 443', annotated({ 'mutual-authentication': '[{"port":443,"mode":"verify"}]' }), /trustStore/],
    ['Mutual Authentication mode passthrough does not support trustStore for port 443',
      annotated({ 'mutual-authentication': '[{"port":443,"mode":"passthrough","trustStore":"arn:a"}]' }), /trustStore/],
    ['mutualAuthentication mode value must be among [off, passthrough, verify] for port 443 : on',
      annotated({ 'mutual-authentication': '[{"port":443,"mode":"on"}]' }), /off, passthrough or verify/],
    ['CertificateNotFound: A certificate must be specified for HTTPS listeners', { hosts: undefined }, /certificates.*must be given where there is no host/],
    ['Health check timeout must be smaller than the interval', annotated({ 'healthcheck-interval-seconds': '5', 'healthcheck-timeout-seconds': '10' }), /healthcheck-timeout-seconds/],
  ])('%s', (_, props, message) => {
    expect(() => ingressFixture(props)).toThrow(message);
  });
});

describe('ignored by the controller, without a word', () => {
  test.each<Lesson>([
    ['authentication where all comes over HTTP: everybody gets in',
      annotated({ 'listen-ports': '[{"HTTP":80}]', 'auth-type': 'cognito', 'auth-idp-cognito': '{"userPoolARN":"a","userPoolClientID":"b","userPoolDomain":"c"}' }), /auth/],
    ['tokens where all comes over HTTP: everybody gets in', annotated({ 'listen-ports': '[{"HTTP":80}]', 'jwt-validation': '{"jwksEndpoint":"https://a","issuer":"b"}' }), /jwt-validation/],
    ['a redirect without an HTTP listener', annotated({ 'listen-ports': '[{"HTTPS":443}]', 'ssl-redirect': '443' }), /ssl-redirect/],
    ['the first of two listeners on a port', annotated({ 'listen-ports': '[{"HTTP":443},{"HTTPS":443}]' }), /listen-ports/],
    ['client certificates on an HTTP port', { ...REDIRECTED, ...annotated({ 'mutual-authentication': '[{"port":80,"mode":"passthrough"}]' }) }, /mutual-authentication.*HTTPS/],
    ['client certificates on a port without listener', annotated({ 'mutual-authentication': '[{"port":8443,"mode":"passthrough"}]' }), /mutual-authentication.*8443/],
    ['tags that are its own', annotated({ tags: 'elbv2.k8s.aws/cluster=x' }), /tags/],
  ])('%s', (_, props, message) => {
    expect(() => ingressFixture(props)).toThrow(message);
  });
});

test('attributes that do not parse are refused: the Ingress could not be deleted any more', () => {
  expect(() => ingressFixture(annotated({ 'load-balancer-attributes': 'idle_timeout' }))).toThrow(/load-balancer-attributes.*key=value/);
});

describe('members of a group', () => {
  const group = (a: Partial<AlbIngressProps>, b: Partial<AlbIngressProps>) => () => {
    const { stack, controller, template } = controllerFixture();
    [a, b].forEach((props, index) => new AlbIngress(stack, `Ingress${index}`, { ...least(controller), hosts: [`host${index}.example.com`], groupName: 'shop', ...props }));
    return template();
  };

  test.each<[string, Partial<AlbIngressProps>, Partial<AlbIngressProps>, string]>([
    ['conflicting scheme: map[internal:{} internet-facing:{}]', {}, { ...annotated({ scheme: 'internet-facing' }), withoutWaf: true }, '`scheme` must be the same'],
    ['conflicting sslPolicy', { sslPolicy: elbv2.SslPolicy.TLS13_13 }, { sslPolicy: elbv2.SslPolicy.TLS13_12_RES_PQ }, '`ssl-policy of port 443` must be the same'],
    ['conflicting protocol, shop/a: HTTPS | shop/b: HTTP', {}, { listeners: [{ port: 443, protocol: HTTP }] }, '`listen-ports of port 443` must be the same'],
    ['conflicting load balancer attributes idle_timeout.timeout_seconds: 60 | 120',
      { loadBalancerAttributes: { 'idle_timeout.timeout_seconds': '60' } }, { loadBalancerAttributes: { 'idle_timeout.timeout_seconds': '120' } }, '`load-balancer-attributes: idle_timeout.timeout_seconds` must be the same'],
    ['conflicting tag Team: a | b', { tags: { Team: 'a' } }, { tags: { Team: 'b' } }, '`tags: Team` must be the same'],
    ['conflicting load balancer name: map[one:{} two:{}]', { loadBalancerName: 'one' }, { loadBalancerName: 'two' }, '`load-balancer-name` must be the same'],
    ['conflicting inbound-cidrs', { inboundCidrs: ['10.0.0.0/8'] }, { inboundCidrs: ['192.168.0.0/16'] }, '`inbound-cidrs of port 443` must be the same'],
    ['multiple ingress defined default backend', { defaultBackend: { service: 'web', port: 80 } }, { defaultBackend: { service: 'web', port: 80 } }, '`defaultBackend` must be given to one Ingress'],
  ])('%s', (_, a, b, message) => {
    expect(group(a, b)).toThrow(message);
  });

  test('one whose hosts are served over HTTP alone, where another redirects: they would be answered 404', () => {
    expect(group(REDIRECTED, { listeners: [{ port: 80, protocol: HTTP }] })).toThrow(/`listen-ports` must have HTTPS for all of the group shop, as default\/shop-ingress0\S+ redirects HTTP, got: HTTP alone of default\/shop-ingress1/);
  });

  test('agree if they say the same', () => {
    expect(group(REDIRECTED, REDIRECTED)).not.toThrow();
  });
});

describe('what the controller makes as it is asked', () => {
  test('a gRPC service whose HTTP listener redirects, without a health check protocol', () => {
    const { annotations: written } = ingressFixture({ redirectHttp: true, backendProtocolVersion: elbv2.ApplicationProtocolVersion.GRPC });
    const annotations = written();
    expect(annotations).toMatchObject({
      'listen-ports': '[{"HTTP":80},{"HTTPS":443}]', 'ssl-redirect': '443', 'backend-protocol-version': 'GRPC', 'success-codes': '0',
    });
    expect(annotations).not.toHaveProperty('healthcheck-protocol');
    expect(annotations['backend-protocol']).not.toBe('GRPC');
  });

  test('a web ACL by its ARN, which needs no right to list them', () => {
    const { stack, controller, object } = controllerFixture();
    const arn = 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/0123';
    new AlbIngress(stack, 'Ingress', { ...least(controller), webAcl: WebAcl.fromWebAclArn(stack, 'Acl', arn) });
    expect(annotationsOf(object('Ingress'))['wafv2-acl-arn']).toBe(arn);
  });
});
