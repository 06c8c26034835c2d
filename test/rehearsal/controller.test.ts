import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { connect, createServer, type AddressInfo, type Server } from 'net';
import { tmpdir } from 'os';
import { join } from 'path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ingresses } from '../../rehearsal/apps/ingresses';
import type { LoadBalancer } from '../../rehearsal/aws/load-balancers';
import { webIdentityToken } from '../../rehearsal/aws/web-identity';
import { namedProgram } from '../../rehearsal/controller/real-controller';
import { WebhookRoute } from '../../rehearsal/controller/webhook-route';
import { portsOf, shortOf } from '../../rehearsal/lifecycle/ingress';

const folder = mkdtempSync(join(tmpdir(), 'controller-'));
afterAll(() => rmSync(folder, { recursive: true }));

const INGRESS = {
  metadata: {
    annotations: Object.fromEntries(Object.entries({
      'scheme': 'internet-facing',
      'target-type': 'ip',
      'listen-ports': '[{"HTTP":80},{"HTTPS":443}]',
      'ssl-redirect': '443',
      'certificate-arn': 'arn:first,arn:second',
      'ssl-policy': 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
      'wafv2-acl-arn': 'arn:acl',
      'healthcheck-path': '/health',
      'healthcheck-interval-seconds': '15',
      'success-codes': '200',
      'load-balancer-attributes': 'idle_timeout.timeout_seconds=3600',
      'target-group-attributes': 'stickiness.enabled=true',
      'tags': 'Team=shop,Owner=a\\,b',
    }).map(([suffix, value]) => [`alb.ingress.kubernetes.io/${suffix}`, value])),
  },
  spec: { rules: [{ host: 'shop.example.com', http: { paths: [{ path: '/' }, { path: '/users' }] } }] },
};

