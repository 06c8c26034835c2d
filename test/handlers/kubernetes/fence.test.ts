import { Engine, manifest } from './engine';
import { FakePrograms, Jumping } from './fake-programs';
import type { Programs, Ran, RunOptions } from '../../../handlers/kubernetes/programs';
import type { Event } from '../../../handlers/kubernetes/run';

const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace: 'shop' } };
const OLD = manifest([{ ...CONFIG, data: { version: 'old' } }]);
const NEW = manifest([{ ...CONFIG, data: { version: 'new' } }]);
const MINUTE = 60_000;

/** Programs in which each `apply` takes until a test lets it end. */
class Held implements Programs {
  public readonly started: { version: string; end: () => void }[] = [];

  constructor(private readonly programs: FakePrograms) {}

  public helm(args: string[], options: RunOptions): Promise<Ran> {
    return this.programs.helm(args, options);
  }

  public async kubectl(args: string[], options: RunOptions): Promise<Ran> {
    if (args[0] === 'apply') {
      await new Promise<void>(end => { this.started.push({ version: JSON.parse(options.input!).data.version, end }); });
    }
    return this.programs.kubectl(args, options);
  }
}

let programs: FakePrograms;
let held: Held;
let engine: Engine;
beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
  programs = new FakePrograms([[/^apply/, { stdout: JSON.stringify({ ...CONFIG, metadata: { ...CONFIG.metadata, uid: 'a' } }) }]]);
  held = new Held(programs);
  engine = new Engine(() => programs);
  engine.clock = new Jumping();
});
afterEach(() => jest.restoreAllMocks());

/** The address that CloudFormation signed at a second. */
function at(second: number): Partial<Event> {
  return { ResponseURL: `https://example.com/?X-Amz-Date=20261123T0000${`${second}`.padStart(2, '0')}Z&X-Amz-Expires=7200`, RequestId: `at-${second}` };
}

function send(RequestType: Event['RequestType'], properties: object, event: Partial<Event>): Promise<any> {
  return engine.serve({ RequestType, LogicalResourceId: 'Manifest', ...RequestType === 'Create' ? {} : { PhysicalResourceId: 'manifest-a' }, ...event }, properties);
}

/** A few rounds of whoever waits: a few seconds of a clock that jumps. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise(setImmediate);
  }
}

/** A creation that runs out of time while its kind is not registered. Returns the event with which it invokes itself to go on. */
async function beginAndContinue(): Promise<any> {
  engine.invocation = { functionName: 'kubernetes', getRemainingTimeInMillis: () => 2 * MINUTE };
  const invoke = jest.fn();
  Object.assign(engine.aws, { invoke });
  const waiting = new FakePrograms([[/^apply/, { stderr: 'error: no matches for kind "ConfigMap" in version "v1"' }]]);
  Object.assign(waiting, { leases: programs.leases });
  engine.layer = () => waiting;
  await send('Create', NEW, at(1));
  return JSON.parse(invoke.mock.calls[0][0].Payload);
}

/** What was applied, in its order. */
function applied(): string[] {
  return programs.applied.map(it => JSON.parse(it.input!).data.version);
}

test('a rollback waits until the update that it overtakes has stopped, and has the last word', async () => {
  engine.layer = () => held;
  const updating = send('Update', NEW, { ...at(1), OldResourceProperties: OLD as any });
  await turns();
  engine.layer = () => programs;
  const rollingBack = send('Update', OLD, { ...at(2), OldResourceProperties: NEW as any });
  await turns();
  expect([engine.answers, applied()]).toEqual([[], []]);
  held.started[0].end();
  await Promise.all([updating, rollingBack]);
  expect(applied()).toEqual(['new', 'old']);
  expect(engine.answers.map(it => [it.RequestId, it.Status])).toEqual([['at-1', 'FAILED'], ['at-2', 'SUCCESS']]);
  expect(engine.answers[0].Reason).toBe('The request at-1 was overtaken by a newer one, at-2, and stopped');
});

test('an overtaken creation that waits applies nothing after the deletion has answered', async () => {
  const unknown = { stderr: 'error: no matches for kind "ConfigMap" in version "v1"' };
  const waiting = new FakePrograms([[/^apply/, unknown]]);
  Object.assign(waiting, { leases: programs.leases });
  engine.layer = () => waiting;
  const creating = send('Create', NEW, at(1));
  engine.layer = () => programs;
  await send('Delete', NEW, at(2));
  const applies = waiting.applied.length;
  await creating;
  expect(engine.answers.map(it => it.Status).sort()).toEqual(['FAILED', 'SUCCESS']);
  expect(waiting.applied).toHaveLength(applies);
});

test('an event that comes twice is served once, and answered once', async () => {
  engine.layer = () => held;
  const first = send('Create', NEW, at(1));
  await turns();
  const second = send('Create', NEW, at(1));
  held.started[0].end();
  await Promise.all([first, second]);
  await send('Create', NEW, at(1));
  expect([applied(), engine.answers.map(it => it.Status)]).toEqual([['new'], ['SUCCESS']]);
});

test('an event from before the deletion is dropped, as long as Lambda may deliver one; a newer one is not', async () => {
  await send('Create', NEW, at(1));
  await send('Delete', NEW, at(3));
  expect(await send('Update', OLD, at(2))).toMatchObject({ Status: 'FAILED', Reason: 'The request at-2 was overtaken by a newer one, at-3, and stopped' });
  expect(applied()).toEqual(['new']);
  expect(await send('Create', OLD, at(4))).toMatchObject({ Status: 'SUCCESS' });
  expect(applied()).toEqual(['new', 'old']);
});

