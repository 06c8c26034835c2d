import { ApiServer } from '../../rehearsal/faults/api-server';
import { plant } from '../../rehearsal/faults/bystander';
import { Interrupted } from '../../rehearsal/faults/calls';
import { VirtualClock } from '../../rehearsal/faults/clock';
import { Files } from '../../rehearsal/faults/files';
import { Helm, StepFailed } from '../../rehearsal/faults/helm';
import { CHARTS } from '../../rehearsal/faults/histories';

// What the stand-in claims to do as Helm 4 does: pkg/action/{upgrade,rollback,uninstall}.go, and release*.cluster.test.ts with a real Helm.

let api: ApiServer;
let time: number;
let files: Files;
/** What happens instead of a step. */
let instead: { [step: string]: () => unknown };
beforeEach(async () => {
  [time, files, instead] = [0, new Files(), {}];
  api = new ApiServer(new VirtualClock(0));
  api.isThere = true;
  ['default', 'kube-system'].forEach(name => api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, 'test'));
  files.write('/values.json', '{}');
  await helm('pull cilium --version 1 --destination /charts');
  await helm('pull agent --version 1 --destination /charts');
});

const INSTALL = 'upgrade cilium /charts/cilium-1.tgz --install --namespace kube-system --values /values.json';

async function helm(command: string) {
  const step = async <T>(what: string, effect: () => T): Promise<T> => (instead[what] ?? effect)() as T;
  return new Helm(api, CHARTS, files, { now: () => time }, step, async () => { time += 2_000; }).run(command.split(' '));
}

const history = () => [...api.objects.values()].filter(it => it.type === 'helm.sh/release.v1' && it.metadata.labels.name === 'cilium')
  .map(({ metadata: { labels: { version, status, by } } }) => `${version} ${status}${by === undefined ? '' : ` by ${by}`}`);

test('records each revision, supersedes the former one, and hands its labels down', async () => {
  await helm(`${INSTALL} --labels by=one`);
  await helm(INSTALL);
  expect(history()).toEqual(['1 superseded by one', '2 deployed by one']);
});

test('a rollback makes a new revision with the labels of the one that it goes back to', async () => {
  await helm(`${INSTALL} --labels by=one`);
  await helm(`${INSTALL} --labels by=two`);
  await helm('rollback cilium 1 --namespace kube-system');
  expect(history()).toEqual(['1 superseded by one', '2 superseded by two', '3 deployed by one']);
});

test('refuses a release whose last revision is pending', async () => {
  instead['install: apply Deployment cilium'] = () => new Promise(() => undefined); // it is killed here
  void helm(INSTALL);
  await new Promise(setImmediate);
  expect(history()).toEqual(['1 pending-install']);
  expect((await helm(INSTALL)).stderr).toContain('another operation (install/upgrade/rollback) is in progress');
});

test.each([['an error', new StepFailed('error')], ['an interruption', new Interrupted()]])('records that it failed after %s', async (_, error) => {
  instead['install: apply Deployment cilium'] = () => { throw error; };
  expect(await helm(INSTALL)).toMatchObject({ code: 1 });
  expect(history()).toEqual(['1 failed']);
});

test('takes a failed upgrade back where it is told to', async () => {
  await helm(INSTALL);
  instead['upgrade: record deployed'] = () => { throw new StepFailed('error'); };
  expect((await helm(`${INSTALL} --rollback-on-failure`)).stderr).toContain('has been taken back');
  expect(history()).toEqual(['1 superseded', '2 failed', '3 deployed']);
});

test('refuses to install over an object that it does not own', async () => {
  api.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'cilium', namespace: 'kube-system' } }, 'somebody');
  expect((await helm(INSTALL)).stderr).toContain('invalid ownership metadata');
  expect(history()).toEqual([]);
});

test('installs over a release that somebody else installed: nothing but its own record says whose it is', async () => {
  plant(api);
  expect([...api.objects.values()].find(it => it.kind === 'Deployment' && it.metadata.name === 'metrics').spec.by).toBe('hand');
  await helm('upgrade metrics /charts/agent-1.tgz --install --namespace kube-system --values /values.json');
  expect([...api.objects.values()].filter(it => it.metadata.name === 'metrics')).toEqual([]);
});

test('an uninstallation keeps its history where it is told to, and purges it the next time', async () => {
  await helm(INSTALL);
  await helm('uninstall cilium --namespace kube-system --keep-history --wait --timeout 5s');
  expect(history()).toEqual(['1 uninstalled']);
  expect((await helm('uninstall cilium --namespace kube-system')).code).toBe(0);
  expect(history()).toEqual([]);
  expect((await helm('uninstall cilium --namespace kube-system')).stderr).toContain('release: not found');
});

test('an uninstallation is recorded even where an object stays for longer than it waits', async () => {
  await helm('upgrade agent /charts/agent-1.tgz --install --namespace default --values /values.json');
  const ran = await helm('uninstall agent --namespace default --keep-history --wait --timeout 5s');
  expect(ran).toMatchObject({ code: 1, stderr: 'Error: context deadline exceeded' });
  expect([...api.objects.values()].find(it => it.type === 'helm.sh/release.v1').metadata.labels.status).toBe('uninstalled');
});
