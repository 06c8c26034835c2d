import { Duration } from 'aws-cdk-lib';
import { NodeLocalDns, NodeLocalDnsMode, type NodeLocalDnsProps } from '../../src';
import { clusterFixture } from '../support/fixtures';
import { kubernetesObjects } from '../support/read';

/** What a server block says, by plugin: its arguments, and those of the lines in its own block. */
interface Plugin {
  readonly args: string;
  readonly block: { [option: string]: string };
}
type Zones = { [zone: string]: { [plugin: string]: Plugin } };

function zones(props: Partial<NodeLocalDnsProps> = {}): Zones {
  const { stack, cluster, template } = clusterFixture();
  new NodeLocalDns(stack, 'NodeLocalDns', { cluster, clusterDnsIp: '172.20.0.10', ...props });
  return parse(kubernetesObjects(template()).filter(it => it.kind === 'ConfigMap')[0].data.Corefile);
}

/** Reads a Corefile: blocks of plugins for one zone or more, each plugin with arguments and perhaps its own block. */
function parse(corefile: string): Zones {
  const read: Zones = {};
  let block: Zones[string] | undefined;
  let plugin = '';
  for (const line of corefile.split('\n').map(it => it.trim()).filter(it => it)) {
    const [, name, args, opens] = /^(\S+)\s*(.*?)\s*(\{?)$/.exec(line)!;
    if (name === '}') {
      [block, plugin] = plugin ? [block, ''] : [undefined, ''];
    } else if (!block) {
      expect(opens).toBe('{');
      block = {};
      [name, ...args.split(' ').filter(it => it)].forEach(zone => read[zone] = block!);
    } else if (plugin) {
      block[plugin].block[name] = args;
    } else {
      expect(block).not.toHaveProperty(name);
      block[name] = { args, block: {} };
      plugin = opens ? name : '';
    }
  }
  expect([block, plugin]).toEqual([undefined, '']);
  return read;
}

const ZONES = ['cluster.local:53', 'in-addr.arpa:53', 'ip6.arpa:53', '.:53'];
const everyZone = (given: Zones, read: (plugins: { [plugin: string]: Plugin }) => any) => ZONES.map(zone => read(given[zone]));
const four = (value: any) => Array(4).fill(value);

test('serves the cluster, addresses and all other names', () => {
  expect(Object.keys(zones())).toEqual(ZONES);
});

describe('the cache of every zone', () => {
  test('keeps answers for 30 seconds, failures for 5, and stale answers for an hour while there is no other', () => {
    expect(everyZone(zones(), it => it.cache)).toEqual(four({ args: '', block: { success: '9984 30', denial: '9984 5', serve_stale: '3600s verify' } }));
  });

  test('keeps answers and failures as long as asked', () => {
    const given = zones({ cacheTtl: 120, cacheNegativeTtl: 1 });
    expect(everyZone(given, it => it.cache.block)).toEqual(four(expect.objectContaining({ success: '9984 120', denial: '9984 1' })));
  });

  test('gives stale answers as long as asked', () => {
    expect(everyZone(zones({ serveStale: Duration.minutes(5) }), it => it.cache.block.serve_stale)).toEqual(four('300s verify'));
  });

  test('never gives stale answers on demand', () => {
    expect(everyZone(zones({ serveStale: Duration.seconds(0) }), it => Object.keys(it.cache.block))).toEqual(four(['success', 'denial']));
  });
});

describe('the way upstream', () => {
  test('leads to CoreDNS over TCP for names of the cluster, past the Service that is redirected', () => {
    const toCluster = { args: '. __PILLAR__CLUSTER__DNS__', block: { force_tcp: '' } };
    expect(ZONES.slice(0, 3).map(zone => zones()[zone].forward)).toEqual([toCluster, toCluster, toCluster]);
  });

  test('leads to the resolver of the node for all other names', () => {
    expect(zones()['.:53'].forward).toEqual({ args: '. __PILLAR__UPSTREAM__SERVERS__', block: {} });
  });

  test('ends if it would come back, and is read anew when it changes', () => {
    expect(everyZone(zones(), it => [it.loop, it.reload, it.errors])).toEqual(four(Array(3).fill({ args: '', block: {} })));
  });
});

describe('metrics', () => {
  test.each([[undefined, four(':9253')], [true, four(':9253')], [false, four(undefined)]])('metricsEnabled: %s exports them for every zone: %s', (metricsEnabled, expected) => {
    expect(everyZone(zones({ metricsEnabled }), it => it.prometheus?.args)).toEqual(expected);
  });
});

describe('addresses', () => {
  test('are all of the pod where Cilium redirects to it', () => {
    expect(everyZone(zones(), it => it.bind.args)).toEqual(four('0.0.0.0'));
    expect(everyZone(zones(), it => it.health?.args)).toEqual(['', '', '', undefined]); // one block, one answer
  });

  test('are both of the node in link-local mode', () => {
    const given = zones({ mode: NodeLocalDnsMode.LINK_LOCAL });
    expect(everyZone(given, it => it.bind.args)).toEqual(four('169.254.20.10 172.20.0.10'));
    expect(everyZone(given, it => it.health?.args)).toEqual([...Array(3).fill('169.254.20.10:8080'), undefined]);
  });

  test('change nothing else', () => {
    const rest = ({ bind: _, health: __, ...more }: { [plugin: string]: Plugin }) => more;
    expect(everyZone(zones({ mode: NodeLocalDnsMode.LINK_LOCAL }), rest)).toEqual(everyZone(zones(), rest));
  });
});
