import { Aws, Token } from 'aws-cdk-lib';
import { prefixed } from './fixture';
import { ALB_ANNOTATIONS } from '../../src/ingress/alb-annotations';

const complaints = (suffix: string, value: unknown) => ALB_ANNOTATIONS.check(prefixed({ [suffix]: value as string })).map(it => it.allowed);

const cognito = '{"userPoolARN":"a","userPoolClientID":"b","userPoolDomain":"c"}';
const forward = (groups: number, weight = '') => `{"type":"forward","forwardConfig":{"targetGroups":[${Array(groups).fill(`{"serviceName":"a"${weight}}`).join(',')}]}}`;
const condition = (rest: string) => `[{"field":"http-header","httpHeaderConfig":{${rest}}}]`;

test.each([
  ['load-balancer-name', 'a', `a${'b'.repeat(30)}c`],
  ['group.name', 'a', 'a.b-c', 'a'.repeat(63)],
  ['group.order', '-1000', '0', '1000'],
  ['tags', 'Team=shop', 'a=b,c=d', 'Note=one\\,two', 'Url=a=b'],
  ['ip-address-type', 'dualstack'],
  ['load-balancer-attributes', 'idle_timeout.timeout_seconds=1', 'idle_timeout.timeout_seconds=4000', 'client_keep_alive.seconds=60', 'unknown.key=x'],
  ['minimum-load-balancer-capacity', 'CapacityUnits=100'],
  ['wafv2-acl-arn', 'none', 'arn:aws-cn:wafv2:cn-north-1:123456789012:regional/webacl/a/b'],
  ['inbound-cidrs', '0.0.0.0/0', '10.0.0.1/8, ::/0', '203.0.113.7/32'],
  ['security-group-prefix-lists', 'pl-0123abcd'],
  ['listen-ports', '[{"HTTP":1},{"HTTPS":65535}]', '[{"HTTP":80,"HTTPS":443}]'],
  ['ssl-redirect', '443'],
  ['certificate-arn', 'arn:aws:acm:eu-west-1:1:certificate/a', 'arn:aws:acm:a:1:certificate/a, arn:aws:iam::1:server-certificate/b'],
  ['target-type', 'ip', 'instance'],
  ['backend-protocol-version', 'HTTP1', 'HTTP2', 'GRPC'],
  ['target-group-attributes', 'slow_start.duration_seconds=0', 'slow_start.duration_seconds=900', 'deregistration_delay.timeout_seconds=0'],
  ['healthcheck-port', 'traffic-port', '1', '65535', 'health'],
  ['healthcheck-path', '/', `/${'a'.repeat(1023)}`],
  ['success-codes', '200', '200-299,404', '0', '0-99'],
  ['auth-session-timeout', '1', '604800'],
  ['manage-backend-security-group-rules', 'true', 'False'],
  ['auth-idp-cognito', cognito],
  ['jwt-validation', '{"jwksEndpoint":"https://a","issuer":"b"}'],
  ['mutual-authentication', '[{"port":443,"mode":"verify","trustStore":"a"}]', '[{"port":443,"mode":"off"},{"port":444,"mode":"passthrough"}]'],
  ['actions.a', '{"type":"redirect","redirectConfig":{"statusCode":"HTTP_301"}}', '{"type":"fixed-response","fixedResponseConfig":{"statusCode":"404"}}', forward(1),
    forward(5, ',"weight":1'), '{"type":"forward","targetGroupARN":"arn"}'],
  ['conditions.a', condition('"httpHeaderName":"X-Tenant","values":["a"]'), '[{"field":"source-ip","sourceIpConfig":{"values":["10.0.0.0/8"]}}]'],
  ['transforms.a', '[{"type":"url-rewrite"}]'],
  ['target-control-port.web.80', '3000'],
])('%s may be %s', (suffix, ...values) => {
  expect(values.flatMap(value => complaints(suffix, value))).toEqual([]);
});

