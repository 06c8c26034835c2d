import { ApiServer } from '../../rehearsal/faults/api-server';
import { VirtualClock } from '../../rehearsal/faults/clock';
import { Files } from '../../rehearsal/faults/files';
import { kubectl } from '../../rehearsal/faults/kubectl';

// What the stand-in claims to do as Kubernetes does. test/handlers/kubernetes/*.cluster.test.ts rest on the same, with a real API server.

let api: ApiServer;
let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock(0);
  api = new ApiServer(clock);
  api.isThere = true;
  run('create --filename -', namespace('shop'));
});

const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const map = (data: object, metadata: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop', ...metadata }, data });

function run(command: string, ...objects: object[]) {
  const outcome = kubectl(api, new Files(), command.split(' '), objects.map(it => JSON.stringify(it)).join('\n'));
  return 'ended' in outcome ? outcome.ended : outcome.isOver() ?? { code: -1, stdout: '', stderr: 'still waits' };
}

const get = () => JSON.parse(run('get configmap settings --namespace shop --output json').stdout);

test('a creation of what exists is refused by name', () => {
  expect(run('create --filename -', namespace('shop'))).toMatchObject({
    code: 1, stderr: 'Error from server (AlreadyExists): error when creating "STDIN": namespaces "shop" already exists',
  });
});

test('a server-side apply drops what its manager no longer applies, and nothing of others', () => {
  run('apply --server-side --field-manager one --filename -', map({ a: '1', b: '1' }));
  run('apply --server-side --field-manager two --filename -', map({ c: '2' }));
  run('apply --server-side --field-manager one --filename -', map({ a: '3' }));
  expect(get().data).toEqual({ a: '3', c: '2' });
});

test('a server-side apply is refused where another manages a field with another value, but for force', () => {
  run('apply --server-side --field-manager one --filename -', map({ a: '1' }));
  expect(run('apply --server-side --field-manager two --filename -', map({ a: '2' })).stderr).toContain('conflict with "one"');
  expect(run('apply --server-side --force-conflicts --field-manager two --filename -', map({ a: '2' })).code).toBe(0);
  expect(get().data).toEqual({ a: '2' });
});

test('a write that changes nothing keeps the version', () => {
  run('apply --server-side --field-manager one --filename -', map({ a: '1' }));
  const before = get();
  run('apply --server-side --field-manager one --filename -', map({ a: '1' }));
  expect(get()).toEqual(before);
});

test('a replacement of another version than the one that is there is a conflict', () => {
  run('create --filename -', map({ a: '1' }));
  const { resourceVersion } = get().metadata;
  expect(run('replace --filename -', map({ a: '2' }, { resourceVersion })).code).toBe(0);
  expect(run('replace --filename -', map({ a: '3' }, { resourceVersion })).stderr).toContain('Error from server (Conflict)');
});

test('an object with a finalizer stays until that is removed, and its namespace as long', () => {
  run('create --filename -', map({}, { finalizers: ['example.com/held'] }));
  expect(run('delete namespace shop').stderr).toBe('still waits');
  expect(run('apply --server-side --filename -', { ...map({}), metadata: { name: 'new', namespace: 'shop' } }).stderr).toContain('because it is being terminated');
  expect(get().metadata.deletionTimestamp).toBeDefined();
  run('patch configmap settings --namespace shop --type merge --patch {"metadata":{"finalizers":null}}');
  expect(run('get namespace shop --output json').stderr).toBe('Error from server (NotFound): namespaces "shop" not found');
});

test('--namespace refuses objects of other namespaces, and changes nothing', () => {
  expect(run('get --namespace default --ignore-not-found --filename - --output json', map({}))).toMatchObject({
    code: 1, stdout: '', stderr: expect.stringContaining('the namespace from the provided object "shop" does not match the namespace "default"'),
  });
});

test('a JSON patch whose test fails changes nothing', () => {
  run('create --filename -', map({ a: '1' }));
  const patch = JSON.stringify([{ op: 'test', path: '/data/a', value: '2' }, { op: 'remove', path: '/data/a' }]);
  expect(run(`patch configmap/settings --namespace shop --type json --patch ${patch}`)).toMatchObject({ code: 1, stderr: expect.stringContaining('The request is invalid') });
  expect(get().data).toEqual({ a: '1' });
});

test('a kind is known only while there is a definition of it', () => {
  const thing = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'one', namespace: 'shop' } };
  expect(run('apply --server-side --filename -', thing).stderr).toContain('no matches for kind "Thing" in version "example.com/v1"');
  run('create --filename -', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'things', kind: 'Thing' }, versions: [{ name: 'v1' }] },
  });
  expect(run('apply --server-side --filename -', thing).code).toBe(0);
  expect(run('delete crd things.example.com').code).toBe(0);
  expect([...api.objects.keys()].join()).not.toContain('Thing');
});

test('takes requests by address: one that is there is not made again, and of an old version not deleted', () => {
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } }, 'test');
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'turn', namespace: 'kube-system', labels: { of: 'one' } } };
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';
  const { resourceVersion } = JSON.parse(run(`create --raw ${leases} --filename -`, lease).stdout).metadata;
  expect(run(`create --raw ${leases} --filename -`, lease).stderr).toContain('Error from server (AlreadyExists)');
  run(`replace --raw ${leases}/turn --filename -`, { ...lease, spec: { holderIdentity: 'me' } });
  expect(run(`delete --raw ${leases}/turn --filename -`, { preconditions: { resourceVersion } }).stderr).toContain('Error from server (Conflict)');
  expect(JSON.parse(run(`get --raw ${leases}?labelSelector=of%3Done`).stdout).items).toHaveLength(1);
  expect(JSON.parse(run(`get --raw ${leases}/turn`).stdout).spec).toEqual({ holderIdentity: 'me' });
});

test('a command that it does not know is no answer', () => {
  expect(() => run('cordon node-1')).toThrow('does not know kubectl cordon');
});
