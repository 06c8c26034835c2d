import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { freePorts, Processes, sleep } from '../support/processes';

/** A CoreDNS with the Corefile of the cache, and one behind it that plays the cluster's DNS and the node's resolver. */
export interface RunningCache {
  /** Where it answers, on 127.0.0.1. */
  readonly port: number;
  /** Where its metrics would be. */
  readonly metricsPort: number;
  stop(): Promise<void>;
}

/**
 * Runs a Corefile of NodeLocalDns in a real CoreDNS, with addresses of this machine only.
 *
 * node-cache is a CoreDNS with the same plugins. Only the words that node-cache fills in itself are filled in, and
 * each name below example.com and cluster.local has the address 10.0.0.9 for 300 seconds.
 *
 * @param coredns the program
 */
export async function runCorefile(coredns: string, corefile: string): Promise<RunningCache> {
  const folder = mkdtempSync(join(tmpdir(), 'eks-platform-corefile-'));
  const processes = new Processes(join(folder, 'logs'));
  const [port, upstreamPort, healthPort, metricsPort] = await freePorts(4);
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
  template IN A cluster.local example.com {
    answer "{{ .Name }} 300 IN A 10.0.0.9"
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
    await answers(`http://127.0.0.1:${healthPort}/health`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, metricsPort, stop };
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
