import { Resolver } from 'dns/promises';
import { existsSync } from 'fs';
import { runCorefile, type RunningCache } from '../../rehearsal/checks/corefile';
import { programIn } from '../../rehearsal/checks/programs';
import { cacheFolder } from '../../rehearsal/support/paths';
import { NodeLocalDns, type NodeLocalDnsProps } from '../../src';
import { clusterFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';
import { describeUnless } from '../support/run';

const coredns = programIn(cacheFolder(), 'coredns');

describeUnless(existsSync(coredns) ? undefined : 'the rehearsal has not built CoreDNS')('the cache in a real CoreDNS', () => {
  let cache: RunningCache;

  afterEach(() => cache.stop());

  test('answers a second query by itself, and counts it', async () => {
    cache = await runCorefile(coredns, corefile({}));
    const names = ['web.default.svc.cluster.local', 'www.example.com'];
    for (const name of [...names, ...names]) {
      await expect(resolver(cache).resolve4(name)).resolves.toEqual(['10.0.0.9']);
    }
    const metrics = await (await fetch(`http://127.0.0.1:${cache.metricsPort}/metrics`)).text();
    expect(hits(metrics)).toBe(2);
  });

  test.each([{ cacheTtl: 5 }, { cacheTtl: 60 }])('gives an answer no longer life than $cacheTtl seconds', async props => {
    cache = await runCorefile(coredns, corefile(props));
    const [{ ttl }] = await resolver(cache).resolve4('www.example.com', { ttl: true });
    expect(ttl).toBe(props.cacheTtl); // upstream says 300
  });

  test('has no metrics where they are off', async () => {
    cache = await runCorefile(coredns, corefile({ metricsEnabled: false }));
    await expect(resolver(cache).resolve4('www.example.com')).resolves.toEqual(['10.0.0.9']);
    await expect(fetch(`http://127.0.0.1:${cache.metricsPort}/metrics`)).rejects.toThrow();
  });
});

/** As the construct writes it into the cluster. */
function corefile(props: Partial<NodeLocalDnsProps>): string {
  const { stack, cluster, template } = clusterFixture();
  new NodeLocalDns(stack, 'Dns', { cluster, clusterDnsIp: '172.20.0.10', ...props });
  return kubernetesObjects(template()).find(it => it.kind === 'ConfigMap').data.Corefile;
}

function resolver({ port }: RunningCache): Resolver {
  const found = new Resolver({ timeout: 2000, tries: 2 });
  found.setServers([`127.0.0.1:${port}`]);
  return found;
}

function hits(metrics: string): number {
  const counts = metrics.split('\n').filter(line => line.startsWith('coredns_cache_hits_total{') && line.includes('type="success"'));
  return counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
