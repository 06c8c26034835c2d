import { anything, clusterRole, configMap, crd, DEPLOYMENT, FAILED_CREATE, Releases } from './releases';
import { CONTROL_PLANE, missingOf } from '../../../rehearsal/setup/toolchain';
import { describeUnless } from '../../support/run';

describeUnless(missingOf(CONTROL_PLANE))('releases of a real Helm', () => {
  let releases: Releases;

  beforeAll(async () => {
    releases = await Releases.start();
    await releases.publish('web', '1.0.0', {
      templates: { deployment: DEPLOYMENT, config: `${'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "{{ .Release.Name }}-config" }\n'}data: { color: {{ .Values.color }} }` },
      values: { replicas: 0, color: 'red' },
    });
    await releases.publish('web', '2.0.0', { templates: { deployment: DEPLOYMENT, new: configMap('new-in-2') }, values: { replicas: 0 } });
    await releases.publish('refused', '1.0.0', { templates: { good: configMap('refused') } });
    await releases.publish('refused', '2.0.0', { templates: { good: configMap('refused', { version: '2' }), wrong: configMap('Not_A_Name') } });
  }, 60_000);

  beforeEach(() => {
    releases.said = [];
  });

  afterAll(() => releases?.stop(), 30_000);

  const values = (object: object) => ({ Values: JSON.stringify(object) });

  test('a first install that does not get ready: Helm\'s words, nothing is left, and a retry succeeds', async () => {
    const properties = { Release: 'first', Chart: 'web', Version: '1.0.0', Wait: 'true', Atomic: 'true', Timeout: '3s' };
    expect(await releases.refusal(releases.create({ ...properties, ...values({ replicas: 1 }) }))).toMatch(/^helm upgrade shop\/first failed: .*first.*/s);
    expect(await releases.get('deployment', 'first')).toBeUndefined();
    expect(await releases.history('first')).toEqual([]);
    await releases.delete(properties, FAILED_CREATE);
    expect(await releases.create(properties)).toMatchObject({ id: 'shop/first' });
    expect(await releases.history('first')).toEqual(['deployed']);
  }, 60_000);

  test('a first install that fails without rollback: what it left is upgraded by a retry, or deleted', async () => {
    const properties = { Release: 'second', Chart: 'web', Version: '1.0.0', Wait: 'true', Timeout: '2s' };
    expect(await releases.refusal(releases.create({ ...properties, ...values({ replicas: 1 }) }))).toMatch(/second/);
    expect(await releases.history('second')).toEqual(['failed']);
    await releases.create(properties);
    expect(await releases.history('second')).toEqual(['superseded', 'deployed']);
    await releases.delete(properties, FAILED_CREATE);
    expect(await releases.get('deployment', 'second')).toBeUndefined();
    expect(await releases.history('second')).toEqual([]);
  }, 60_000);

  test.each<[string, object]>([
    ['a Rollout, whose observedGeneration is a text', { observedGeneration: '1', phase: 'Healthy' }],
    ['an ExternalSecret that is not ready', { conditions: [{ type: 'Ready', status: 'False' }] }],
  ])('Helm waits in vain for %s, but not with legacy waiting, which still waits for what it knows', async (_, status) => {
    const name = `vain-${Object.keys(status)[0].toLowerCase()}`;
    const vain = { apiVersion: 'example.com/v1', kind: 'Vain', metadata: { name: '{{ .Release.Name }}' }, spec: {}, status };
    await releases.publish(name, '1.0.0', { templates: { vain: JSON.stringify(vain), deployment: DEPLOYMENT }, crds: { vains: anything('vains', 'Vain') }, values: { replicas: 0 } });
    const properties = { Release: name, Version: '1.0.0', Atomic: 'true', Timeout: '4s' };
    expect(await releases.refusal(releases.create({ ...properties, Wait: 'true' }))).toMatch(/vain.*(uninstalled|deadline)/s);
    expect(await releases.get('vains', name)).toBeUndefined();
    expect(await releases.create({ ...properties, Wait: 'legacy' })).toMatchObject({ id: `shop/${name}` });
    expect(await releases.refusal(releases.update({ ...properties, Wait: 'legacy', ...values({ replicas: 1 }) }))).toMatch(/rollback-on-failure/);
    expect((await releases.history(name)).at(-1)).toBe('deployed');
    await releases.delete({ ...properties, Wait: 'legacy' });
    expect(await releases.get('vains', name)).toBeUndefined();
  }, 60_000);

  test('an upgrade that the API server refuses: Helm rolls back, says why, and CloudFormation\'s own rollback succeeds', async () => {
    const properties = { Release: 'refused', Version: '1.0.0', Atomic: 'true' };
    await releases.create(properties);
    expect(await releases.refusal(releases.update({ ...properties, Version: '2.0.0' }))).toMatch(/Not_A_Name.*(rolled back|rollback-on-failure)/s);
    expect((await releases.get('configmap', 'refused')).data).toBeUndefined();
    expect((await releases.history('refused')).at(-1)).toBe('deployed');
    await releases.update(properties);
    expect((await releases.get('configmap', 'refused')).data).toBeUndefined();
  }, 60_000);

  test('an upgrade that fails without rollback: the next update, back to the old state, repairs it', async () => {
    const properties = { Release: 'third', Chart: 'web', Version: '1.0.0', Wait: 'true', Timeout: '2s' };
    await releases.create(properties);
    expect(await releases.refusal(releases.update({ ...properties, ...values({ replicas: 1 }) }))).toMatch(/Deployment.*third/s);
    expect(await releases.history('third')).toEqual(['deployed', 'failed']);
    await releases.update(properties);
    expect((await releases.get('deployment', 'third')).spec.replicas).toBe(0);
    expect(await releases.history('third')).toEqual(['superseded', 'failed', 'deployed']);
  }, 60_000);

  test('a chart version goes up, and down again: each time exactly its objects are there', async () => {
    const properties = { Release: 'versions', Chart: 'web' };
    const names = async () => (await releases.get('configmaps')).items.map((it: any) => it.metadata.name).filter((it: string) => /^versions-|^new-in-2/.test(it));
    await releases.create({ ...properties, Version: '1.0.0' });
    expect(await names()).toEqual(['versions-config']);
    await releases.update({ ...properties, Version: '2.0.0' });
    expect(await names()).toEqual(['new-in-2']);
    await releases.update({ ...properties, Version: '1.0.0' });
    expect(await names()).toEqual(['versions-config']);
  }, 60_000);

  test('values that are removed go back to the chart\'s own', async () => {
    const properties = { Release: 'values', Chart: 'web', Version: '1.0.0' };
    const color = async () => (await releases.get('configmap', 'values-config')).data.color;
    await releases.create({ ...properties, ...values({ color: 'blue' }) });
    expect(await color()).toBe('blue');
    await releases.update(properties);
    expect(await color()).toBe('red');
  }, 60_000);

  test('a chart\'s new version changes its CRD: it is updated, custom resources survive, and deleting the release keeps both', async () => {
    const widget = configMap('widgets');
    await releases.publish('widgets', '1.0.0', { templates: { widget }, crds: { widgets: crd('widgets', 'Widget', ['size']) } });
    await releases.publish('widgets', '2.0.0', {
      templates: { widget, mine: { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'of-the-chart' }, spec: { size: 'L', weight: '1' } } },
      crds: { widgets: crd('widgets', 'Widget', ['size', 'weight']), gadgets: crd('gadgets', 'Gadget', []) },
    });
    await releases.create({ Release: 'widgets', Version: '1.0.0' });
    await releases.plane.kubectl('create', '--namespace', 'shop', '--filename', releases.file({
      apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'by-hand' }, spec: { size: 'S' },
    }));
    const { uid } = (await releases.get('widget', 'by-hand')).metadata;
    await releases.update({ Release: 'widgets', Version: '2.0.0' });
    expect((await releases.get('widget', 'of-the-chart')).spec).toEqual({ size: 'L', weight: '1' });
    expect((await releases.get('widget', 'by-hand')).metadata.uid).toBe(uid);
    await releases.delete({ Release: 'widgets', Version: '2.0.0' });
    expect((await releases.get('widgets')).items.map((it: any) => it.metadata.name)).toEqual(['by-hand']);
  }, 60_000);

  test('CRDs are deleted with the release where that is asked for, but not those of others', async () => {
    await releases.publish('gears', '1.0.0', { templates: { gear: configMap('gears') }, crds: { gears: crd('gears', 'Gear', []), cogs: crd('cogs', 'Cog', []) } });
    const properties = { Release: 'gears', Version: '1.0.0', DeleteCrds: 'true' };
    await releases.create(properties, { owner: 'gears' });
    await releases.plane.kubectl('apply', '--server-side', '--field-manager', 'eks-platform-other', '--force-conflicts', '--filename', releases.file(crd('cogs', 'Cog', [])));
    expect(await releases.delete(properties, { owner: 'gears' })).toMatchObject({ reason: 'Release shop/gears is uninstalled, and 1 CRDs are deleted' });
    expect(await releases.get('crd', 'gears.example.com')).toBeUndefined();
    expect(await releases.get('crd', 'cogs.example.com')).toBeDefined();
  }, 60_000);

  test.each([
    ['another program applies', async () => releases.plane.kubectl('apply', '--server-side', '--field-manager', 'argocd-controller', '--force-conflicts', '--filename', releases.file(crd('held', 'Held', [])))],
    ['somebody labels by hand', async () => releases.plane.kubectl('label', 'crd', 'held.example.com', 'team=shop')],
  ])('a CRD that %s too is not deleted with the release, nor are its objects', async (_, manage) => {
    const name = `crds-${Math.random().toString(36).slice(2)}`;
    const [held, own] = [crd('held', 'Held', []), crd('owned', 'Owned', [])];
    await releases.publish(name, '1.0.0', { templates: { one: configMap(name) }, crds: { held, own } });
    const properties = { Release: name, Version: '1.0.0', DeleteCrds: 'true' };
    await releases.create(properties, { owner: name });
    await manage();
    await releases.plane.kubectl('create', '--namespace', 'shop', '--filename', releases.file({ apiVersion: 'example.com/v1', kind: 'Held', metadata: { name: 'one' } }));
    expect(await releases.delete(properties, { owner: name })).toMatchObject({ reason: expect.stringMatching(/is uninstalled, and 1 CRDs are deleted$/) });
    expect(await releases.get('crd', 'owned.example.com')).toBeUndefined();
    expect(await releases.get('held', 'one')).toBeDefined();
    await releases.plane.kubectl('delete', 'crd', 'held.example.com');
  }, 60_000);

  test('two charts at once, into a namespace that neither finds', async () => {
    const properties = { Chart: 'web', Version: '1.0.0', Namespace: 'both', CreateNamespace: 'true' };
    const results = await Promise.all(['one', 'two'].map(Release => releases.create({ ...properties, Release }, { owner: Release })));
    expect(results.map(it => it.id)).toEqual(['both/one', 'both/two']);
  }, 60_000);

  test('an uninstall that fails because of a hook: the error has Helm\'s words, and a retry uninstalls once the cause is gone', async () => {
    const hook = configMap('cleanup', {}, { namespace: 'missing', annotations: { 'helm.sh/hook': 'pre-delete' } });
    await releases.publish('hooked', '1.0.0', { templates: { hook, other: configMap('hooked') } });
    const properties = { Release: 'hooked', Version: '1.0.0' };
    await releases.create(properties);
    expect(await releases.refusal(releases.delete(properties))).toMatch(/^helm uninstall shop\/hooked failed: .*namespaces "missing" not found/s);
    expect(await releases.get('configmap', 'hooked')).toBeDefined();
    await releases.plane.kubectl('create', 'namespace', 'missing');
    expect(await releases.delete(properties)).toMatchObject({ reason: 'Release shop/hooked is uninstalled' });
    expect(await releases.get('configmap', 'hooked')).toBeUndefined();
    expect(await releases.history('hooked')).toEqual([]);
  }, 60_000);

  test('an object that can\'t be deleted: each delete fails and names it and what helps, until it is gone', async () => {
    await releases.publish('held', '1.0.0', { templates: { held: configMap('held', {}, { finalizers: ['example.com/hold'] }) } });
    const properties = { Release: 'held', Version: '1.0.0', Timeout: '2s' };
    await releases.create(properties);
    for (const _ of [1, 2]) {
      expect(await releases.refusal(releases.delete(properties))).toMatch(/ConfigMap held is still there: .*finalizer example\.com\/hold.*kubectl patch configmap held --namespace shop/s);
    }
    await releases.plane.kubectl('patch', 'configmap', 'held', '--namespace', 'shop', '--type', 'merge', '--patch', '{"metadata":{"finalizers":null}}');
    await releases.delete(properties);
    expect(await releases.history('held')).toEqual([]);
  }, 60_000);

  test('an object in another namespace that does not go: each delete fails and names it, and leaves what others have there', async () => {
    await releases.plane.kubectl('create', 'namespace', 'far');
    const far = configMap('far', {}, { namespace: 'far', finalizers: ['example.com/hold'] });
    await releases.publish('far', '1.0.0', { templates: { far, near: configMap('near'), role: clusterRole('far') } });
    for (const [name, namespace] of [['far', 'shop'], ['near', 'far'], ['near', 'default']]) { // of others, with the names of ours
      await releases.plane.kubectl('create', 'configmap', name, '--namespace', namespace);
    }
    const properties = { Release: 'far', Version: '1.0.0', Timeout: '2s' };
    await releases.create(properties);
    for (const _ of [1, 2]) {
      expect(await releases.refusal(releases.delete(properties))).toMatch(/ConfigMap far is still there: .*finalizer example\.com\/hold.*kubectl patch configmap far --namespace far/s);
      expect(await releases.history('far')).toEqual(['uninstalled']);
    }
    await releases.plane.kubectl('patch', 'configmap', 'far', '--namespace', 'far', '--type', 'merge', '--patch', '{"metadata":{"finalizers":null}}');
    await releases.delete(properties);
    expect(await releases.history('far')).toEqual([]);
    expect(await releases.plane.kubectl('get', 'configmaps', '--all-namespaces', '--field-selector', 'metadata.name!=kube-root-ca.crt',
      '--output', 'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {end}')).toMatch(/default\/near .*far\/near .*shop\/far/);
    expect(await releases.get('clusterrole', 'far')).toBeUndefined();
  }, 60_000);

  test('an object deleted by hand comes back with the next update', async () => {
    const properties = { Release: 'deleted', Chart: 'web', Version: '1.0.0' };
    await releases.create(properties);
    await releases.plane.kubectl('delete', 'configmap', 'deleted-config', '--namespace', 'shop');
    await releases.update({ ...properties, ...values({ replicas: 2 }) });
    expect(await releases.get('configmap', 'deleted-config')).toBeDefined();
  }, 60_000);

  test('an object changed by hand: what the chart sets is set again, what it does not know stays', async () => {
    const properties = { Release: 'changed', Chart: 'web', Version: '1.0.0' };
    await releases.create(properties);
    await releases.plane.kubectl('patch', 'configmap', 'changed-config', '--namespace', 'shop', '--type', 'merge', '--patch', '{"data":{"color":"green","size":"S"}}');
    await releases.update({ ...properties, ...values({ replicas: 2 }) });
    expect((await releases.get('configmap', 'changed-config')).data).toEqual({ color: 'red', size: 'S' });
  }, 60_000);

  test('a construct is renamed on a living platform: the delete of its old name leaves the release alone', async () => {
    const properties = { Release: 'renamed', Chart: 'web', Version: '1.0.0' };
    await releases.create(properties, { owner: 'before' });
    await releases.create(properties, { owner: 'after' });
    expect(await releases.delete(properties, { owner: 'before' })).toMatchObject({ reason: expect.stringContaining('belongs to another resource') });
    expect(await releases.get('deployment', 'renamed')).toBeDefined();
    await releases.delete(properties, { owner: 'after' });
    expect(await releases.get('deployment', 'renamed')).toBeUndefined();
  }, 60_000);

  test('a deployment that renamed a construct is rolled back: the release goes back to its old name and values', async () => {
    const properties = { Release: 'back', Chart: 'web', Version: '1.0.0' };
    await releases.create(properties, { owner: 'before' });
    await releases.create({ ...properties, ...values({ color: 'blue' }) }, { owner: 'after' });
    expect(await releases.delete(properties, { owner: 'after' })).toMatchObject({ reason: expect.stringContaining('is given back') });
    expect((await releases.get('configmap', 'back-config')).data.color).toBe('red');
    await releases.delete(properties, { owner: 'before' });
    expect(await releases.get('configmap', 'back-config')).toBeUndefined();
  }, 60_000);
});
