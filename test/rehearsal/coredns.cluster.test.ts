import { checkCorefile } from '../../rehearsal/checks/corefile';
import { missingOf, programIn } from '../../rehearsal/setup/toolchain';
import { cacheFolder } from '../../rehearsal/support/paths';
import { NodeLocalDns, type NodeLocalDnsProps } from '../../src';
import { clusterFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';
import { describeUnless } from '../support/run';

describeUnless(missingOf(['coredns']))('the cache in a real CoreDNS', () => {
  const check = (props: Partial<NodeLocalDnsProps>) => checkCorefile(programIn(cacheFolder(), 'coredns'), corefile(props));

  test('answers a second query by itself, and counts it', async () => {
    expect(await check({})).toBe('answers live 30 s and denials 5 s, each a second time from the cache, metrics count the hits');
  });

  test.each([{ cacheTtl: 7, cacheNegativeTtl: 3 }, { cacheTtl: 60, cacheNegativeTtl: 9 }])('gives answers the life of %j', async props => {
    expect(await check(props)).toMatch(`answers live ${props.cacheTtl} s and denials ${props.cacheNegativeTtl} s`);
  });

  test('has no metrics where they are off', async () => {
    expect(await check({ metricsEnabled: false })).toMatch(/metrics are off$/);
  });

  test('is found out where it does not do what it says', async () => {
    const wrong = corefile({}).replace(/cache \{/g, 'cache {\n        disable success').replace(/success 9984 \d+/g, '');
    await expect(checkCorefile(programIn(cacheFolder(), 'coredns'), wrong)).rejects.toThrow('expected each of 4 names to be asked for upstream once, found: 6 queries there');
  });
});

/** As the construct writes it into the cluster. */
function corefile(props: Partial<NodeLocalDnsProps>): string {
  const { stack, cluster, template } = clusterFixture();
  new NodeLocalDns(stack, 'Dns', { cluster, clusterDnsIp: '172.20.0.10', ...props });
  return kubernetesObjects(template()).find(it => it.kind === 'ConfigMap').data.Corefile;
}
