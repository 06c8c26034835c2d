import { setTimeout } from 'timers/promises';
import { Layer } from '../../handlers/kubernetes/programs';
import * as redact from '../../handlers/kubernetes/redact';
import { run } from '../../handlers/kubernetes/run';
import { leaks } from '../../rehearsal/lifecycle/leaks';
import { plantSecrets } from '../../rehearsal/lifecycle/planted-secrets';
import { CONTROL_PLANE, missingOf } from '../../rehearsal/setup/toolchain';
import { FakeAws } from '../handlers/fake-aws';
import { ENV } from '../handlers/kubernetes/engine';
import { runControlPlane, type RunningControlPlane } from '../support/control-plane';
import { describeUnless } from '../support/run';

describeUnless(missingOf(CONTROL_PLANE))('secrets that are planted in a real cluster', () => {
  let plane: RunningControlPlane;
  let logged: string;

  beforeAll(async () => {
    plane = await runControlPlane();
    await plane.kubectl('create', 'secret', 'generic', 'bystander', '--from-literal', 'word=swordfish');
  }, 60_000);

  beforeEach(() => {
    logged = '';
    jest.spyOn(console, 'log').mockImplementation((...words) => { logged += `${words.map(it => it?.stack ?? it).join(' ')}\n`; });
  });

  afterEach(() => jest.restoreAllMocks());

  afterAll(() => plane?.stop(), 30_000);

  /** The handler itself, with the real programs. */
  async function invoke(event: any): Promise<void> {
    await run(event, { functionName: 'kubernetes', getRemainingTimeInMillis: () => 120_000 }, {
      aws: new FakeAws(),
      clock: { now: () => Date.now(), sleep: setTimeout },
      respond: async (url, body) => { await fetch(url, { method: 'PUT', body: JSON.stringify(body) }); },
    }, ENV, own => new Layer({ ...own, KUBECONFIG: plane.adminKubeconfig, HOME: plane.folder }, plane.opt));
  }

  /** Plants all, takes all away, and says what was found where. */
  async function found(): Promise<{ planted: string[]; leaked: string[] }> {
    const { secrets, answers, remove } = await plantSecrets(ENV.CLUSTER_NAME, invoke);
    try {
      const texts = { 'the log': logged, 'an answer': Object.values(answers).join('\n') };
      return { planted: secrets.map(it => it.name), leaked: leaks(texts, Object.assign({}, ...secrets.map(it => it.forms))) };
    } finally {
      await remove();
    }
  }

  test('are in no log and no answer, and go again, but for what others have', async () => {
    expect(await found()).toEqual({
      planted: ['a manifest\'s Secret', 'a refused Secret', 'a chart\'s value', 'a value that Helm quotes'], leaked: [],
    });
    expect(await plane.kubectl('get', 'secrets', '--output', 'jsonpath={.items[*].metadata.name}')).toBe('bystander');
  }, 60_000);

  test('are found where nothing hides them', async () => {
    jest.spyOn(redact, 'hiding').mockReturnValue(text => text);
    expect((await found()).leaked).toEqual(expect.arrayContaining([
      'a refused Secret is in the log', 'a refused Secret is in an answer', 'a value that Helm quotes is in the log', 'a value that Helm quotes is in an answer',
    ]));
  }, 60_000);

  test('are found where a log has what is served', async () => {
    const shown = (own: Layer, args: string[]) => own.kubectl(args, { deadline: Date.now() + 30_000 });
    const { secrets, remove } = await plantSecrets(ENV.CLUSTER_NAME, invoke);
    const objects = await shown(new Layer({ KUBECONFIG: plane.adminKubeconfig }, plane.opt), ['get', 'secrets', '--output', 'json']).finally(remove);
    const { 0: served, 2: value } = secrets;
    expect(leaks({ 'the log': objects.stdout }, { ...served.forms, ...value.forms })).toEqual([
      'a manifest\'s Secret, encoded is in the log', 'a chart\'s value, encoded is in the log',
    ]);
  }, 60_000);
});
