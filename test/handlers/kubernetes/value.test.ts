import { Engine, VALUE } from './engine';
import { FakePrograms, Jumping } from './fake-programs';
import type { Ran } from '../../../handlers/kubernetes/programs';

const PROPERTIES = {
  ObjectType: 'ingress', ObjectName: 'web', ObjectNamespace: 'shop', JsonPath: '.status.loadBalancer.ingress[0].hostname', TimeoutSeconds: '300',
};
const MISSING = 'Error from server (NotFound): ingresses.networking.k8s.io "web" not found';

beforeEach(() => { jest.spyOn(console, 'log').mockImplementation(() => {}); });
afterEach(() => jest.restoreAllMocks());

function engineWith(...answers: Partial<Ran>[]) {
  const programs = new FakePrograms([[/^get/, ...answers]]);
  const engine = new Engine(() => programs);
  engine.type = VALUE;
  engine.clock = new Jumping();
  return { engine, programs };
}

test('waits until the object is there and has the value', async () => {
  const { engine, programs } = engineWith({ stderr: MISSING }, { stdout: '' }, { stdout: 'web.example.com' });
  expect(await engine.create(PROPERTIES)).toMatchObject({ Status: 'SUCCESS', Data: { Value: 'web.example.com' } });
  expect(programs.commands[2].args).toEqual(
    ['get', 'ingress', 'web', '--namespace', 'shop', '--output', 'jsonpath={.status.loadBalancer.ingress[0].hostname}', '--request-timeout=70s']);
});

test('an update reads anew, under the same id', async () => {
  const { engine } = engineWith({ stdout: 'one' }, { stdout: 'two' });
  const { PhysicalResourceId } = await engine.create(PROPERTIES);
  expect(await engine.update(PROPERTIES, PROPERTIES)).toMatchObject({ PhysicalResourceId, Data: { Value: 'two' } });
});

test('a deletion asks nobody', async () => {
  const { engine, programs } = engineWith({ stdout: 'one' });
  await engine.create(PROPERTIES);
  expect(await engine.delete(PROPERTIES)).toMatchObject({ Status: 'SUCCESS' });
  expect(programs.commands).toHaveLength(1);
});

test('says what it waited for and the last error, after the time that it was given', async () => {
  const { engine } = engineWith({ stderr: MISSING });
  const start = engine.clock.now();
  expect(await engine.create(PROPERTIES)).toMatchObject({
    Status: 'FAILED',
    Reason: `ingress/web in namespace shop gave no value for {${PROPERTIES.JsonPath}}: ${MISSING} (waited for up to 300 s)`,
  });
  expect(engine.clock.now() - start).toBeGreaterThanOrEqual(295_000);
});

test('distinguishes an object without the value from one that is missing', async () => {
  const { engine } = engineWith({ stdout: '' });
  expect((await engine.create(PROPERTIES)).Reason).toContain('it exists, but has no such value');
});

test('a path that kubectl can\'t read fails at once', async () => {
  const { engine, programs } = engineWith({ stderr: 'error: error parsing jsonpath {.a[0}, unterminated array' });
  expect(await engine.create(PROPERTIES)).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('unterminated array') });
  expect(programs.commands).toHaveLength(1);
});

test('uses a path with braces as it is', async () => {
  const { engine, programs } = engineWith({ stdout: 'one' });
  await engine.create({ ...PROPERTIES, JsonPath: '{.a}{.b}' });
  expect(programs.commands[0].args).toContain('jsonpath={.a}{.b}');
});

test('another invocation waits on, until the time since the first one is over', async () => {
  const { engine } = engineWith({ stdout: '' });
  const invoke = jest.fn();
  Object.assign(engine.aws, { invoke });
  const slow = { ...PROPERTIES, TimeoutSeconds: '1800' };
  expect(await engine.create(slow)).toBeUndefined();
  const { StartedAt } = JSON.parse(invoke.mock.calls[0][0].Payload);
  expect(await engine.create(slow, 'Value', { StartedAt })).toBeUndefined();
  expect(await engine.create(slow, 'Value', { StartedAt })).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('1800 s') });
  expect(engine.clock.now() - StartedAt).toBeLessThanOrEqual(1_800_000);
});

test('a value that CloudFormation would not accept is reported, with its size in bytes', async () => {
  const { engine } = engineWith({ stdout: 'x'.repeat(3_001) });
  expect((await engine.create(PROPERTIES)).Reason).toBe('The value has 3003 bytes, and CloudFormation takes 3000: give a `jsonPath` that selects less');
});
