import { Token } from 'aws-cdk-lib';
import { ingressFixture, prefixed } from './fixture';
import type { AlbIngressProps } from '../../src';
import { checkIngress } from '../../src/ingress/checks/check-ingress';

const backend = { service: { name: 'web', port: { number: 80 } } };
const rule = (path: object = {}, host?: unknown) => ({
  ...host === undefined ? {} : { host },
  http: { paths: [{ path: '/', pathType: 'Prefix', backend, ...path }] },
});
const findings = (spec: unknown, annotations: { [suffix: string]: string } = {}) =>
  checkIngress({ metadata: { annotations: prefixed(annotations) }, spec });
const complaints = (...rules: unknown[]) => findings({ rules }).map(it => `${it.at} ${it.allowed}`);

test.each(['app.example.com', '*.example.com', 'xn--bcher-kva.example', 'localhost', `${'a'.repeat(63)}.${'b'.repeat(63)}`, '1a.example.com'])('the host %s is taken', host => {
  expect(complaints(rule({}, host))).toEqual([]);
});

test.each([
  ['App.Example.com', 'write app.example.com'], ['bücher.example', 'write xn--bcher-kva.example'],
  ['https://app.example.com', 'no scheme'], ['app.example.com:443', 'no scheme'], ['app.example.com/', ''], ['', 'no scheme'],
  ['-a.example.com', 'no scheme'],
  ['a..example.com', 'no scheme'], ['*', 'no scheme'], ['a.*.example.com', 'no scheme'], ['10.0.0.1', 'no scheme'], ['a_b.example.com', 'no scheme'],
  [`${'a'.repeat(64)}.example.com`, 'no scheme'], [`${'a.'.repeat(64)}bc`, 'no scheme'],
])('the host %j is refused', (host, advice) => {
  expect(findings({ rules: [rule({}, host)] })).toEqual([

    expect.objectContaining({ at: 'spec.rules[0].host', allowed: expect.stringContaining('a lower-case domain name'), advice: expect.stringContaining(advice) }),
  ]);
});

test.each([
  [{ path: '/' }], [{ path: '/a/b.c~d' }], [{ path: '/a', pathType: 'Exact' }], [{ path: '/a*', pathType: 'ImplementationSpecific' }],
  [{ path: undefined, pathType: undefined }],
])('the path %j is taken', path => {
  expect(complaints(rule(path))).toEqual([]);
});

test.each([
  [{ path: '' }, 'a path that starts with /'], [{ path: 'a' }, 'a path that starts with /'], [{ path: '/*' }, 'without * and ?'],
  [{ path: '/a?', pathType: 'Exact' }, 'without * and ?'],
  [{ path: '/a//b' }, 'without //'], [{ path: '/../a' }, 'without //'], [{ path: '/a%2Fb' }, 'without //'],
  [{ path: '/ü' }, 'of letters'], [{ path: '/a b' }, 'of letters'],
  [{ path: `/${'a'.repeat(126)}` }, 'of at most 126 characters'], [{ path: 5 }, 'text'], [{ pathType: 'prefix' }, 'one of Exact, Prefix'],
])('the path %j is refused', (path, allowed) => {
  expect(complaints(rule(path))).toEqual([expect.stringContaining(allowed)]);
});

test('a regular expression is a path where the annotation says so', () => {
  const rules = [rule({ path: '/api/(v1|v2)/[a-z]+$', pathType: 'ImplementationSpecific' })];
  expect(findings({ rules }, { 'use-regex-path-match': 'true' })).toEqual([]);
  expect(findings({ rules })).toHaveLength(1);
});

test.each([
  [{ backend: undefined }, 'a Service'], [{ backend: { resource: {} } }, 'a Service'], [{ backend: { service: 'web' } }, 'a Service'],
  [{ backend: { service: { name: 'web' } } }, 'a number or a name'],
  [{ backend: { service: { name: 'web', port: { number: 80, name: 'http' } } } }, 'a number or a name'],
  [{ backend: { service: { name: 'web', port: { number: 0 } } } }, 'a port from 1'],
  [{ backend: { service: { name: 'web', port: { number: '80' } } } }, 'a port from 1'],
  [{ backend: { service: { name: 'Web', port: { number: 80 } } } }, 'the name of a Service'],
  [{ backend: { service: { port: { number: 80 } } } }, 'the name of a Service'],
  [{ backend: { service: { name: 'web', port: { name: '80' } } } }, 'a port\'s name'],
  [{ backend: { service: { name: 'web', port: { name: 'use-annotation' } } } }, 'actions.web'],
])('the backend of %j is refused', (path, allowed) => {
  expect(complaints(rule(path))).toEqual([expect.stringContaining(allowed)]);
});

