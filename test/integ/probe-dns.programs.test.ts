import { createSocket, type Socket } from 'dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { kubernetes, listening, probe, probesMissing, stopAll } from './probes';
import { missingOf, programIn } from '../../rehearsal/setup/toolchain';
import { cacheFolder } from '../../rehearsal/support/paths';
import { freePorts, Processes, sleep } from '../../rehearsal/support/processes';
import { NodeLocalDns, type NodeLocalDnsProps } from '../../src';
import { clusterFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';
import { describeUnless } from '../support/run';

const INGRESSES = '/apis/networking.k8s.io/v1/namespaces/default/ingresses';
const COREDNS_PODS = '/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app=kube-dns';
const HOST = 'probe.integ.internal';
const missing = probesMissing ?? missingOf(['coredns']);

/*
 * The cache is a real CoreDNS with the construct's own Corefile, on two addresses of this machine; behind it a second one stands for the
 * cluster's DNS and for Route 53. ExternalDNS is simulated: a record is made when an Ingress gets its address, and deleted with the Ingress.
 */
describeUnless(missing)('the probe of DNS, as a process, against a real CoreDNS', () => {
  const coredns = programIn(cacheFolder(), 'coredns');
  let folder: string;
  let processes: Processes;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'probe-dns-'));
    processes = new Processes(join(folder, 'logs'));
  });
  afterEach(async () => {
    stopAll();
    sockets.splice(0).forEach(socket => socket.close());
    await processes.stopAll();
    rmSync(folder, { recursive: true });
  });

  interface Cluster {
    readonly cache?: Partial<NodeLocalDnsProps>;
    readonly corefile?: (corefile: string) => string;
    readonly environment?: { [name: string]: string };
    /** What ExternalDNS does. */
    readonly writes?: boolean;
    readonly removes?: boolean;
  }

  async function run({ cache, corefile = it => it, environment, writes = true, removes = true }: Cluster = {}) {
    const [port, healthPort, cacheMetrics, metricsPort] = await freePorts(4);
    const route53 = await names(port);
    start('upstream', upstream(port, metricsPort));
    start('cache', corefile(corefileOf(cache))
      .replaceAll(':53 {', `:${port} {`)
      .replaceAll('bind 0.0.0.0', 'bind 127.0.0.2 127.0.0.3')
      .replaceAll(/__PILLAR__\w+__(DNS|SERVERS)__/g, `127.0.0.1:${port}`)
      .replaceAll(':9253', `127.0.0.1:${cacheMetrics}`)
      .replaceAll(/health$/gm, `health 127.0.0.1:${healthPort}`));
    await sleep(500);
    const made: any[] = [];
    const api = await listening(kubernetes({
      [COREDNS_PODS]: { items: [{ status: { podIP: '127.0.0.1' } }] },
      [`POST ${INGRESSES}`]: (object: any) => made.push(object) && object,
      [`PATCH ${INGRESSES}/probe-dns/status`]: (object: any) => {
        route53.address = writes && made[0].spec.rules[0].host === HOST ? object.status.loadBalancer.ingress[0].ip : undefined;
        return object;
      },
      [`DELETE ${INGRESSES}/probe-dns`]: () => {
        route53.address = removes ? undefined : route53.address;
        return { kind: 'Status', status: 'Success' };
      },
    }));
    const report = await probe('dns', {
      API: `http://127.0.0.1:${api.port}`,
      CACHES: '127.0.0.2 127.0.0.3',
      ZONE: 'integ.internal',
      TTL: '20',
      NEGATIVE_TTL: '4',
      PORT: `${port}`,
      METRICS_PORT: `${metricsPort}`,
      RESOLVER: '127.0.0.4',
      PROBE_SECONDS: '12',
      ...environment,
    });
    return { ...report, made };
  }

  function start(name: string, content: string) {
    writeFileSync(join(folder, name), content);
    processes.start(name, coredns, ['-conf', join(folder, name)], { cwd: folder });
  }

  test('passes if the cache and ExternalDNS do their work', async () => {
    const { code, head, ok, failed, made } = await run({ cache: { cacheTtl: 20, cacheNegativeTtl: 4 } });
    expect(failed).toEqual({});
    expect([code, head]).toEqual([0, 'PASSED 12 of 12 checks']);
    expect(made[0].spec.rules).toEqual([{ host: HOST }]);
    expect(ok).toMatchObject({
      'cache-answers-on-127.0.0.2': '172.20.0.1',
      'answers-of-127.0.0.3-live-no-longer-than-20-s': expect.stringMatching(/^\d+ s, then \d+ s$/),
      '127.0.0.2-spares-coredns': expect.stringMatching(/^100 queries, \d to CoreDNS$/),
      'record-appears': '192.0.2.10',
      'record-goes': 'none',
    });
  });

  test('fails if answers live longer than they should', async () => {
    const { failed } = await run({ cache: { cacheTtl: 30, cacheNegativeTtl: 9 } });
    expect(failed['answers-of-127.0.0.2-live-no-longer-than-20-s']).toBe('long.integ.internal may be kept for 30 s, expected 20 s at most');
    expect(failed['denials-of-127.0.0.3-live-no-longer-than-4-s']).toMatch(/^none.integ.internal may be kept for [5-9] s, expected 4 s at most$/);
  });

  test('fails if there is no cache', async () => {
    const { failed } = await run({ corefile: it => it.replaceAll(/cache \{[^}]*\}/g, ''), environment: { CACHES: '127.0.0.2', TTL: '300', NEGATIVE_TTL: '300' } });
    expect(failed['127.0.0.2-spares-coredns']).toBe('100 queries to the cache made 100 to CoreDNS, expected fewer than 50');
    expect(failed['answers-of-127.0.0.2-live-no-longer-than-300-s']).toMatch(/may be kept for 300 s, and 2 s later for 300 s, at a third try: not from a cache$/);
  });

  test('fails if ExternalDNS writes nothing, and if nothing answers', async () => {
    const { failed } = await run({ writes: false, environment: { CACHES: '127.0.0.9', PROBE_SECONDS: '2' } });
    expect(failed['record-appears']).toBe(`expected '192.0.2.10' for ${HOST}, got ''`);
    expect(failed['cache-answers-on-127.0.0.9']).toMatch(/connection refused|timed out|no servers could be reached/);
    expect(failed).not.toHaveProperty('ingress-is-made');
  });

  test('fails if ExternalDNS leaves the record', async () => {
    const { failed } = await run({ removes: false, environment: { CACHES: '', PROBE_SECONDS: '6' } });
    expect(failed).toEqual({ 'record-goes': `expected '' for ${HOST}, got '192.0.2.10'` });
  });
});

