import { readFileSync } from 'fs';
import { Engine, MANIFEST, manifest } from './engine';
import { Layer, type Programs } from '../../../handlers/kubernetes/programs';
import { CONTROL_PLANE, missingOf } from '../../../rehearsal/setup/toolchain';
import { runControlPlane, type RunningControlPlane } from '../../support/control-plane';
import { describeUnless } from '../../support/run';

const NAMESPACE = 'shop';

function config(name: string, data: object = { color: 'green-as-grass' }): any {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE }, data };
}

describeUnless(missingOf(CONTROL_PLANE))('manifests in a real cluster', () => {
  let plane: RunningControlPlane;
  let engine: Engine;
  let logged: string[];

  beforeAll(async () => {
    plane = await runControlPlane();
    await plane.kubectl('create', 'namespace', NAMESPACE);
  }, 60_000);

  beforeEach(() => {
    logged = [];
    jest.spyOn(console, 'log').mockImplementation((...words) => { logged.push(words.map(it => it?.stack ?? it).join(' ')); });
    engine = new Engine(own => real(own));
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await plane.kubectl('delete', 'configmaps,secrets,services', '--all', '--namespace', NAMESPACE);
  });

  afterAll(() => plane?.stop(), 30_000);

  /** The real programs, for a user that the API server knows without AWS. */
  function real(own: NodeJS.ProcessEnv, kubeconfig = plane.adminKubeconfig): Programs {
    return new Layer({ ...own, KUBECONFIG: kubeconfig }, plane.opt);
  }

  async function get(resource: string): Promise<any> {
    const [kind, name] = resource.split('/');
    const said = await plane.kubectl('get', kind, name, '--namespace', NAMESPACE, '--ignore-not-found', '--output', 'json', '--show-managed-fields');
    return said.trim() === '' ? undefined : JSON.parse(said);
  }

  async function names(): Promise<string[]> {
    const said = await plane.kubectl('get', 'configmaps', '--namespace', NAMESPACE, '--output', 'jsonpath={.items[*].metadata.name}');
    return said.trim().split(/\s+/).filter(it => it !== '' && it !== 'kube-root-ca.crt');
  }

  test('to apply the same twice changes nothing', async () => {
    await engine.create(manifest([config('one')]));
    const { metadata: { resourceVersion } } = await get('configmap/one');
    expect(await engine.update(manifest([config('one')]), manifest([config('one')]))).toMatchObject({ Status: 'SUCCESS' });
    expect((await get('configmap/one')).metadata.resourceVersion).toBe(resourceVersion);
  }, 20_000);

  test('a field that is dropped is removed, and one that others set stays', async () => {
    await engine.create(manifest([config('one', { a: '1', b: '2' })]));
    await plane.kubectl('patch', 'configmap/one', '--namespace', NAMESPACE, '--type', 'merge', '--patch', '{"data":{"theirs":"3"}}');
    await engine.update(manifest([config('one', { a: '1' })]), manifest([config('one', { a: '1', b: '2' })]));
    expect((await get('configmap/one')).data).toEqual({ a: '1', theirs: '3' });
  }, 20_000);

  test('an object that an update drops is deleted, and no other', async () => {
    await plane.kubectl('create', 'configmap', 'foreign', '--namespace', NAMESPACE);
    await engine.create(manifest([config('one'), config('two')]));
    const answer = await engine.update(manifest([config('one')]), manifest([config('one'), config('two')]));
    expect(answer).toMatchObject({ Status: 'SUCCESS', Reason: '1 applied. 1 deleted' });
    expect(await names()).toEqual(['foreign', 'one']);
  }, 20_000);

  test('a namespace that is now written down, and was the default one before, drops nothing', async () => {
    const bare = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'written' } };
    await engine.create(manifest([bare]));
    const written = { ...bare, metadata: { ...bare.metadata, namespace: 'default' } };
    expect(await engine.update(manifest([written]), manifest([bare]))).toMatchObject({ Reason: '1 applied. 0 deleted' });
    await engine.delete(manifest([written]));
    expect(await plane.kubectl('get', 'configmap', 'written', '--ignore-not-found')).toBe('');
  }, 20_000);

  test('an object that changes its kind is replaced', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'one', namespace: NAMESPACE }, stringData: { color: 'green-as-grass' } };
    await engine.create(manifest([config('one')]));
    expect(await engine.update(manifest([secret]), manifest([config('one')]))).toMatchObject({ Reason: '1 applied. 1 deleted' });
    expect([await get('configmap/one'), (await get('secret/one')).kind]).toEqual([undefined, 'Secret']);
  }, 20_000);

  test('a deletion deletes exactly what was applied, in reverse order', async () => {
    await plane.kubectl('create', 'configmap', 'foreign', '--namespace', NAMESPACE);
    const objects = [config('one'), { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'two', namespace: NAMESPACE } }, config('three')];
    await engine.create(manifest(objects));
    const order: string[] = [];
    engine.layer = own => {
      const programs = real(own);
      return {
        helm: programs.helm.bind(programs),
        kubectl: (args, options) => {
          order.push(...args[0] === 'delete' ? [...options.input!.matchAll(/"name":"(\w+)"/g)].map(it => it[1]) : []);
          return programs.kubectl(args, options);
        },
      };
    };
    expect(await engine.delete(manifest(objects))).toMatchObject({ Status: 'SUCCESS', Reason: '3 deleted' });
    expect(order).toEqual(['three', 'two', 'one']);
    expect(await names()).toEqual(['foreign']);
  }, 20_000);

  test('a rollback deletes what the failed update added', async () => {
    const [before, failed] = [manifest([config('one')]), manifest([config('one'), config('added'), { ...config('bad'), data: { a: { b: 'c' } } }])];
    await engine.create(before);
    expect(await engine.update(failed, before)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('.data.a: expected string') });
    expect(await names()).toEqual(['added', 'one']);
    expect(await engine.update(before, failed)).toMatchObject({ Status: 'SUCCESS' });
    expect(await names()).toEqual(['one']);
  }, 20_000);

  test('an object that was deleted by hand comes back with an update, and deleting it again does not fail', async () => {
    await engine.create(manifest([config('one')]));
    await plane.kubectl('delete', 'configmap/one', '--namespace', NAMESPACE);
    await engine.update(manifest([config('one', { color: 'blue' })]), manifest([config('one')]));
    expect((await get('configmap/one')).data).toEqual({ color: 'blue' });
    await plane.kubectl('delete', 'configmap/one', '--namespace', NAMESPACE);
    expect(await engine.delete(manifest([config('one')]))).toMatchObject({ Status: 'SUCCESS', Reason: '0 deleted' });
  }, 20_000);

  test('an update corrects what was changed by hand', async () => {
    await engine.create(manifest([config('one', { a: '1', b: '2' })]));
    await plane.kubectl('patch', 'configmap/one', '--namespace', NAMESPACE, '--type', 'merge', '--patch', '{"data":{"a":"9"}}');
    await engine.update(manifest([config('one', { a: '1', b: '3' })]), manifest([config('one', { a: '1', b: '2' })]));
    expect((await get('configmap/one')).data).toEqual({ a: '1', b: '3' });
  }, 20_000);

  test('what was there before is refused as a whole, and the rollback leaves it', async () => {
    await plane.kubectl('create', 'configmap', 'foreign', '--namespace', NAMESPACE);
    const properties = manifest([config('one'), config('foreign')]);
    expect(await engine.create(properties)).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'nothing',
      Reason: 'The cluster already has ConfigMap shop/foreign, which this stack did not make, and nothing was changed. Set `overwrite` to adopt what is there, '
        + 'and to give it back at the end. Or delete it, if nobody needs it: kubectl delete configmap foreign --namespace shop',
    });
    expect(await names()).toEqual(['foreign']);
    expect(await engine.delete(properties)).toMatchObject({ Status: 'SUCCESS', Reason: expect.stringContaining('foreign is left alone') });
    expect(await names()).toEqual(['foreign']);
  }, 20_000);

  test('with `overwrite`, what was there before is taken over', async () => {
    await plane.kubectl('create', 'configmap', 'foreign', '--namespace', NAMESPACE, '--from-literal', 'color=red');
    expect(await engine.create(manifest([config('foreign')], { Overwrite: 'true' }))).toMatchObject({ Status: 'SUCCESS' });
    expect((await get('configmap/foreign')).data).toEqual({ color: 'green-as-grass' });
  }, 20_000);

  test('a renamed construct loses nothing: the old one gives its objects up, and the new one owns every field', async () => {
    const objects = [config('one', { a: '1', b: '2' }), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'empty', namespace: NAMESPACE } }];
    await engine.create(manifest(objects), 'Old');
    await engine.create(manifest(objects, { Overwrite: 'true' }), 'New');
    expect(await engine.delete(manifest(objects), 'Old'))
      .toMatchObject({ Status: 'SUCCESS', Reason: expect.stringContaining('ConfigMap shop/one is left alone, because Shop/New applies it too') });
    expect(await names()).toEqual(['empty', 'one']);
    await engine.update(manifest([config('one', { a: '1' })]), manifest(objects), 'New');
    expect([(await get('configmap/one')).data, await names()]).toEqual([{ a: '1' }, ['one']]);
    await engine.delete(manifest([config('one')]), 'New');
    expect(await names()).toEqual([]);
  }, 30_000);

  test('a rename that is rolled back loses nothing', async () => {
    await engine.create(manifest([config('one')]), 'Old');
    await engine.create(manifest([config('one')], { Overwrite: 'true' }), 'New');
    await engine.delete(manifest([config('one')]), 'New');
    expect((await get('configmap/one')).data).toEqual({ color: 'green-as-grass' });
    await engine.delete(manifest([config('one')]), 'Old');
    expect(await names()).toEqual([]);
  }, 20_000);

  test('no fields with null reach the cluster, where they would become empty ones', async () => {
    await engine.create(manifest([config('one', { a: null, b: '2' })]));
    expect((await get('configmap/one')).data).toEqual({ b: '2' });
  }, 20_000);

  test('reports all failures at once, and none of their data', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'two', namespace: NAMESPACE }, stringData: { a: { deep: 'swordfish-1' }, n: 1234567 } };
    const answer = await engine.create(manifest([{ ...config('one'), data: { a: ['swordfish-2'] } }, secret, config('three')]));
    expect(answer.Reason).toMatch(/shop\/one; [^]*shop\/two; /);
    expect(await names()).toEqual(['three']);
    expect(JSON.stringify(engine.answers) + logged.join('\n')).not.toMatch(/swordfish|1234567/);
    expect(readFileSync(plane.adminKubeconfig, 'utf8')).toContain('token'); // the test's own file is not the one that is removed
  }, 20_000);

  test('two manifests at once do not disturb each other', async () => {
    const many = (prefix: string) => manifest(Array.from({ length: 10 }, (_, index) => config(`${prefix}-${index}`)));
    const answers = await Promise.all([engine.create(many('a'), 'A'), engine.create(many('b'), 'B')]);
    expect([...answers.map(it => it.Status), (await names()).length]).toEqual(['SUCCESS', 'SUCCESS', 20]);
  }, 20_000);

  test(`serves ${MANIFEST} of an empty list`, async () => {
    expect(await engine.create(manifest([]))).toMatchObject({ Status: 'SUCCESS' });
    expect(await engine.delete(manifest([]))).toMatchObject({ Status: 'SUCCESS' });
  }, 20_000);
});