test.each([
  ['load-balancer-name', '1 to 32', '', 'a'.repeat(33), '-a', 'a_b', 'internal-a'],
  ['group.name', '1 to 63', '', 'A', '.a', 'a-', 'a'.repeat(64)],
  ['group.order', 'a whole number from -1000 to 1000', '1001', '-1001', '1.5', 'first', ''],
  ['tags', 'pairs of key=value', 'a', 'a=b,c', '=b'],
  ['tags', 'without keys that start with aws:', 'aws:a=b', 'AWS:a=b', 'kubernetes.io/a=b', 'elbv2.k8s.aws/cluster=a', 'ingress.k8s.aws/stack=a'],
  ['ip-address-type', 'one of ipv4', 'ipv6'],
  ['scheme', 'internal or internet-facing', 'public', 'Internal', ''],
  ['subnets', 'one item or more', '', ' , '],
  ['ipam-ipv4-pool-id', 'the id of an IPAM pool', 'pool-1'],
  ['load-balancer-attributes', 'with idle_timeout.timeout_seconds as a whole number from 1 to 4000', 'idle_timeout.timeout_seconds=0', 'a=b,idle_timeout.timeout_seconds=4001'],
  ['load-balancer-attributes', 'with routing.http.desync_mitigation_mode as one of', 'routing.http.desync_mitigation_mode=lax'],
  ['minimum-load-balancer-capacity', 'CapacityUnits=', '100'],
  ['wafv2-acl-arn', 'the ARN of a regional web ACL', 'shop', 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/b', 'arn:aws:waf-regional:eu-west-1:1:webacl/a'],
  ['shield-advanced-protection', 'true or false', 'yes', ''],
  ['inbound-cidrs', 'blocks of addresses', '10.0.0.0', '10.0.0.0/33', '10.0.0/8', '::/129', 'everybody', '10.0.0.0/8,10.0.0.0/'],
  ['security-group-prefix-lists', 'ids of prefix lists', 'sg-0123'],
  ['listen-ports', 'a list such as', '443', '[]', '{"HTTPS":443}', '[{"https":443}]', '[{"TCP":443}]', '[{"HTTPS":0}]', '[{"HTTPS":65536}]', '[{"HTTPS":"443"}]', '[443]', '[{"HTTPS":443}'],
  ['ssl-redirect', 'a whole number from 1 to 65535', '0', 'true', '[443]'],
  ['certificate-arn', 'ARNs of certificates', 'arn:aws:s3:::a', 'arn:aws:acm:a:1:certificate/a,shop'],
  ['ssl-policy', 'the name of a TLS policy', 'TLS13', ''],
  ['target-type', 'ip or instance', 'lambda'],
  ['backend-protocol', 'HTTP or HTTPS', 'GRPC', 'http'],
  ['backend-protocol-version', 'one of HTTP1', 'HTTP/2', 'grpc'],
  ['target-group-attributes', 'with slow_start.duration_seconds as a whole number from 30 to 900', 'slow_start.duration_seconds=29', 'slow_start.duration_seconds=901'],
  ['target-group-attributes', 'with stickiness.enabled as true or false', 'stickiness.enabled=yes'],
  ['healthcheck-port', 'a port from 1 to 65535', '0', '65536', 'Traffic', ''],
  ['healthcheck-protocol', 'HTTP or HTTPS', 'GRPC', 'TCP'],
  ['healthcheck-path', 'a path that starts with /', 'health', '', '/a b', `/${'a'.repeat(1024)}`],
  ['healthcheck-interval-seconds', 'a whole number from 5 to 300', '4', '301', '15s', '7.5'],
  ['healthcheck-timeout-seconds', 'a whole number from 2 to 120', '1', '121'],
  ['healthy-threshold-count', 'a whole number from 2 to 10', '1', '11'],
  ['success-codes', 'codes or ranges', 'ok', '500', '200-500', '200-'],
  ['auth-type', 'one of none', 'basic'],
  ['auth-session-cookie', 'the name of a cookie', 'a b', 'a=b'],
  ['auth-session-timeout', 'a whole number from 1 to 604800', '604801'],
  ['auth-idp-cognito', 'a JSON object with userPoolARN', 'shop', '[]', 'null', '{"userPoolARN":"a"}'],
  ['jwt-validation', 'with an https:// address', '{"jwksEndpoint":"http://a","issuer":"b"}'],
  ['mutual-authentication', 'a JSON list', '{}', '[]', '[null]'],
  ['mutual-authentication', 'off, passthrough or verify', '[{"port":443}]', '[{"port":443,"mode":"on"}]'],
  ['mutual-authentication', 'a list of objects with a port', '[{"port":0,"mode":"off"}]', '[{"mode":"off"}]'],
  ['mutual-authentication', 'without trustStore', '[{"port":443,"mode":"off","trustStore":"a"}]'],
  ['actions.a', 'a JSON object whose type', 'forward', '[]', '{}', '{"type":"authenticate"}'],
  ['actions.a', 'given redirectConfig with statusCode', '{"type":"redirect"}', '{"type":"redirect","redirectConfig":{"port":"443"}}'],
  ['actions.a', 'given fixedResponseConfig', '{"type":"fixed-response"}'],
  ['actions.a', 'given forwardConfig', '{"type":"forward"}'],
  ['actions.a', 'given 1 to 5 targetGroups', forward(0), forward(6, ',"weight":1')],
  ['actions.a', 'given a weight', forward(2)],
  ['conditions.a', 'given one of host-header', '[{"field":"cookie"}]', '[{}]'],
  ['conditions.a', 'given httpHeaderConfig', '[{"field":"http-header"}]'],
  ['conditions.a', 'given an httpHeaderName', condition('"values":["a"]'), condition('"httpHeaderName":"X Tenant","values":["a"]'), condition('"httpHeaderName":"X:","values":["a"]')],
  ['conditions.a', 'given 1 to 5 values', condition('"httpHeaderName":"X","values":[]'), condition('"httpHeaderName":"X","values":[1,2,3,4,5,6]')],
  ['conditions.a', 'given values or regexValues', condition('"httpHeaderName":"X","values":["a"],"regexValues":["b"]')],
  ['transforms.a', 'given one of url-rewrite', '[{"type":"path"}]'],
])('%s must be %s', (suffix, allowed, ...values) => {
  for (const value of values) {
    expect({ value, complaints: complaints(suffix, value) }).toEqual({ value, complaints: [expect.stringContaining(allowed)] });
  }
});

test.each([1, true, null, ['a'], { a: 'b' }])('a value that is not text (%p) is a finding, and no crash', value => {
  expect(ALB_ANNOTATIONS.check(prefixed({ 'group.order': value as unknown as string }))).toEqual([expect.objectContaining({ allowed: 'text', rule: 'malformed' })]);
});

test('a huge value is checked as any other', () => {
  expect(complaints('inbound-cidrs', Array(10_000).fill('10.0.0.0/8').join(','))).toEqual([]);
  expect(complaints('tags', 'a'.repeat(200_000))).toEqual([expect.stringContaining('pairs')]);
});

test.each(['scheme', 'group.order', 'listen-ports', 'certificate-arn', 'tags', 'auth-idp-oidc', 'ssl-redirect', 'actions.a'])('%s may be a token', suffix => {
  expect(complaints(suffix, Token.asString({ Ref: 'Parameter' }))).toEqual([]);
});

test('what stands around tokens is checked', () => {
  expect(complaints('certificate-arn', `arn:aws:acm:${Aws.REGION}:1:certificate/a,shop`)).toEqual(['ARNs of certificates of ACM or IAM']);
  expect(complaints('load-balancer-attributes', `access_logs.s3.bucket=${Token.asString({ Ref: 'Bucket' })},idle_timeout.timeout_seconds=0`))
    .toEqual([expect.stringContaining('idle_timeout')]);
});

test('names that the controller does not know are reported, those of others are not', () => {
  expect(ALB_ANNOTATIONS.unknown({ ...prefixed({ 'healthcheck-pth': '/', 'frontend-nlb-scheme': 'internal', 'actions': '{}' }), 'kubernetes.io/a': 'b' }))
    .toEqual(['alb.ingress.kubernetes.io/healthcheck-pth', 'alb.ingress.kubernetes.io/actions']);
});
