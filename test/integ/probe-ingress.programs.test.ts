import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import type { Server } from 'http';
import type { Http2Server } from 'http2';
import { connect } from 'net';
import { tmpdir } from 'os';
import { join } from 'path';
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'tls';
import { grpc, http, listening, probe, probesMissing, stopAll } from './probes';
import { serveGrpc, serveHttp } from '../../integ/support/backend';
import { Authority } from '../../rehearsal/cluster/certificates';
import { describeUnless } from '../support/run';

const ZONE = 'integ.example.com';
const HOSTS = ['web', 'api', 'grpc', 'shop', 'ws'];
type Handler = Parameters<typeof http>[0];

const folder = mkdtempSync(join(tmpdir(), 'authority-'));
const authority = new Authority('Of these tests');
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, authority.certificate);
afterAll(() => rmSync(folder, { recursive: true }));

/** What stands behind the load balancers: the real backend, by path. */
function backends(routes: { [path: string]: string } = {}): Server {
  const known: { [path: string]: string } = { '/': 'web', '/v1': 'web', '/users': 'users', '/orders': 'orders', '/products': 'products', ...routes };
  const server = http(({ url }) => known[url!] ? { text: JSON.stringify({ backend: known[url!] }) } : { code: 404, text: '' });
  return server.on('upgrade', (...upgrade) => serveHttp('web').emit('upgrade', ...upgrade));
}

interface Balancer {
  readonly names?: string[];
  readonly backend?: Server;
  readonly grpcBackend?: Http2Server;
  readonly plain?: Handler;
}

/** TLS as load balancers end it, with a certificate for all hosts: gRPC goes to its own backend, chosen by the host. */
async function balancer({ names = [`*.${ZONE}`], backend = backends(), grpcBackend = serveGrpc() }: Balancer): Promise<number> {
  const { certificate, key } = authority.issue('balancer', names, []);
  const [web, health] = [await listening(backend), await listening(grpcBackend)];
  const isGrpc = (host: unknown) => `${host}`.startsWith('grpc.');
  const ALPNCallback = ({ servername }: { servername: string }) => isGrpc(servername) ? 'h2' : 'http/1.1';
  const front = createTlsServer({ cert: certificate, key, ALPNCallback } as TlsOptions, socket => {
    const host = (socket as TLSSocket & { servername: string }).servername;
    asked.add(host);
    socket.on('error', () => undefined).pipe(connect(isGrpc(host) ? health.port : web.port, '127.0.0.1')).on('error', () => undefined).pipe(socket);
  });
  return (await listening(front)).port;
}

const asked = new Set<string>();

const redirect: Handler = ({ headers, url }) => ({ code: 301, text: '', headers: { location: `https://${headers.host}:443${url}` } });

async function run(as: Balancer = {}) {
  const open = await listening(http(as.plain ?? redirect));
  return probe('ingress', {
    ZONE,
    ...Object.fromEntries(['WEB', 'API_GATEWAY', 'GRPC', 'MICROSERVICES', 'WS'].map(it => [it, '127.0.0.1'])),
    TLS_PORT: `${await balancer(as)}`,
    HTTP_PORT: `${open.port}`,
    CURL_CA_BUNDLE: caFile,
  });
}

describeUnless(probesMissing)('the probe of Ingresses, as a process, and the backend', () => {
  afterEach(stopAll);

  test('passes if every pattern serves what it should', async () => {
    const { code, head, failed, ok } = await run();
    expect(failed).toEqual({});
    expect([code, head]).toEqual([0, 'PASSED 9 of 9 checks']);
    expect(ok).toMatchObject({
      'public-web-application-redirects-http': '301 https://web.integ.example.com:443/',
      'grpc-service': 'grpc-status 0, 7 bytes, HTTP/2 200',
      'microservices-orders': 'orders',
      'websocket-application': 'hello',
    });
  });

  test('fails if the certificate is for other hosts', async () => {
    const { code, failed } = await run({ names: ['other.example.com'] });
    expect(code).toBe(1);
    expect(failed['public-web-application']).toMatch(/^curl: \(60\) SSL: no alternative certificate subject name matches target host name 'web.integ.example.com'/);
    expect(Object.keys(failed)).toHaveLength(8);
  });

  test('fails if a path leads to another backend, or to one that should have none', async () => {
    expect((await run({ backend: backends({ '/orders': 'users', '/v2': 'web' }) })).failed).toEqual({
      'microservices-orders': "expected the backend orders, got: {'backend':'users'}",
      'internal-api-has-no-other-path': 'expected 404, got 200',
    });
  });

  test.each<[string, Handler, string]>([
    ['plain HTTP answers', () => ({ text: 'hello' }), 'expected a redirect to https://web.integ.example.com, got 200'],
    ['it redirects to another host', () => ({ code: 301, text: '', headers: { location: 'https://elsewhere.example.com/' } }),
      'expected a redirect to https://web.integ.example.com, got 301 https://elsewhere.example.com/'],
  ])('fails if %s', async (_, plain, reason) => {
    expect((await run({ plain })).failed).toEqual({ 'public-web-application-redirects-http': reason });
  });

  test('fails if WebSockets are not upgraded and gRPC has no health service', async () => {
    const backend = backends().removeAllListeners('upgrade').on('upgrade', (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'));
    expect((await run({ backend, grpcBackend: grpc('/another.Service/Check') })).failed).toEqual({
      'websocket-application': 'no upgrade: HTTP/1.1 400 Bad Request',
      'grpc-service': 'grpc-status 12, 7 bytes, HTTP/2 200',
    });
  });

  test(`asks each of the hosts ${HOSTS.join(', ')}`, async () => {
    asked.clear();
    await run();
    expect([...asked].sort()).toEqual(HOSTS.map(it => `${it}.${ZONE}`).sort());
  });
});