function corefileOf(props: Partial<NodeLocalDnsProps> = {}): string {
  const { stack, cluster, template } = clusterFixture();
  new NodeLocalDns(stack, 'Dns', { cluster, clusterDnsIp: '172.20.0.10', ...props });
  return kubernetesObjects(template()).find(it => it.kind === 'ConfigMap').data.Corefile;
}

/** Answers queries for any name with one address, or without one. */
async function names(port: number): Promise<{ address?: string }> {
  const held: { address?: string } = {};
  const socket = createSocket('udp4');
  socket.on('message', (query, client) => {
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    const flags = Buffer.from([0x85, 0x80, 0, 1, 0, held.address ? 1 : 0, 0, 0, 0, 0]); // an answer, by the one who knows
    const record = held.address ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 10, 0, 4, ...held.address.split('.').map(Number)]) : Buffer.alloc(0);
    socket.send(Buffer.concat([query.subarray(0, 2), flags, question, record]), client.port, client.address);
  });
  sockets.push(socket);
  await new Promise<void>(resolve => socket.bind(port, '127.0.0.4', resolve));
  return held;
}

const sockets: Socket[] = [];

/** All answers are good for 300 seconds, those that there is no such name too. */
function upstream(port: number, metricsPort: number): string {
  return `.:${port} {
  bind 127.0.0.1
  prometheus 127.0.0.1:${metricsPort}
  template IN A default.svc.cluster.local {
    answer "{{ .Name }} 300 IN A 172.20.0.1"
  }
  template IN A integ.internal {
    match "^none[.]"
    rcode NXDOMAIN
    authority ". 300 IN SOA ns. admin. 1 7200 1800 86400 300"
    fallthrough
  }
  template IN A integ.internal {
    answer "{{ .Name }} 300 IN A 192.0.2.1"
  }
}
`;
}
