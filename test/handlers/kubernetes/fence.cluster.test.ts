import { setTimeout } from 'timers/promises';
import { Engine, manifest, MANIFEST } from './engine';
import { configMap, Releases } from './releases';
import type { Event } from '../../../handlers/kubernetes/run';
import { CONTROL_PLANE, missingOf } from '../../../rehearsal/setup/toolchain';
import { describeUnless } from '../../support/run';

const RELEASE = 'Custom::AWSCDK-EKS-HelmChart';

describeUnless(missingOf(CONTROL_PLANE))('requests that overlap, with a real Helm', () => {
  let releases: Releases;
  let engine: Engine;

  beforeAll(async () => {
    releases = await Releases.start();
    await releases.publishWeb();
    await releases.byHand('bystander', '1.0.0');
  }, 60_000);

  beforeEach(() => {
    jest.spyOn(console, 'log').mockImplementation(() => {});
    engine = new Engine(() => releases.programs);
    engine.type = RELEASE;
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    expect(await releases.history('bystander')).toEqual(['deployed']);
  });

  afterAll(() => releases?.stop(), 30_000);

  /** A release that never gets ready with one replica. */
  function web(Release: string, Version: string, replicas: number): any {
    return {
      Release, Version, Chart: 'web', Repository: releases.address, Namespace: 'shop', Timeout: '120s', Wait: 'true', Values: JSON.stringify({ replicas }),
    };
  }

  const began = Date.now();

  function send(RequestType: Event['RequestType'], second: number, properties: object, more: Partial<Event> = {}): Promise<any> {
    const date = new Date(began + second * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
    return engine.serve({ RequestType, RequestId: `at-${second}`, ResponseURL: `https://example.com/?X-Amz-Date=${date}`, LogicalResourceId: 'Resource', ...more }, properties);
  }

  /** Waits until Helm has written down what it is about to do. */
  async function pending(release: string): Promise<void> {
    while (!(await releases.history(release)).at(-1)?.startsWith('pending')) {
      await setTimeout(200);
    }
  }

  test('a deletion interrupts the Helm of the creation that it overtakes, and nothing is left', async () => {
    engine.stackId = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Shop/delete';
    const creating = send('Create', 10, web('first', '1.0.0', 1));
    await pending('first');
    const interrupted = Date.now();
    await Promise.all([creating, send('Delete', 11, web('first', '1.0.0', 1), { PhysicalResourceId: 'made-up' })]);
    expect(engine.answers.map(it => [it.RequestId, it.Status])).toEqual([['at-10', 'FAILED'], ['at-11', 'SUCCESS']]);
    expect(engine.answers[0].Reason).toContain('was overtaken by a newer one');
    expect([await releases.history('first'), await releases.get('deployment', 'first')]).toEqual([[], undefined]);
    expect(Date.now() - interrupted).toBeLessThan(60_000); // Helm would have waited for two minutes
  }, 90_000);

  test('the rollback of an update interrupts its Helm, and the version from before is deployed', async () => {
    engine.stackId = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Shop/update';
    await send('Create', 20, web('second', '1.0.0', 0));
    const updating = send('Update', 21, web('second', '2.0.0', 1), { PhysicalResourceId: 'shop/second' });
    await pending('second');
    await Promise.all([updating, send('Update', 22, web('second', '1.0.0', 0), { PhysicalResourceId: 'shop/second' })]);
    expect(engine.answers.map(it => [it.RequestId, it.Status])).toEqual([['at-20', 'SUCCESS'], ['at-21', 'FAILED'], ['at-22', 'SUCCESS']]);
    expect([(await releases.get('configmap', 'second-config')).data.version, (await releases.history('second')).at(-1)]).toEqual(['1.0.0', 'deployed']);
  }, 90_000);

  test('an event that comes twice, and one from before a deletion, change nothing', async () => {
    engine.type = MANIFEST;
    engine.stackId = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Shop/manifest';
    const properties = manifest([configMap('fenced', { version: '1' }, { namespace: 'shop' })]);
    await Promise.all([send('Create', 30, properties), send('Create', 30, properties)]);
    await send('Delete', 32, properties, { PhysicalResourceId: 'manifest-x' });
    await send('Delete', 32, properties, { PhysicalResourceId: 'manifest-x' });
    await send('Create', 31, properties);
    expect(engine.answers.map(it => [it.RequestId, it.Status])).toEqual([['at-30', 'SUCCESS'], ['at-32', 'SUCCESS'], ['at-31', 'FAILED']]);
    expect(await releases.get('configmap', 'fenced')).toBeUndefined();
  }, 60_000);

  test('a Lease is left after the answer, and shows who holds it', async () => {
    engine.type = MANIFEST;
    engine.stackId = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/Shop/lease';
    const seen: string[] = [];
    const leases = async () => (JSON.parse(await releases.plane.kubectl('get', 'leases', '--namespace', 'kube-system', '--output', 'json')).items as any[])
      .filter(it => it.metadata.name.startsWith('eks-platform-') && it.spec.holderIdentity !== undefined).map(it => it.metadata.name);
    engine.layer = () => ({
      helm: releases.programs.helm.bind(releases.programs),
      kubectl: async (args, options) => {
        seen.push(...args[0] === 'apply' ? await leases() : []);
        return releases.programs.kubectl(args, options);
      },
    });
    await send('Create', 40, manifest([configMap('leased', {}, { namespace: 'shop' })]));
    expect([seen, await leases()]).toEqual([[expect.stringMatching(/^eks-platform-[0-9a-f]{16}$/)], []]);
  }, 30_000);
});
