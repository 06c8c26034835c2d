import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { startControlPlane } from '../../rehearsal/cluster/control-plane';
import { choosePorts } from '../../rehearsal/cluster/ports';
import type { RunningEnvironment } from '../../rehearsal/environment/environment';
import { contextOf, type Upgrade } from '../../rehearsal/lifecycle/context';
import { upgradeSteps } from '../../rehearsal/lifecycle/lifecycle';
import { CONTROL_PLANE, missingOf, prepare } from '../../rehearsal/setup/toolchain';
import { Processes } from '../../rehearsal/support/processes';
import { stacksOf, templateOf, type SynthesizedApp } from '../../rehearsal/template/assembly';

const missing = ['1.35', '1.36'].map(version => missingOf(CONTROL_PLANE, version)).find(it => it);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An app with a cluster and its nodes. */
function appOf(): SynthesizedApp {
  const assembly = join(folder, 'assembly');
  mkdirSync(assembly);
  writeFileSync(join(assembly, 'manifest.json'), JSON.stringify({
    artifacts: { shop: { type: 'aws:cloudformation:stack', environment: 'aws://unknown-account/unknown-region', properties: { templateFile: 'shop.json' } } },
  }));
  writeFileSync(join(assembly, 'shop.json'), JSON.stringify({
    Resources: {
      Cluster: { Type: 'AWS::EKS::Cluster', Properties: { Version: '1.36' } },
      Nodes: { Type: 'AWS::EKS::Nodegroup', Properties: { Version: '1.36' } },
      Older: { Type: 'AWS::EKS::Nodegroup', Properties: {} },
    },
  }));
  return { assembly, stack: stacksOf(assembly)[0] };
}

const begin = (app: SynthesizedApp, upgrade?: Upgrade) => contextOf({ folder } as RunningEnvironment, app, upgrade);

const UPGRADE = { from: '1.35', to: '1.36', kubeBin: '/nowhere' };

test('deploys the app as it is if no upgrade is asked for', () => {
  const context = begin(appOf());
  expect(context.state.deployed.assembly).toBe(context.app.assembly);
  expect(upgradeSteps(context)).toEqual([]);
});

test('deploys the app on the older Kubernetes first, and leaves nodes without a version to EKS', () => {
  const app = appOf();
  const before = readFileSync(app.stack.templateFile, 'utf8');
  const { state: { deployed } } = begin(app, UPGRADE);
  expect(Object.values(templateOf(deployed.stack).Resources).map(it => it.Properties.Version)).toEqual(['1.35', '1.35', undefined]);
  expect(deployed.assembly).not.toBe(app.assembly);
  expect(readFileSync(app.stack.templateFile, 'utf8')).toBe(before);
});

test('then upgrades it, and looks whether all is whole', () => {
  expect(upgradeSteps(begin(appOf(), UPGRADE)).map(([name]) => name)).toEqual(['Kubernetes 1.35 to 1.36', 'whole after the upgrade']);
});

(missing ? test.skip : test)(`another release runs on the same data${missing ? ` (skipped: ${missing})` : ''}`, async () => {
  const [older, newer] = await Promise.all(['1.35', '1.36'].map(kubernetes => prepare({ kubernetes, needs: CONTROL_PLANE, say: () => undefined })));
  const processes = new Processes(join(folder, 'logs'));
  try {
    const cluster = await startControlPlane({
      toolchain: older, processes, folder, ports: await choosePorts(), authSecret: 'a'.repeat(16), serviceRange: '172.20.0.0/16',
    });
    const version = async () => JSON.parse(await cluster.kubectl('version', '-o', 'json')).serverVersion.minor;
    expect(await version()).toBe('35');
    await cluster.kubectl('create', 'configmap', 'kept', '--from-literal=from=1.35');

    await cluster.upgrade(newer.kubeBin);

    expect(await version()).toBe('36');
    expect(await cluster.kubectl('get', 'configmap', 'kept', '-o', 'jsonpath={.data.from}')).toBe('1.35');
    // Controllers work, too: a namespace gets its service account.
    await cluster.kubectl('create', 'namespace', 'new');
    await cluster.kubectl('wait', '--for=create', 'serviceaccount/default', '--namespace', 'new', '--timeout=20s');
  } finally {
    await processes.stopAll();
  }
}, 120_000);