test('a backend may be an action that an annotation defines', () => {
  const rules = [rule({ backend: { service: { name: 'gone', port: { name: 'use-annotation' } } } })];
  expect(findings({ rules }, { 'actions.gone': '{"type":"fixed-response","fixedResponseConfig":{"statusCode":"410"}}' })).toEqual([]);
});

test('hosts and paths are named once', () => {
  const hosts = complaints(rule({}, 'a.example.com'), rule({ path: '/b' }, 'a.example.com'));
  expect(hosts).toEqual([expect.stringMatching(/^spec\.rules\[1\]\.host named once/)]);
  const twice = rule();
  twice.http.paths.push({ ...twice.http.paths[0] });
  expect(complaints(twice)).toEqual([expect.stringMatching(/^spec\.rules\[0\]\.http\.paths\[1\]\.path named once/)]);
});

test.each([
  undefined, null, 'text', 5, [], {}, { metadata: null, spec: null }, { metadata: { annotations: 'a' }, spec: {} },
  { metadata: { annotations: [] }, spec: { rules: [rule()] } },
  { metadata: {}, spec: { rules: 'all' } }, { metadata: {}, spec: { rules: [null] } }, { metadata: {}, spec: { rules: [{}] } },
  { metadata: {}, spec: { rules: [{ http: { paths: [] } }] } },
  { metadata: {}, spec: { rules: [{ http: { paths: [null] } }] } }, { metadata: {}, spec: { rules: [rule({}, 5)] } },
  { metadata: {}, spec: { rules: [] } },
])('what is not an Ingress (%j) is a finding, and no crash', ingress => {
  expect(checkIngress(ingress).length).toBeGreaterThan(0);
});

test('conditions leave room for the rule\'s own host and path', () => {
  const conditions = (count: number) => ({

    'conditions.web': JSON.stringify([{ field: 'http-request-method', httpRequestMethodConfig: { values: Array.from({ length: count }, (_, index) => `M${index}`) } }]),
  });
  const rules = [rule({ path: '/api' }, 'app.example.com')];
  expect(findings({ rules }, conditions(2))).toEqual([]);
  expect(findings({ rules }, conditions(3))).toEqual([expect.objectContaining({ allowed: 'of at most 2 values' })]);
});

test('tokens pass', () => {
  const token = Token.asString({ Ref: 'Parameter' });

  expect(complaints(rule({ path: token, backend: { service: { name: token, port: { number: Token.asNumber({ Ref: 'Port' }) } } } }, token))).toEqual([]);
});

test.each<[string, Partial<AlbIngressProps>]>([
  ['`hosts[1]` must be a lower-case domain name', { hosts: ['a.example.com', 'B.example.com'] }],
  ['`hosts[1]` must be named once', { hosts: ['a.example.com', 'a.example.com'] }],
  ['`hosts` must be one host or more', { hosts: [] }],
  ['`paths` must be one rule or more', { paths: [] }],
  ['`paths[0].path` must be a path that starts with /', { paths: [{ path: 'a', service: 'web', port: 80 }] }],
  ['`paths[0].service` must be the name of a Service', { paths: [{ service: 'Web', port: 80 }] }],
  ['`paths[0].port` must be a port from 1 to 65535', { paths: [{ service: 'web', port: 0 }] }],
  ['`paths[0].port` must be a number or a name', { paths: [{ service: 'web' }] }],
  ['`paths[0].portName` must be given with the annotation', { paths: [{ service: 'web', portName: 'use-annotation' }] }],
  ['`defaultBackend.service` must be the name of a Service', { defaultBackend: { service: 'Web', port: 80 } }],
  ['`defaultBackend.port` must be a port from 1 to 65535', { defaultBackend: { service: 'web', port: 70000 } }],
  ['`ingressName` must be 1 to 253 lower-case letters', { ingressName: 'Web' }],
  ['`listeners` must be a list such as', { listeners: [] }],
  ['`certificates` must be one item or more', { certificates: [] }],
])('an AlbIngress says %s', (message, props) => {
  expect(() => ingressFixture(props)).toThrow(message);
});
