import { FAULTS } from '../../rehearsal/faults/faults';
import { HISTORIES } from '../../rehearsal/faults/histories';
import { report } from '../../rehearsal/faults/report';
import { attempt, casesOf, record, type Case, type Reference } from '../../rehearsal/faults/sweep';

const references = new Map<string, Reference>();

/** A history without any fault, recorded once. */
async function reference(name: string): Promise<Reference> {
  if (!references.has(name)) {
    references.set(name, await record(HISTORIES.find(it => it.name === name)!));
  }
  return references.get(name)!;
}

/** The cases in whose names a text is. */
async function cases(history: string, text: string): Promise<Case[]> {
  return casesOf(await reference(history)).filter(it => it.name.includes(text));
}

/** A fault of the call that changes an object in an update. */
async function whenApplied(fault: string): Promise<Case> {
  const [one] = (await cases('life', 'life/update/App Update/')).filter(it => it.name.endsWith(` kubectl apply: ${fault}`));
  return one;
}

test('a life without any fault ends as it should, and all that others have is as it was', async () => {
  const { findings, states, remains } = await reference('life');
  expect(findings).toEqual([]);
  expect(states.at(-1)).toEqual(states[0]);
  expect([...remains.keys()].filter(it => /ledger|metrics|settings/.test(it))).toHaveLength(4);
});

test('has each point times each fault once, and says of each that it leaves out why', async () => {
  const { points } = await reference('life');
  const all = await cases('life', '');
  expect(all).toHaveLength(points.flat().length * FAULTS.length);
  expect(new Set(all.map(it => it.name)).size).toBe(all.length);
  const skipped = all.flatMap(it => it.fault.skipped(it.point) ?? []);
  expect(Math.min(...skipped.map(it => it.length))).toBeGreaterThan(20);
});

test('the name of a case replays it, call by call', async () => {
  const one = await whenApplied('killed');
  const [first, second] = [await attempt(await reference('life'), one), await attempt(await reference('life'), one)];
  expect(first.trace.length).toBeGreaterThan(50);
  expect(second.trace).toEqual(first.trace);
});

test('the event of a killed function is delivered again, which waits until Lambda would have ended the function, and the update goes on', async () => {
  const one = await whenApplied('killed');
  const { findings, trace } = await attempt(await reference('life'), one);
  expect(findings).toEqual([]);
  const said = trace.map(it => it.replace(/^\S+ /, ''));
  const [killed, again, applied] = ['App Update is killed', 'App Update (delivery 2): kubectl get', 'App Update: kubectl apply'].map(it => said.indexOf(it));
  expect([killed > applied, again > killed, said.lastIndexOf('App Update: kubectl apply') > again]).toEqual([true, true, true]);
});

test('an error fails the update with a reason that names it, and everything is as before', async () => {
  const one = await whenApplied('error');
  const { findings, trace } = await attempt(await reference('life'), one);
  expect(findings.filter(it => it.wrong !== 'two change one release at once')).toEqual([]);
  expect(trace.join('\n')).toMatch(/UPDATE_ROLLBACK_COMPLETE: App: .*injected-fault/);
});

test('says what is wrong, how often, and how to see it again', async () => {
  const one = await reference('life');
  const { name, ...rest } = await whenApplied('killed');
  const text = report([one], [{ case: { name, ...rest }, reason: 'for a test' }], [
    { name, findings: [{ wrong: 'a third state', words: 'ConfigMap shop/settings is left' }] },
  ]);
  expect(text).toContain('2 cases: 1 tried, 1 skipped; 1 of those tried are wrong');
  expect(text).toContain('1 skipped killed: for a test');
  expect(text).toContain(`WRONG in life: a third state: 1 (1 killed)\n  --only '${name}'\n      ConfigMap shop/settings is left`);
});
