import { Engine, manifest } from './engine';
import { FakePrograms, Jumping } from './fake-programs';
import type { Ran } from '../../../handlers/kubernetes/programs';

const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace: 'shop' } };
const WIDGET = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one', namespace: 'shop' } };
const UNKNOWN = 'error: resource mapping not found for name: "one" namespace: "shop" from "STDIN": no matches for kind "Widget" in version "example.com/v1"\n'
  + 'ensure CRDs are installed first';
const APPLIED: Partial<Ran> = { stdout: JSON.stringify({ ...CONFIG, metadata: { ...CONFIG.metadata, uid: 'a' } }) };

beforeEach(() => { jest.spyOn(console, 'log').mockImplementation(() => {}); });
afterEach(() => jest.restoreAllMocks());

function engineWith(...answers: [RegExp, ...Partial<Ran>[]][]): { engine: Engine; programs: FakePrograms } {
  const programs = new FakePrograms(answers);
  const engine = new Engine(() => programs);
  engine.clock = new Jumping();
  return { engine, programs };
}

test('applies at the server, with its own field manager, and takes fields over from others', async () => {
  const { engine, programs } = engineWith([/^apply/, APPLIED]);
  expect(await engine.create(manifest([CONFIG], { Overwrite: 'true' }))).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: expect.stringMatching(/^manifest-[0-9a-f]{16}$/) });
  const [{ args }] = programs.applied;
  expect(args).toEqual(expect.arrayContaining(['apply', '--server-side', '--force-conflicts']));
  expect(args[args.indexOf('--field-manager') + 1]).toMatch(/^eks-platform-[0-9a-f]{16}$/);
  expect(args).not.toContain('--validate=false');
});

test('does not validate if that is asked for', async () => {
  const { engine, programs } = engineWith([/^apply/, APPLIED]);
  await engine.create(manifest([CONFIG], { Overwrite: 'true', SkipValidation: 'true' }));
  expect(programs.applied[0].args).toContain('--validate=false');
});

test('keeps the order of the manifest, lists laid out', async () => {
  const { engine, programs } = engineWith([/^apply/, APPLIED]);
  const named = (name: string) => ({ ...CONFIG, metadata: { name } });
  await engine.create(manifest([named('b'), { apiVersion: 'v1', kind: 'List', items: [named('c'), named('a')] }], { Overwrite: 'true' }));
  expect(programs.applied[0].input!.split('\n').map(it => JSON.parse(it).metadata.name)).toEqual(['b', 'c', 'a']);
});

test('waits for a kind that is just being registered', async () => {
  const { engine, programs } = engineWith([/^apply/, { stderr: UNKNOWN }, { stderr: UNKNOWN }, APPLIED]);
  expect(await engine.create(manifest([WIDGET], { Overwrite: 'true' }))).toMatchObject({ Status: 'SUCCESS' });
  expect(programs.applied).toHaveLength(3);
});

test('says after five minutes that nothing registers a kind', async () => {
  const { engine } = engineWith([/^apply/, { stderr: UNKNOWN }]);
  expect(await engine.create(manifest([WIDGET], { Overwrite: 'true' })))
    .toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/no matches for kind "Widget"[^]*Nothing registered the kind within 5 minutes/) });
});

test('does not wait where another object fails for good', async () => {
  const { engine, programs } = engineWith([/^apply/, { stderr: `Error from server (Invalid): the name is wrong\n${UNKNOWN}` }]);
  expect(await engine.create(manifest([CONFIG, WIDGET], { Overwrite: 'true' }))).toMatchObject({ Status: 'FAILED' });
  expect(programs.applied).toHaveLength(1);
});

test('waits for a namespace that the manifest itself makes, and for no other', async () => {
  const missing = 'Error from server (NotFound): namespaces "shop" not found';
  const own = engineWith([/^apply/, { stderr: missing }, APPLIED]);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  expect(await own.engine.create(manifest([CONFIG, namespace], { Overwrite: 'true' }))).toMatchObject({ Status: 'SUCCESS' });
  const other = engineWith([/^apply/, { stderr: missing }, APPLIED]);
  expect(await other.engine.create(manifest([CONFIG], { Overwrite: 'true' }))).toMatchObject({ Status: 'FAILED', Reason: missing });
});

test.each([
  ['no kind', [CONFIG, { apiVersion: 'v1', metadata: { name: 'a' } }]],
  ['no name', [CONFIG, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'a-' } }]],
  ['nothing', [CONFIG, null]],
])('an object with %s fails before anything is applied, and does not keep the stack from being rolled back', async (_, objects) => {
  const { engine, programs } = engineWith();
  expect(await engine.create(manifest(objects)))
    .toMatchObject({ Status: 'FAILED', Reason: 'Object 2 of the manifest needs `apiVersion`, `kind` and `metadata.name`' });
  expect(programs.commands).toEqual([]);
  expect(await engine.delete(manifest(objects))).toMatchObject({ Status: 'SUCCESS' });
});