test('the Lease of a deleted resource stays for an hour', async () => {
  await engine.create(NEW, 'Gone');
  await engine.delete(NEW, 'Gone');
  await engine.create(NEW, 'Living');
  await engine.create(NEW, 'Other');
  await engine.delete(NEW, 'Other');
  expect(Object.keys(programs.leases.leases)).toHaveLength(3);
  await engine.clock.sleep(61 * MINUTE);
  await engine.create(NEW, 'Last');
  await engine.delete(NEW, 'Last');
  expect(programs.leases.states).toEqual([expect.objectContaining({ isDone: true }), expect.objectContaining({ until: expect.any(Number) })]);
});

test.each([['Lambda\'s retry', 1], ['the next request', 2]])('%s waits for a killed function until Lambda would have ended it, and no longer', async (_, second) => {
  const began = engine.clock.now();
  engine.invocation = { functionName: 'kubernetes', getRemainingTimeInMillis: () => 5 * MINUTE };
  engine.layer = () => held;
  void send('Create', NEW, at(1)); // never ends
  await turns();
  engine.invocation = { functionName: 'kubernetes', getRemainingTimeInMillis: () => 15 * MINUTE };
  engine.layer = () => programs;
  expect(await send('Create', NEW, at(second))).toMatchObject({ Status: 'SUCCESS' });
  expect(engine.clock.now() - began).toBeGreaterThan(5 * MINUTE);
  expect(engine.clock.now() - began).toBeLessThan(6 * MINUTE);
});

test('another invocation that goes on does not wait for the one that it continues, though a copy of it does', async () => {
  const continued = await beginAndContinue();
  const began = engine.clock.now();
  engine.invocation = { functionName: 'kubernetes', getRemainingTimeInMillis: () => 15 * MINUTE };
  engine.layer = () => held;
  const going = engine.serve(continued, continued.ResourceProperties);
  await turns();
  expect([held.started.length, engine.clock.now()]).toEqual([1, began]);
  const copy = engine.serve(continued, continued.ResourceProperties);
  held.started[0].end();
  await Promise.all([going, copy]);
  expect([applied(), engine.answers.map(it => it.Status)]).toEqual([['new'], ['SUCCESS']]);
});

test('an invocation that goes on for an overtaken request stops', async () => {
  await send('Update', OLD, at(2));
  expect(await send('Update', NEW, { ...at(1), Continues: 'dead' })).toMatchObject({ Status: 'FAILED' });
  expect(applied()).toEqual(['old']);
});

test('an invocation that goes on is not overtaken by an older request, though the invocation that it continues never read the Lease', async () => {
  await send('Update', OLD, at(1));
  expect(await send('Update', NEW, { ...at(2), Continues: 'silenced' })).toMatchObject({ Status: 'SUCCESS' });
  expect(applied()).toEqual(['old', 'new']);
});

test('a request that is overtaken between two invocations does not hold the newer one', async () => {
  const continued = await beginAndContinue();
  engine.invocation = { functionName: 'kubernetes', getRemainingTimeInMillis: () => 15 * MINUTE };
  engine.layer = () => programs;
  const began = engine.clock.now();
  const newer = send('Create', OLD, at(2));
  await turns();
  await Promise.all([newer, engine.serve(continued, continued.ResourceProperties)]);
  expect(engine.answers.map(it => [it.RequestId, it.Status])).toEqual([['at-1', 'FAILED'], ['at-2', 'SUCCESS']]);
  expect(engine.clock.now() - began).toBeLessThan(MINUTE);
});

test('without a date in the address, the request that arrives last is the newest', async () => {
  engine.layer = () => held;
  const creating = engine.create(NEW);
  await turns();
  engine.layer = () => programs;
  const deleting = engine.delete(NEW, 'Manifest', 'nothing');
  await turns();
  held.started[0].end();
  await Promise.all([creating, deleting]);
  expect(engine.answers.map(it => it.Status)).toEqual(['FAILED', 'SUCCESS']);
});

test('a function that can\'t answer lets Lambda\'s retry in at once', async () => {
  const respond = engine.answers.push;
  engine.answers.push = () => { throw new Error('CloudFormation did not accept the answer'); };
  await expect(send('Create', NEW, at(1))).rejects.toThrow('CloudFormation did not accept the answer');
  engine.answers.push = respond;
  const began = engine.clock.now();
  expect(await send('Create', NEW, at(1))).toMatchObject({ Status: 'SUCCESS' });
  expect(engine.clock.now()).toBe(began);
});

test('other resources do not wait', async () => {
  engine.layer = () => held;
  void send('Create', NEW, at(1));
  await turns();
  engine.layer = () => programs;
  const began = engine.clock.now();
  expect(await engine.create(NEW, 'Bystander')).toMatchObject({ Status: 'SUCCESS' });
  expect(engine.clock.now()).toBe(began);
});

test('a Lease that can\'t be written fails the request before anything is changed', async () => {
  const { run } = programs.leases;
  programs.leases.run = args => args[0] === 'create' ? { code: 1, stdout: '', stderr: 'Error from server (Forbidden): leases is denied by a policy', interrupted: false } : run.call(programs.leases, args);
  expect(await send('Create', NEW, at(1))).toMatchObject({
    Status: 'FAILED', Reason: 'the Lease of this resource can\'t be used: Error from server (Forbidden): leases is denied by a policy',
  });
  expect(programs.commands).toEqual([]);
});
