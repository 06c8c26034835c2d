import { never, type Call, type Fault, type Point } from './calls';
import type { World } from './world';

/** In milliseconds: how long a call is held while another request goes on. Ours take less. */
const HELD = 60_000;

/** In milliseconds: how long an outage takes. It outlasts CloudFormation's hour. */
export const OUTAGE = 2 * 60 * 60_000;

/** In milliseconds: when an outage's first function is killed, shortly before it would have handed over. */
const LATE = 13.5 * 60_000;

/** One kind of disturbance. */
export interface FaultKind {
  readonly name: string;
  /** Whether the call itself fails, so that an operation may fail with a reason that quotes it. */
  readonly fails?: boolean;
  /** Whether something comes only after the request was answered: the next operation begins meanwhile. */
  readonly isLate?: boolean;
  /** Why it is left out at a point, where it is. */
  skipped(point: Point): string | undefined;
  disturb(world: World): Fault;
}

const isProgram = ({ edge }: { readonly edge: string }) => edge === 'helm';

export const FAULTS: readonly FaultKind[] = [
  { name: 'error', fails: true, skipped: () => undefined, disturb: world => fail(world, 'error') },
  { name: 'throttling', fails: true, skipped: () => undefined, disturb: world => fail(world, 'throttling') },
  {
    name: 'effect and time-out',
    fails: true,
    skipped: point => isProgram(point) ? 'Helm itself answers at once: its calls are points of their own' : undefined,
    disturb: () => async ({ call, go }) => {
      await go();
      return call.fail('time-out');
    },
  },
  {
    name: 'silence',
    fails: true,
    skipped: point => isProgram(point) ? 'Helm itself is silent only while one of its calls is, and these are points of their own' : undefined,
    disturb: () => async ({ go }) => {
      await go();
      return never();
    },
  },
  {
    name: 'outage',
    fails: true,
    skipped: point => isProgram(point) ? 'Helm itself is not away: its calls are points of their own'
      : point.edge === 'answer' ? 'nobody could tell CloudFormation the cause' : undefined,
    disturb: world => ({ call, invocation, go }) => {
      const end = world.clock.now() + OUTAGE;
      const away = familyOf(call);
      world.calls.outage = other => world.clock.now() < end && familyOf(other) === away ? () => other.fail('time-out') : undefined;
      world.clock.after(invocation.began + LATE - world.clock.now(), () => world.lambda.kill(invocation));
      return go();
    },
  },
  {
    name: 'killed',
    skipped: () => undefined,
    disturb: world => ({ invocation }) => {
      world.lambda.kill(invocation);
      return never();
    },
  },
  {
    name: 'effect and killed',
    isLate: true,
    skipped: ({ edge }) => edge === 'answer' ? undefined : 'the same as killed at the next point',
    disturb: world => async ({ invocation, go }) => {
      await go();
      world.lambda.kill(invocation);
      return never();
    },
  },
  {
    name: 'twice',
    skipped: () => undefined,
    disturb: world => async ({ invocation, go }) => {
      world.calls.say(`${invocation.name} is delivered a second time, and the first one pauses`);
      world.lambda.deliver(invocation.functionName, invocation.event, 0, invocation.requestId);
      await world.clock.sleep(HELD);
      return go();
    },
  },
  {
    name: 'overtaken',
    skipped: ({ phase }) => phase === 'forward' ? undefined : 'CloudFormation cancels neither a deletion nor a rollback',
    disturb: world => async ({ invocation, go }) => {
      world.calls.say(`another resource fails, and ${invocation.name} pauses`);
      await world.clock.sleep(1_000); // the dates in the addresses are to the second, and CloudFormation is not faster
      world.cloudformation.cancel();
      await world.clock.sleep(HELD);
      return go();
    },
  },
];

function fail(world: World, how: 'error' | 'throttling'): Fault {
  return async ({ call }) => {
    await world.clock.sleep(call.takes);
    return call.fail(how);
  };
}

/** What is away together. */
function familyOf({ edge, what }: Call<unknown>): string {
  if (edge === 'aws' || edge === 'answer') {
    return edge;
  }
  return /^helm (pull|show|registry)/.test(what) ? 'charts' : 'cluster';
}
