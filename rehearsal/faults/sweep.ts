import type { ApiServer } from './api-server';
import { foreignThings } from './bystander';
import type { Point } from './calls';
import { FAULTS, type FaultKind } from './faults';
import { CHARTS, type History } from './histories';
import { differences, objectsOf, stateOf, type State } from './state';
import { Trial, type Finding } from './trial';
import { World } from './world';

/** A history as it is without any fault. */
export interface Reference {
  readonly history: History;
  /** The world before each operation. */
  readonly worlds: readonly World[];
  /** What is to be after each operation; the first one is what there was before all of them. */
  readonly states: readonly State[];
  readonly remains: State;
  /** The calls of each operation. */
  readonly points: readonly (readonly Point[])[];
  /** The objects of others, by their keys. */
  readonly foreign: ReadonlySet<string>;
  /** What is wrong without any fault. */
  readonly findings: readonly Finding[];
  readonly trace: readonly string[];
}

/** One point and one fault: its name is the seed that replays it. */
export interface Case {
  readonly name: string;
  readonly operation: number;
  readonly point: Point;
  readonly fault: FaultKind;
}

/** What became of a case. */
export interface Tried extends Pick<Case, 'name'> {
  readonly findings: readonly Finding[];
  readonly trace: readonly string[];
}

/** Lives a history without any fault, and records all calls. */
export async function record(history: History): Promise<Reference> {
  const foreign = new Set<string>();
  let world = new World({
    charts: CHARTS,
    plant: (api: ApiServer) => {
      const before = new Set(api.objects.keys());
      history.plant(api);
      [...api.objects.keys()].filter(it => !before.has(it)).forEach(it => foreign.add(it));
    },
  });
  world.account.things = foreignThings();
  const [worlds, points, states]: [World[], Point[][], State[]] = [[], [], [stateOf(world)]];
  const findings: Finding[] = [];
  const trace: string[] = [];
  for (const operation of history.operations) {
    worlds.push(world.fork());
    world = world.fork();
    const trial = new Trial(world, foreign);
    trial.ended(await trial.operate(operation), operation, { fail: false });
    await world.clock.run();
    points.push(world.calls.points);
    const [before, after] = [states.at(-1)!, stateOf(world)];
    if (operation.fails && differences(after, before).length > 0) {
      trial.find('a third state', differences(after, before).slice(0, 3).join('; '));
    }
    states.push(operation.fails ? before : after);
    findings.push(...trial.findings);
    trace.push(...world.calls.trace);
  }
  return { history, worlds, states, points, foreign, findings, trace, remains: objectsOf(world.remains) };
}

/** All points times all faults. */
export function casesOf({ history, points }: Reference): Case[] {
  return points.flatMap((calls, operation) => calls.flatMap(point => FAULTS.map(fault => ({
    name: `${history.name}/${history.operations[operation].name}/${point.request}/${point.nth} ${point.what}: ${fault.name}`, operation, point, fault,
  }))));
}

/** Lives a history up to the end, with one fault. */
export async function attempt(reference: Reference, { name, operation: index, point, fault }: Case): Promise<Tried> {
  const { history: { operations }, states, findings } = reference;
  const remains = findings.length === 0 ? reference.remains : undefined; // what is wrong without any fault is no measure
  const trial = new Trial(reference.worlds[index].fork(), reference.foreign);
  const { world } = trial;
  const [operation, next] = operations.slice(index);
  world.calls.disturbed = { index: point.index, fault: fault.disturb(world) };
  const isBack = trial.ended(await trial.operate(operation), operation, { fail: fault.fails === true || fault.name === 'overtaken' });
  if (!fault.isLate) {
    await trial.judge(states[isBack ? index : index + 1], operation.template === undefined ? remains : undefined);
  }
  world.calls.outage = undefined;
  if (isBack && operation.fails !== true) {
    trial.ended(await trial.operate(operation), operation, { fail: false });
    await trial.judge(states[index + 1]);
  }
  if (fault.isLate && next?.template !== undefined) {
    trial.ended(await trial.operate(next), next, { fail: false });
    await trial.judge(states[index + 2]);
  }
  if (operation.template !== undefined && world.cloudformation.kept.size > 0) {
    const destroy = operations.at(-1)!;
    trial.ended(await trial.operate(destroy), destroy, { fail: false });
    await trial.judge(states.at(-1)!, remains);
  }
  const isNew = (it: Finding) => !findings.some(known => known.wrong === it.wrong && known.words === it.words);
  return { name, findings: trial.findings.filter(isNew), trace: world.calls.trace };
}
