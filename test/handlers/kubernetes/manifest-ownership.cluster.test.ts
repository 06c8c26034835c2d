import { writeFileSync } from 'fs';
import { join } from 'path';
import { Engine, manifest } from './engine';
import { Layer, type Programs } from '../../../handlers/kubernetes/programs';
import { CONTROL_PLANE, missingOf } from '../../../rehearsal/setup/toolchain';
import { runControlPlane, type RunningControlPlane } from '../../support/control-plane';
import { describeUnless } from '../../support/run';

const NOTHING = 'nothing';
const OTHER_STACK = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Shop/2';
const OVERWRITE = { Overwrite: 'true' };

function namespace(name: string): any {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { team: 'ours' } } };
}

function config(name: string, data: object = { color: 'green' }): any {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data };
}

function claimOf(name: string): any {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: name }, spec };
}

function definition(...versions: string[]): any {
  const schema = { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      names: { plural: 'widgets', kind: 'Widget' },
      scope: 'Namespaced',
      versions: versions.map((name, index) => ({ name, served: true, storage: index === versions.length - 1, schema })),
    },
  };
}

describeUnless(missingOf(CONTROL_PLANE))('whose objects are whose, in a real cluster', () => {
  let plane: RunningControlPlane;
  let engine: Engine;
  let bystanders: string;

  beforeAll(async () => {
    plane = await runControlPlane();
    await byHand(namespace('payments'), claimOf('payments'), config('bystander'));
    bystanders = await versions();
  }, 60_000);

  beforeEach(() => {
    jest.spyOn(console, 'log').mockImplementation(() => {});
    engine = new Engine(real);
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    expect(await versions()).toBe(bystanders); // nobody touched what others made
  });

  afterAll(() => plane?.stop(), 30_000);

  function real(own: NodeJS.ProcessEnv): Programs {
    return new Layer({ ...own, KUBECONFIG: plane.adminKubeconfig }, plane.opt);
  }

  async function byHand(...objects: object[]): Promise<void> {
    const file = join(plane.folder, 'by-hand.json');
    writeFileSync(file, objects.map(it => JSON.stringify(it)).join('\n'));
    await plane.kubectl('create', '--filename', file);
  }

  async function get(resource: string): Promise<any> {
    const said = await plane.kubectl('get', ...resource.split(' '), '--ignore-not-found', '--output', 'json', '--show-managed-fields');
    return said.trim() === '' ? undefined : JSON.parse(said);
  }

  /** The versions of what the test made by hand. */
  async function versions(): Promise<string> {
    const found = [await get('namespace payments'), await get('pvc data --namespace payments'), await get('configmap bystander')];
    return found.map(it => it.metadata.deletionTimestamp ?? it.metadata.resourceVersion).join();
  }

  test('a namespace with data that others made is refused, by name, and its rollback leaves it', async () => {
    const properties = manifest([config('beside'), namespace('payments')]);
    expect(await engine.create(properties)).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: NOTHING,
      Reason: expect.stringMatching(/^The cluster already has Namespace payments, which this stack did not make, and nothing was changed\. .*kubectl delete namespace payments$/),
    });
    expect(await get('configmap beside')).toBeUndefined();
    expect(await engine.delete(properties)).toMatchObject({ Status: 'SUCCESS' });
  }, 30_000);

  test.each([NOTHING, 'made-up-by-cloudformation'])('a creation that failed deletes what it made, and nothing that it found: %s', async id => {
    await byHand(config('found'));
    const properties = manifest([config('made'), config('found'), { ...config('bad'), data: { a: { b: 'c' } } }], OVERWRITE);
    expect(await engine.create(properties)).toMatchObject({ Status: 'FAILED' });
    expect((await get('configmap made')).data).toEqual({ color: 'green' });
    expect(await engine.delete(properties, 'Manifest', id)).toMatchObject({ Status: 'SUCCESS', Reason: expect.stringContaining('1 deleted') });
    expect([await get('configmap made'), (await get('configmap found')).data]).toEqual([undefined, { color: 'green' }]);
    await plane.kubectl('delete', 'configmap', 'found');
  }, 30_000);

  test('what was adopted is given back: without signature or fields of ours, with its values, also when an update drops it', async () => {
    await byHand(config('one', { color: 'red' }), config('two', { color: 'red', size: 'S' }));
    const both = manifest([config('one'), config('two')], OVERWRITE);
    await engine.create(both);
    await engine.update(manifest([config('two')], OVERWRITE), both);
    await engine.update(manifest([config('two', { color: 'blue' })]), manifest([config('two')], OVERWRITE)); // the word is needed once
    expect(await engine.delete(manifest([config('two')]))).toMatchObject({ Reason: '0 deleted. ConfigMap default/two is left alone, because it was there before' });
    const [one, two] = [await get('configmap one'), await get('configmap two')];
    expect([one.data, two.data]).toEqual([{ color: 'green' }, { color: 'blue', size: 'S' }]);
    expect(JSON.stringify([one, two])).not.toContain('eks-platform');
    await plane.kubectl('delete', 'configmap', 'one', 'two');
  }, 30_000);

  test('a name that is taken between the check and the creation is refused, and what took it is left as it is', async () => {
    let raced = false;
    engine.layer = own => {
      const programs = real(own);
      return {
        helm: programs.helm.bind(programs),
        kubectl: async (args, options) => {
          if (args[0] === 'apply' && !raced) {
            raced = true;
            await byHand(config('raced', { whose: 'theirs' }));
          }
          return programs.kubectl(args, options);
        },
      };
    };
    expect(await engine.create(manifest([config('raced')]))).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('already has ConfigMap default/raced') });
    await engine.delete(manifest([config('raced')]));
    expect((await get('configmap raced')).data).toEqual({ whose: 'theirs' });
    await plane.kubectl('delete', 'configmap', 'raced');
  }, 30_000);

  test('what others made again, after it was deleted by hand, is put right by an update and not deleted', async () => {
    await engine.create(manifest([config('again')]));
    await plane.kubectl('delete', 'configmap', 'again');
    await byHand(config('again', { color: 'red' }));
    expect(await engine.update(manifest([config('again', { color: 'blue' })]), manifest([config('again')]))).toMatchObject({ Status: 'SUCCESS' });
    expect((await get('configmap again')).data).toEqual({ color: 'blue' });
    expect(await engine.delete(manifest([config('again')]))).toMatchObject({ Status: 'SUCCESS', Reason: expect.stringContaining('it was there before') });
    expect(await get('configmap again')).toBeDefined();
    await plane.kubectl('delete', 'configmap', 'again');
  }, 30_000);

  test('what a deleted stack left is another stack\'s, though it has the same names: the message has the command', async () => {
    await engine.create(manifest([namespace('orphan')]));
    const next = new Engine(real);
    next.stackId = OTHER_STACK;
    const { Reason } = await next.create(manifest([namespace('orphan')]));
    expect(Reason).toMatch(/Namespace orphan \(applied by Shop\/Manifest, of another stack or of a deleted one\).*: (kubectl delete namespace orphan)$/);
    await next.delete(manifest([namespace('orphan')]));
    expect((await get('namespace orphan')).metadata.deletionTimestamp).toBeUndefined();
    await plane.kubectl(...Reason.split(': kubectl ')[1].split(' '));
    expect(await next.create(manifest([namespace('orphan')]))).toMatchObject({ Status: 'SUCCESS' });
    expect(await next.delete(manifest([namespace('orphan')]))).toMatchObject({ Status: 'SUCCESS', Reason: '1 deleted' });
  }, 60_000);

  test('a living object of another stack is adopted with the word, and lives on when that stack or this one goes', async () => {
    await engine.create(manifest([config('theirs')]));
    const next = new Engine(real);
    next.stackId = OTHER_STACK;
    await next.create(manifest([config('theirs', { color: 'blue' })], OVERWRITE));
    await next.delete(manifest([config('theirs')]));
    expect((await get('configmap theirs')).data).toEqual({ color: 'blue' });
    expect(await engine.delete(manifest([config('theirs')]))).toMatchObject({ Reason: '1 deleted' });
  }, 30_000);

  test('a renamed construct hands on what it adopted as adopted', async () => {
    await byHand(config('found'));
    await engine.create(manifest([config('found')], OVERWRITE), 'Old');
    await engine.create(manifest([config('found')]), 'New');
    await engine.delete(manifest([config('found')]), 'Old');
    await engine.delete(manifest([config('found')]), 'New');
    expect(JSON.stringify(await get('configmap found'))).not.toContain('eks-platform');
    await plane.kubectl('delete', 'configmap', 'found');
  }, 30_000);

  test('a namespace that each cluster has is adopted without a word, and one that Helm made is not', async () => {
    const properties = manifest([namespace('default')]);
    expect(await engine.create(properties)).toMatchObject({ Status: 'SUCCESS' });
    expect(await engine.delete(properties)).toMatchObject({ Status: 'SUCCESS', Reason: expect.stringContaining('it was there before') });
    await plane.kubectl('create', 'namespace', 'external-dns', '--field-manager', 'helm');
    expect(await engine.create(manifest([namespace('external-dns')]), 'Other')).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('Namespace external-dns') });
    const adopting = manifest([namespace('external-dns')], OVERWRITE);
    expect(await engine.create(adopting, 'Other')).toMatchObject({ Status: 'SUCCESS' });
    await engine.delete(adopting, 'Other');
    expect((await get('namespace external-dns')).metadata).toMatchObject({ labels: { team: 'ours' } });
  }, 30_000);

  test('a definition that was retained is applied, never downgraded, and retained again', async () => {
    await byHand(definition('v1'));
    expect(await engine.create(manifest([definition('v1', 'v2')], { Wait: 'true' }))).toMatchObject({ Status: 'SUCCESS', Reason: '1 applied. 0 deleted' });
    await engine.delete(manifest([definition('v1', 'v2')]));
    const older = manifest([definition('v1')]);
    expect(await engine.create(older)).toMatchObject({
      Status: 'SUCCESS', Reason: '0 applied. CustomResourceDefinition widgets.example.com is left alone, because it has versions that this one lacks. 0 deleted',
    });
    await engine.delete(older);
    expect((await get('crd widgets.example.com')).spec.versions.map((it: any) => it.name)).toEqual(['v1', 'v2']);
  }, 30_000);

  test('after a rollback that failed, the next try goes on with what is there', async () => {
    const properties = manifest([config('one'), config('two')]);
    await engine.create(properties);
    const stuck = new Engine(own => ({
      ...real(own),
      kubectl: async (args, options) => args[0] === 'delete'
        ? { code: 1, stdout: '', stderr: 'Error from server (InternalError): no', interrupted: false } : real(own).kubectl(args, options),
    }));
    expect(await stuck.delete(properties, 'Manifest', NOTHING)).toMatchObject({ Status: 'FAILED' });
    expect(await engine.create(properties)).toMatchObject({ Status: 'SUCCESS' });
    expect(await engine.delete(properties)).toMatchObject({ Status: 'SUCCESS', Reason: '2 deleted' });
  }, 30_000);
});
