import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { dig } from './dns';
import { freePorts, Processes, sleep } from '../support/processes';

/** For how long what is upstream of the cache says that its answers are good, and that there is no such name. */
const UPSTREAM_TTL = 300;
const NO_SUCH_NAME = 3;

/** CoreDNS answers first, and counts then. */
const COUNTED_AFTER_MS = 300;

/** A CoreDNS with the Corefile of the cache, and one behind it that plays the cluster's DNS and the node's resolver. */
export interface RunningCache {
  /** Where it answers, on 127.0.0.1. */
  readonly port: number;
  /** Where its metrics would be. */
  readonly metricsPort: number;
  /** How many queries the cache has passed on. */
  passedOn(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * Looks at what a Corefile of NodeLocalDns does in a real CoreDNS.
 *
 * @returns what was seen
 * @throws where that is not what the Corefile says
 */
export async function checkCorefile(coredns: string, corefile: string): Promise<string> {
  const life = (kind: string) => Math.min(UPSTREAM_TTL, Number(new RegExp(`${kind} \\d+ (\\d+)`).exec(corefile)?.[1] ?? UPSTREAM_TTL));
  const [success, denial] = [life('success'), life('denial')];
  const cache = await runCorefile(coredns, corefile);
  try {
    const names: [name: string, code: number, ttl: number][] = [
      ['web.default.svc.cluster.local', 0, success], ['www.example.com', 0, success],
      ['none.default.svc.cluster.local', NO_SUCH_NAME, denial], ['none.example.com', NO_SUCH_NAME, denial],
    ];
    for (const [name, code, ttl] of [...names, ...names]) {
      const answer = await dig(cache.port, name);
      // A second may have gone by when it is asked again.
      if (answer.code !== code || answer.ttl === undefined || answer.ttl > ttl || answer.ttl < ttl - 1) {
        throw new Error(`expected the answer to ${name} to be code ${code} for ${ttl} s, found: ${JSON.stringify(answer)}`);
      }
    }
    await sleep(COUNTED_AFTER_MS);
    const passedOn = await cache.passedOn();
    if (passedOn !== names.length) {
      throw new Error(`expected each of ${names.length} names to be asked for upstream once, found: ${passedOn} queries there`);
    }
    const metrics = corefile.includes('prometheus');
    const found = await hits(cache).catch(() => undefined);
    if (found !== (metrics ? names.length : undefined)) {
      throw new Error(`expected ${metrics ? `metrics that count ${names.length} hits` : 'no metrics'}, found: ${found ?? 'none'}`);
    }
    return `answers live ${success} s and denials ${denial} s, each a second time from the cache, metrics ${metrics ? 'count the hits' : 'are off'}`;
  } finally {
    await cache.stop();
  }
}

/**
 * Runs a Corefile of NodeLocalDns in a real CoreDNS, with addresses of this machine only.
 *
 * node-cache is a CoreDNS with the same plugins. Only the words that node-cache fills in itself are filled in, and
 * each name below example.com and cluster.local has the address 10.0.0.9 for 300 seconds, but those that begin with `none` do not exist.
 *
 * @param coredns the program
 */
export async function runCorefile(coredns: string, corefile: string): Promise<RunningCache> {
  const folder = mkdtempSync(join(tmpdir(), 'eks-platform-corefile-'));
  const processes = new Processes(join(folder, 'logs'));
  const [port, upstreamPort, healthPort, metricsPort, upstreamMetricsPort] = await freePorts(5);
  const start = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    processes.start(name, coredns, ['-conf', join(folder, name)], { cwd: folder });
  };
  const stop = async () => {
    await processes.stopAll();
    rmSync(folder, { recursive: true });
  };
  start('upstream', `.:${upstreamPort} {
  bind 127.0.0.1
  prometheus 127.0.0.1:${upstreamMetricsPort}
  template IN A cluster.local example.com {
    match "^none[.]"
    rcode NXDOMAIN
    authority ". ${UPSTREAM_TTL} IN SOA ns. admin. 1 7200 1800 86400 ${UPSTREAM_TTL}"
    fallthrough
  }
  template IN A cluster.local example.com {
    answer "{{ .Name }} ${UPSTREAM_TTL} IN A 10.0.0.9"
  }
}
`);
  start('cache', corefile
    .replaceAll(':53 {', `:${port} {`)
    .replaceAll(/^( *bind) .*$/gm, '$1 127.0.0.1')
    .replaceAll(/__PILLAR__\w+__(DNS|SERVERS)__/g, `127.0.0.1:${upstreamPort}`)
    .replaceAll(':9253', `127.0.0.1:${metricsPort}`)
    .replaceAll(/^( *health).*$/gm, `$1 127.0.0.1:${healthPort}`));
  try {
    await answers(`http://127.0.0.1:${upstreamMetricsPort}/metrics`);
    await answers(`http://127.0.0.1:${healthPort}/health`);
  } catch (error) {
    await stop();
    throw error;
  }
  // Of type A: the cache asks what is upstream whether they form a loop, too.
  const passedOn = () => counted(upstreamMetricsPort, 'coredns_dns_requests_total', 'type="A"');
  return { port, metricsPort, passedOn, stop };
}

/** How many answers came out of the cache. @throws where there are no metrics */
export function hits({ metricsPort }: RunningCache): Promise<number> {
  return counted(metricsPort, 'coredns_cache_hits_total');
}

async function counted(port: number, metric: string, label = ''): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const counts = text.split('\n').filter(line => line.startsWith(`${metric}{`) && line.includes(label));
  return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function answers(url: string) {
  for (const end = Date.now() + 10_000; ;) {
    try {
      await fetch(url);
      return;
    } catch (error) {
      if (Date.now() > end) {
        throw new Error(`CoreDNS does not run: ${url}: ${(error as Error).message}`);
      }
      await sleep(100);
    }
  }
}