test('another invocation continues if the time ends while a kind is being registered', async () => {
  const { engine } = engineWith([/^apply/, { stderr: UNKNOWN }]);
  engine.invocation = { functionName: 'kubernetes', getRemainingTimeInMillis: () => 120_000 };
  const invoke = jest.fn();
  Object.assign(engine.aws, { invoke });
  expect(await engine.create(manifest([WIDGET], { Overwrite: 'true' }))).toBeUndefined();
  expect(invoke).toHaveBeenCalledTimes(1);
});

test('what an update drops and can\'t delete is reported, but does not roll everything back', async () => {
  const dropped = { ...CONFIG, metadata: { name: 'two', uid: 'b', annotations: {} as object } };
  const { engine } = engineWith(
    [/^apply/, APPLIED],
    [/^get --filename/, { get stdout() { return JSON.stringify(dropped); } }],
    [/^get configmap two/, { stdout: JSON.stringify({ ...dropped, metadata: { ...dropped.metadata, deletionTimestamp: 'now', finalizers: ['example.com/hold'] } }) }],
    [/^get events/, { stdout: '{"items":[]}' }],
    [/^delete/, { stderr: 'error: timed out waiting for the condition on configmaps/two' }],
  );
  await engine.create(manifest([CONFIG], { Overwrite: 'true' }));
  const owner = engine.answers[0].PhysicalResourceId.replace('manifest-', '');
  dropped.metadata.annotations = { [`eks-platform/${owner}`]: 'Shop/Manifest' };
  const answer = await engine.update(manifest([CONFIG], { Overwrite: 'true' }), manifest([CONFIG, { ...CONFIG, metadata: { name: 'two' } }]));
  expect(answer).toMatchObject({ Status: 'SUCCESS', Reason: expect.stringContaining('ConfigMap two is still there: it has the finalizer example.com/hold') });
});

test('what may let an object go stays, as long as a deletion waits for that object', async () => {
  const controller = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'controller', namespace: 'shop', uid: 'c', annotations: {} as object } };
  const widget = { ...WIDGET, metadata: { ...WIDGET.metadata, uid: 'w', annotations: {} as object } };
  const { engine, programs } = engineWith(
    [/^apply/, APPLIED],
    [/^get --filename/, {}, { get stdout() { return JSON.stringify({ kind: 'List', items: [controller, widget] }); } }, { get stdout() { return JSON.stringify(widget); } }],
    [/^get widget/, { stdout: JSON.stringify({ ...widget, metadata: { ...widget.metadata, deletionTimestamp: 'now', finalizers: ['example.com/hold'] } }) }],
    [/^get events/, { stdout: '{"items":[]}' }],
    [/^delete/, { stderr: 'error: timed out waiting for the condition on widgets/one' }],
  );
  await engine.create(manifest([controller, WIDGET]));
  const owner = engine.answers[0].PhysicalResourceId.replace('manifest-', '');
  [controller, widget].forEach(it => { it.metadata.annotations = { [`eks-platform/${owner}`]: 'Shop/Manifest' }; });
  expect(await engine.delete(manifest([controller, WIDGET]))).toMatchObject({
    Status: 'FAILED', Reason: expect.stringContaining('Widget shop/one is still there: it has the finalizer example.com/hold'),
  });
  expect(programs.commands.filter(it => it.args[0] === 'delete').map(it => JSON.parse(it.input!).kind)).toEqual(['Widget']);
});

const HELD = { ...CONFIG, metadata: { ...CONFIG.metadata, uid: 'a' } };

test('each object is applied on a condition: that nothing has its name, or that it is the very one that was found', async () => {
  const { engine, programs } = engineWith([/^get --filename/, { stdout: JSON.stringify(HELD) }], [/^apply/, APPLIED]);
  await engine.create(manifest([CONFIG, WIDGET], { Overwrite: 'true' }));
  expect(programs.applied[0].input!.split('\n').map(it => JSON.parse(it).metadata)).toMatchObject([{ uid: 'a' }, { resourceVersion: '1' }]);
});

test.each([
  'error: Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your changes to the latest version and try again',
  'error: Operation cannot be fulfilled on configmaps "one": uid mismatch: the provided object specified uid a, and no existing object was found',
  'The ConfigMap "one" is invalid: metadata.uid: Invalid value: "a": field is immutable',
])('an object that is made, deleted or replaced meanwhile is looked at again: %s', async stderr => {
  const { engine, programs } = engineWith([/^apply/, { stderr }, APPLIED]);
  expect(await engine.create(manifest([CONFIG]))).toMatchObject({ Status: 'SUCCESS' });
  expect(programs.verbs).toEqual(['get', 'apply', 'get', 'apply']);
});

test('waits until what others had under the name is gone, and does not touch it', async () => {
  const going = { ...HELD, metadata: { ...HELD.metadata, deletionTimestamp: 'now' } };
  const { engine, programs } = engineWith([/^get --filename/, { stdout: JSON.stringify(going) }, {}], [/^apply/, APPLIED]);
  expect(await engine.create(manifest([CONFIG]))).toMatchObject({ Status: 'SUCCESS' });
  expect(programs.verbs).toEqual(['get', 'get', 'apply']);
});
