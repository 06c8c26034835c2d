import { prefixed } from './fixture';
import { checkIngress } from '../../src/ingress/checks/check-ingress';

const spec = { ingressClassName: 'alb', rules: [{ host: 'app.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: backend() }] } }] };
const oidc = {
  'auth-type': 'oidc',
  'auth-idp-oidc': '{"issuer":"https://a","authorizationEndpoint":"https://a","tokenEndpoint":"https://a","userInfoEndpoint":"https://a","secretName":"a"}',
};
const both = '[{"HTTP":80},{"HTTPS":443}]';
const verify = (...ports: number[]) => JSON.stringify(ports.map(port => ({ port, mode: 'verify', trustStore: 'a' })));

function backend() {
  return { service: { name: 'web', port: { number: 80 } } };
}

function findings(annotations: { [suffix: string]: string }, context = {}, ofSpec: unknown = spec) {
  return checkIngress({ metadata: { annotations: prefixed({ 'listen-ports': '[{"HTTPS":443}]', ...annotations }) }, spec: ofSpec }, context)
    .map(({ at, allowed }) => `${at.replace('alb.ingress.kubernetes.io/', '')}: ${allowed}`);
}

test.each([
  ['a redirect', { 'listen-ports': both, 'ssl-redirect': '443' }],
  ['several ports', { 'listen-ports': '[{"HTTP":80},{"HTTP":8080},{"HTTPS":443}]' }],
  ['HTTP alone', { 'listen-ports': '[{"HTTP":80}]' }],
  ['authentication where HTTP redirects', { ...oidc, 'listen-ports': both, 'ssl-redirect': '443' }],
  ['gRPC', { 'backend-protocol-version': 'GRPC', 'healthcheck-path': '/a.B/Check', 'success-codes': '0-99' }],
  ['gRPC where HTTP redirects', { 'backend-protocol-version': 'GRPC', 'listen-ports': both, 'ssl-redirect': '443' }],
  ['gRPC that is forwarded', { 'backend-protocol-version': 'GRPC', 'actions.a': '{"type":"forward","targetGroupARN":"a"}' }],
  ['stickiness of pods', { 'target-type': 'ip', 'target-group-attributes': 'stickiness.enabled=true' }],
  ['groups of its own', { 'security-groups': 'sg-1', 'manage-backend-security-group-rules': 'true' }],
  ['an internet-facing one with a web ACL', { 'scheme': 'internet-facing', 'wafv2-acl-arn': 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/0123' }],
  ['clients\' certificates', { 'mutual-authentication': verify(443) }],
  ['slow start by turns', { 'target-group-attributes': 'slow_start.duration_seconds=30,load_balancing.algorithm.type=round_robin' }],
])('takes %s', (_, annotations) => {
  expect(findings(annotations as any)).toEqual([]);
});

test.each([
  ['a port twice', { 'listen-ports': '[{"HTTP":80},{"HTTPS":80}]' }, 'listen-ports: with each port once'],
  ['a redirect to a port that nobody listens on', { 'listen-ports': both, 'ssl-redirect': '8443' }, 'ssl-redirect: the port of an HTTPS listener: 443'],
  ['a redirect to an HTTP port', { 'listen-ports': both, 'ssl-redirect': '80' }, 'ssl-redirect: the port of an HTTPS listener: 443'],
  ['a redirect of nothing', { 'ssl-redirect': '443' }, 'ssl-redirect: given with an HTTP listener'],
  ['a certificate without HTTPS', { 'listen-ports': '[{"HTTP":80}]', 'certificate-arn': 'arn:aws:acm:a:1:certificate/a' }, 'certificate-arn: given with an HTTPS listener'],
  ['clients\' certificates on another port', { 'mutual-authentication': verify(8443) }, 'mutual-authentication: given for ports of HTTPS listeners'],
  ['three listeners that verify', { 'listen-ports': '[{"HTTPS":1},{"HTTPS":2},{"HTTPS":3}]', 'mutual-authentication': verify(1, 2, 3) },
    'mutual-authentication: of mode verify for 2 listeners or fewer'],
  ['authentication that HTTP bypasses', { ...oidc, 'listen-ports': both }, 'auth-type: given without an HTTP listener, unless that redirects'],
  ['tokens that HTTP bypasses', { 'listen-ports': both, 'jwt-validation': '{"jwksEndpoint":"https://a","issuer":"b"}' },
    'jwt-validation: given without an HTTP listener, unless that redirects'],
  ['authentication over HTTP', { ...oidc, 'listen-ports': '[{"HTTP":80}]' }, 'auth-type: given with an HTTPS listener'],
  ['gRPC over HTTP', { 'listen-ports': both, 'backend-protocol-version': 'GRPC' }, 'backend-protocol-version: HTTP1 where a listener is HTTP'],
  ['HTTP/2 to the pods only', { 'backend-protocol-version': 'HTTP2', 'load-balancer-attributes': 'routing.http2.enabled=false' },
    'load-balancer-attributes: without routing.http2.enabled=false where targets speak HTTP2'],
  ['a health check of gRPC by a plain path', { 'backend-protocol-version': 'GRPC', 'healthcheck-path': '/health' }, 'healthcheck-path: /package.service/method'],
  ['HTTP codes of gRPC', { 'backend-protocol-version': 'GRPC', 'success-codes': '200' }, 'success-codes: gRPC codes from 0 to 99'],
  ['gRPC codes of HTTP', { 'success-codes': '0' }, 'success-codes: HTTP codes from 200 to 499'],
  ['gRPC that is redirected', { 'backend-protocol-version': 'GRPC', 'actions.a': '{"type":"redirect","redirectConfig":{"statusCode":"HTTP_301"}}' },
    'actions.a: of type forward where targets speak gRPC'],
  ['stickiness of instances', { 'target-type': 'instance', 'target-group-attributes': 'stickiness.enabled=true' }, 'target-group-attributes: without stickiness'],
  ['labels of nodes where targets are pods', { 'target-type': 'ip', 'target-node-labels': 'a=b' }, 'target-node-labels: left out'],
  ['slow start by another algorithm', { 'target-group-attributes': 'slow_start.duration_seconds=30,load_balancing.algorithm.type=weighted_random' },
    'target-group-attributes: with slow start or an algorithm other than'],
  ['a check that outlasts the next', { 'healthcheck-interval-seconds': '5', 'healthcheck-timeout-seconds': '5' }, 'healthcheck-timeout-seconds: less than the interval of 5'],
  ['a timeout as long as the default interval', { 'healthcheck-timeout-seconds': '15' }, 'healthcheck-timeout-seconds: less than the interval of 15'],
  ['addresses beside groups of its own', { 'security-groups': 'sg-1', 'inbound-cidrs': '10.0.0.0/8' }, 'inbound-cidrs: left out with security-groups'],
  ['rules of groups that are not given', { 'manage-backend-security-group-rules': 'true' }, 'manage-backend-security-group-rules: given with security-groups'],
  ['no web ACL for the internet', { scheme: 'internet-facing' }, 'wafv2-acl-arn: given for an internet-facing load balancer'],
  ['a web ACL of WAF Classic for the internet', { 'scheme': 'internet-facing', 'waf-acl-id': 'a' }, 'wafv2-acl-arn: given for an internet-facing load balancer'],
])('refuses %s', (_, annotations, finding) => {
  expect(findings(annotations as any)).toEqual([expect.stringContaining(finding)]);
});

test('takes the controller\'s default listener where none is named: HTTPS with a certificate, HTTP without', () => {
  const withoutPorts = (annotations: object) =>
    checkIngress({ metadata: { annotations: prefixed({ ...oidc, ...annotations }) }, spec }).map(it => it.rule);
  expect(withoutPorts({})).toEqual(['auth-bypass']);
  expect(withoutPorts({ 'certificate-arn': 'arn:aws:acm:a:1:certificate/a' })).toEqual([]);
});

test('knows what the class brings', () => {
  const hostless = { ...spec, rules: [{ http: spec.rules[0].http }] };
  const needsOne = [expect.stringContaining('certificate-arn: given where there is no host')];
  expect(findings({}, { certificateOfClass: false }, hostless)).toEqual(needsOne);
  expect(findings({}, { certificateOfClass: true }, hostless)).toEqual([]);
  expect(findings({}, {}, hostless)).toEqual([]); // a class that is not known
  expect(findings({}, { schemeOfClass: 'internet-facing' })).toEqual([expect.stringContaining('wafv2-acl-arn')]);
});

test('names the rule of the policies that says the same', () => {
  const rules = (annotations: { [suffix: string]: string }) =>
    checkIngress({ metadata: { annotations: prefixed(annotations) }, spec }).map(it => it.rule);
  expect(rules({ scheme: 'internet-facing' })).toEqual(['waf-required']);
  expect(rules({ ...oidc, 'listen-ports': both })).toEqual(['auth-bypass']);
});
