import { spawn, type ChildProcess } from 'child_process';
import { Resolver } from 'dns/promises';
import * as fs from 'fs';
import { createServer } from 'net';
import * as os from 'os';
import * as path from 'path';
import { missingOf, programIn } from '../../rehearsal/setup/toolchain';
import { cacheFolder } from '../../rehearsal/support/paths';
import { renderCorefile } from '../../src/addons/node-local-dns-objects';

/*
 * The cache's configuration, run by a real CoreDNS: node-cache is a CoreDNS with the same plugins. Only the words that node-cache fills in
 * itself are filled in here, and addresses are those of this machine alone.
 */
const COREDNS = process.env.COREDNS ?? (missingOf(['coredns']) === undefined ? programIn(cacheFolder(), 'coredns') : undefined);
const withCoreDns = COREDNS ? describe : describe.skip;

withCoreDns('the Corefile in a real CoreDNS (needs COREDNS, the path of its binary, or the one that the rehearsal builds)', () => {
  const running: ChildProcess[] = [];
  const asked: string[] = [];
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  let folder: string;
  let upstream: ChildProcess;

  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'corefile-'));
    const [port, upstreamPort, healthPort, metricsPort] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    upstream = start('Upstream', upstreamCorefile(upstreamPort));
    upstream.stdout!.on('data', chunk => asked.push(...`${chunk}`.split('\n')));
    const settings = { clusterDnsIp: '172.20.0.10', ttl: 3, negativeTtl: 2, serveStale: 60, metrics: true, image: '', redirectedByCilium: true };
    start('Cache', renderCorefile(settings)
      .replaceAll(':53 {', `:${port} {`)
      .replaceAll('0.0.0.0', '127.0.0.1')
      .replaceAll(/__PILLAR__\w+__(DNS|SERVERS)__/g, `127.0.0.1:${upstreamPort}`)
      .replaceAll(':9253', `127.0.0.1:${metricsPort}`)
      .replaceAll(/health$/gm, `health 127.0.0.1:${healthPort}`));
    resolver.setServers([`127.0.0.1:${port}`]);
    await answered(() => resolver.resolve4('warm.example.com'));
  });

  afterAll(() => {
    running.forEach(child => child.kill());
    fs.rmSync(folder, { recursive: true });
  });

  test.each(['web.default.svc.cluster.local', 'www.example.com'])('%s is cached no longer than `cacheTtl`', async name => {
    const [{ ttl }] = await resolver.resolve4(name, { ttl: true });
    expect(ttl).toBe(3); // upstream says 300
  });

  test.each(['none.default.svc.cluster.local', 'none.invalid', '9.0.0.10.in-addr.arpa'])('that %s does not exist is cached for `cacheNegativeTtl`', async name => {
    const times = async () => {
      await seconds(0.5); // CoreDNS answers first, then it writes its log
      return asked.filter(line => line.includes(` ${name}. `)).length;
    };
    await expect(resolver.resolve4(name)).rejects.toThrow('ENOTFOUND');
    await expect(resolver.resolve4(name)).rejects.toThrow('ENOTFOUND');
    expect(await times()).toBe(1);
    await seconds(3);
    await expect(resolver.resolve4(name)).rejects.toThrow('ENOTFOUND');
    expect(await times()).toBe(2);
  });

  test('expired answers are given while upstream is away', async () => {
    await resolver.resolve4('web.default.svc.cluster.local');
    upstream.kill();
    await seconds(4);
    await expect(resolver.resolve4('web.default.svc.cluster.local')).resolves.toEqual(['10.0.0.9']);
    await expect(resolver.resolve4('never-asked.example.com')).rejects.toThrow('ESERVFAIL');
  });

  function start(name: string, corefile: string): ChildProcess {
    fs.writeFileSync(path.join(folder, name), corefile);
    const child = spawn(COREDNS!, ['-conf', path.join(folder, name)], { stdio: ['ignore', 'pipe', 'ignore'] });
    running.push(child);
    return child;
  }
});

function upstreamCorefile(port: number): string {
  return [
    `.:${port} {`,
    '  bind 127.0.0.1',
    '  log',
    '  template IN A svc.cluster.local example.com {',
    '    match "^(none|9)[.]"',
    '    rcode NXDOMAIN',
    '    authority ". 300 IN SOA ns. admin. 1 7200 1800 86400 300"',
    '    fallthrough',
    '  }',
    '  template IN A svc.cluster.local example.com {',
    '    answer "{{ .Name }} 300 IN A 10.0.0.9"',
    '  }',
    '  template IN ANY . {',
    '    rcode NXDOMAIN',
    '    authority ". 300 IN SOA ns. admin. 1 7200 1800 86400 300"',
    '  }',
    '}',
    '',
  ].join('\n');
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function seconds(count: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, count * 1000));
}

async function answered(ask: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    try {
      await ask();
      return;
    } catch {
      await seconds(0.25);
    }
  }
  await ask();
}
