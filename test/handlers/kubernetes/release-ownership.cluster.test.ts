import { configMap, crd, FAILED_CREATE, Releases } from './releases';
import { CONTROL_PLANE, missingOf } from '../../../rehearsal/setup/toolchain';
import { describeUnless } from '../../support/run';

const ADOPT = { Adopt: 'true' };

describeUnless(missingOf(CONTROL_PLANE))('whose releases are whose, with a real Helm', () => {
  let releases: Releases;
  let bystander: any;

  beforeAll(async () => {
    releases = await Releases.start();
    await releases.publishWeb();
    await releases.publish('broken', '1.0.0', { templates: { wrong: configMap('Not_A_Name') } });
    await releases.byHand('bystander', '1.0.0');
    bystander = await releases.get('configmap', 'bystander-config');
  }, 60_000);

  afterEach(async () => {
    expect(await releases.get('configmap', 'bystander-config')).toEqual(bystander);
    expect(await releases.history('bystander')).toEqual(['deployed']);
  });

  afterAll(() => releases?.stop(), 30_000);

  const version = async (name: string) => (await releases.get('configmap', `${name}-config`))?.data.version;
  const labels = async (name: string) => JSON.stringify((await releases.get('secrets', '--selector', `owner=helm,name=${name}`)).items.map((it: any) => it.metadata.labels));

  test('a release that was installed by hand is refused, and no deletion of ours uninstalls it', async () => {
    const properties = { Release: 'bystander', Chart: 'web', Version: '2.0.0' };
    expect(await releases.refusal(releases.create(properties))).toMatch(/^The cluster already has the release shop\/bystander .*helm uninstall bystander --namespace shop$/);
    await releases.delete(properties, FAILED_CREATE);
    await releases.delete(properties, { id: 'Shop-Release-MADEUPBYCLOUDFORMATION' });
  }, 60_000);

  test('a creation that adopted a release and is rolled back leaves what was there', async () => {
    await releases.byHand('adopted', '1.0.0');
    const properties = { Release: 'adopted', Chart: 'web', Version: '2.0.0', ...ADOPT };
    await releases.create(properties);
    expect(await version('adopted')).toBe('2.0.0');
    expect(await releases.delete(properties)).toMatchObject({ reason: expect.stringContaining('is given back') });
    expect([await version('adopted'), (await releases.history('adopted')).at(-1)]).toEqual(['1.0.0', 'deployed']);
    expect(await labels('adopted')).not.toContain('eks-platform');
  }, 60_000);

  test('a creation that adopts a release and fails leaves what was there', async () => {
    await releases.byHand('failing', '1.0.0');
    const properties = { Release: 'failing', Chart: 'broken', Version: '1.0.0', Atomic: 'true', ...ADOPT };
    expect(await releases.refusal(releases.create(properties))).toMatch(/Not_A_Name/);
    await releases.delete(properties, FAILED_CREATE);
    expect([await version('failing'), (await releases.history('failing')).at(-1)]).toEqual(['1.0.0', 'deployed']);
    expect(await labels('failing')).not.toContain('eks-platform');
  }, 60_000);

  test('an adopted release that was updated stays as it is at the end', async () => {
    await releases.byHand('kept', '1.0.0');
    const properties = { Release: 'kept', Chart: 'web', Version: '1.0.0' };
    await releases.create({ ...properties, ...ADOPT });
    await releases.update({ ...properties, Version: '2.0.0' });
    expect(await releases.delete({ ...properties, Version: '2.0.0' })).toMatchObject({ reason: expect.stringContaining('stays as it is: it was there before') });
    expect(await version('kept')).toBe('2.0.0');
    expect(await labels('kept')).not.toContain('eks-platform');
  }, 60_000);

  test('the release of another stack is refused, though its construct has the same name', async () => {
    const properties = { Release: 'theirs', Chart: 'web', Version: '1.0.0' };
    await releases.create(properties, { owner: 'theirs', stack: 'another' });
    expect(await releases.refusal(releases.create(properties))).toMatch(/which this stack did not install/);
    await releases.delete(properties);
    expect(await version('theirs')).toBe('1.0.0');
    expect(await releases.delete(properties, { owner: 'theirs', stack: 'another' })).toMatchObject({ reason: 'Release shop/theirs is uninstalled' });
  }, 60_000);

  test('CRDs that an earlier release left do not block a new one, and newer ones are not downgraded', async () => {
    const newer: any = crd('widgets', 'Widget', ['size']);
    const [{ schema }] = newer.spec.versions;
    newer.spec.versions = [{ name: 'v1', served: true, storage: false, schema }, { name: 'v2', served: true, storage: true, schema }];
    await releases.publish('widgets', '1.0.0', { templates: { widget: configMap('widgets') }, crds: { widgets: crd('widgets', 'Widget', []), gadgets: crd('gadgets', 'Gadget', []) } });
    await releases.publish('widgets', '2.0.0', { templates: { widget: configMap('widgets') }, crds: { widgets: newer, gadgets: crd('gadgets', 'Gadget', []) } });
    const versions = async () => (await releases.get('crd', 'widgets.example.com')).spec.versions.map((it: any) => it.name);
    await releases.create({ Release: 'widgets', Version: '2.0.0' });
    await releases.delete({ Release: 'widgets', Version: '2.0.0' });
    const next = { owner: 'next', stack: 'next' };
    expect(await releases.create({ Release: 'widgets', Version: '1.0.0' }, next)).toMatchObject({ id: 'shop/widgets' });
    expect(await versions()).toEqual(['v1', 'v2']);
    await releases.delete({ Release: 'widgets', Version: '1.0.0' }, next);
    expect(await versions()).toEqual(['v1', 'v2']);
  }, 60_000);
});