const BALANCER: LoadBalancer = {
  dns: 'shop.elb.amazonaws.com',
  scheme: 'internet-facing',
  tags: { Team: 'shop', Owner: 'a,b', Other: 'x' },
  attributes: { 'idle_timeout.timeout_seconds': '3600', 'routing.http2.enabled': 'true' },
  webAcl: 'arn:acl',
  opened: ['sg-nodes'],
  listeners: [
    { port: 80, protocol: 'HTTP', policy: null, certificates: [], redirects: [{ Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' }], rules: [] },
    {
      port: 443,
      protocol: 'HTTPS',
      policy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
      certificates: ['arn:first'],
      redirects: [],
      rules: ['/*', '/users'].map(path => ({ hosts: ['shop.example.com'], paths: [path], actions: ['forward'] })),
    },
  ],
  targetGroups: [{
    name: 'web',
    type: 'ip',
    version: 'HTTP1',
    path: '/health',
    interval: 15,
    timeout: 5,
    healthy: 2,
    unhealthy: 2,
    codes: '200',
    attributes: { 'stickiness.enabled': 'true' },
    targets: 1,
    tags: { Team: 'shop', Owner: 'a,b' },
  }],
};

const [HTTP, HTTPS] = BALANCER.listeners;
const [GROUP] = BALANCER.targetGroups;

describe('a load balancer is compared with its Ingress', () => {
  test('it may have more than that asks for', () => {
    expect(shortOf(INGRESS, BALANCER)).toEqual([]);
  });

  test.each<[string, Partial<LoadBalancer>, string[]]>([
    ['another scheme', { scheme: 'internal' }, ['the scheme is internal, not internet-facing']],
    ['no web ACL', { webAcl: null }, ['the web ACL is null, not arn:acl']],
    ['no way to the pods', { opened: [] }, ['no security group lets it in to the pods']],
    ['another attribute', { attributes: {} }, ['attribute idle_timeout.timeout_seconds is undefined, not 3600']],
    ['no tag', { tags: { Team: 'shop' } }, ['tag Owner is undefined, not a,b']],
    ['no listener to redirect', { listeners: [HTTPS] }, ['there is no HTTP listener on port 80']],
    ['no redirect', { listeners: [{ ...HTTP, redirects: [] }, HTTPS] }, ['the redirect of port 80 is none, not HTTPS 443 HTTP_301']],
    ['an old TLS policy', { listeners: [HTTP, { ...HTTPS, policy: 'ELBSecurityPolicy-2016-08' }] },
      ['the TLS policy of port 443 is ELBSecurityPolicy-2016-08, not ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09']],
    ['another certificate', { listeners: [HTTP, { ...HTTPS, certificates: ['arn:second'] }] },
      ['the certificate of port 443 is arn:second, not arn:first']],
    ['a path without a rule', { listeners: [HTTP, { ...HTTPS, rules: HTTPS.rules.slice(0, 1) }] }, ['port 443 has no rule for shop.example.com/users']],
    ['a rule that does not forward', { listeners: [HTTP, { ...HTTPS, rules: HTTPS.rules.map(rule => ({ ...rule, actions: ['fixed-response'] })) }] },
      ['port 443 has no rule for shop.example.com/', 'port 443 has no rule for shop.example.com/users']],
    ['another health check', { targetGroups: [{ ...GROUP, path: '/' }] }, ['healthcheck-path of web is /, not /health']],
    ['no stickiness', { targetGroups: [{ ...GROUP, attributes: {} }] }, ['attribute of web stickiness.enabled is undefined, not true']],
  ])('it is short of something with %s', (_, change, problems) => {
    expect(shortOf(INGRESS, { ...BALANCER, ...change })).toEqual(problems);
  });

  test('a web ACL is one too many where there must be none', () => {
    const without = { metadata: { annotations: { 'alb.ingress.kubernetes.io/wafv2-acl-arn': 'none' } }, spec: {} };
    expect(shortOf(without, BALANCER)).toEqual(['the web ACL is arn:acl, not null']);
  });

  test('its ports are those of the annotation', () => {
    expect(portsOf('[{"HTTP":80},{"HTTPS":443,"HTTP":8080}]')).toEqual([
      { protocol: 'HTTP', port: 80 }, { protocol: 'HTTPS', port: 443 }, { protocol: 'HTTP', port: 8080 },
    ]);
    expect(portsOf(undefined)).toEqual([]);
  });
});

describe('the program', () => {
  test('is undefined unless the environment names one', () => {
    expect(namedProgram({})).toBeUndefined();
    expect(namedProgram({ AWS_LOAD_BALANCER_CONTROLLER: '' })).toBeUndefined();
  });

  test('is the file that it names, which must be there', () => {
    const file = join(folder, 'controller');
    writeFileSync(file, '');
    expect(namedProgram({ AWS_LOAD_BALANCER_CONTROLLER: file, CHARTS_DIR: folder })).toBe(file);
    expect(() => namedProgram({ AWS_LOAD_BALANCER_CONTROLLER: join(folder, 'none') })).toThrow(/`AWS_LOAD_BALANCER_CONTROLLER`.*there is no .*none/);
  });

  test('needs the real charts', () => {
    expect(() => namedProgram({ AWS_LOAD_BALANCER_CONTROLLER: __filename })).toThrow(/`CHARTS_DIR` must hold the real charts/);
  });

  test('gets a token of its service account', () => {
    const [, claims] = webIdentityToken('https://issuer', 'kube-system', 'controller').split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      iss: 'https://issuer', aud: 'sts.amazonaws.com', sub: 'system:serviceaccount:kube-system:controller',
    });
  });
});

describe('the way to webhooks', () => {
  let route: WebhookRoute;
  let server: Server;
  beforeEach(async () => {
    route = await WebhookRoute.open(mkdtempSync(join(folder, 'route-')));
    server = createServer(socket => socket.on('data', data => socket.end(`heard ${data}`)));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await route.close();
    server.close();
  });

  /** What comes back for a call of a Service's address. */
  const call = (address: string) => new Promise<string>((resolve, reject) => {
    let heard = '';
    const socket = connect(route.socket).on('error', reject).on('close', () => resolve(heard));
    socket.write(`CONNECT ${address} HTTP/1.1\r\nHost: ${address}\r\n\r\n`);
    socket.on('data', data => {
      heard += data;
      if (/200 Connection established\r\n\r\n$/.test(heard)) {
        socket.write('hello');
      }
    });
  });

  test('leads to the program of the Service that is called', async () => {
    route.lead(async address => address === '172.20.0.9:443' ? (server.address() as AddressInfo).port : undefined);
    expect(await call('172.20.0.9:443')).toMatch(/200 Connection established\r\n\r\nheard hello$/);
  });

  test('waits for a program that does not listen yet', async () => {
    let asked = 0;
    route.lead(async () => ++asked < 3 ? undefined : (server.address() as AddressInfo).port);
    expect(await call('172.20.0.9:443')).toMatch(/heard hello$/);
    expect(asked).toBe(3);
  });
});

test('the starter has each pattern once', () => {
  const template = Template.fromStack(ingresses(new App({ context: { 'aws:cdk:disable-asset-staging': true } }), 'dev'));
  const manifests = Object.values(template.findResources('Custom::AWSCDK-EKS-KubernetesResource')).map(it => JSON.stringify(it.Properties.Manifest));
  const hosts = ['app', 'api', 'grpc', 'shop', 'ws'].map(host => manifests.filter(manifest => manifest.includes(`\\"host\\":\\"${host}.example.com`)).length);
  expect(hosts).toEqual([1, 1, 1, 1, 1]);
});
