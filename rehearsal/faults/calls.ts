import type { VirtualClock } from './clock';
import type { Invocation } from './invocation';

/** What a call of a function reaches. */
export type Edge = 'kubectl' | 'helm' | 'helm step' | 'aws' | 'answer';

/** How a call fails without a fault of the caller. */
export type Failure = 'error' | 'throttling' | 'time-out';

/** One call that a function makes, or one step of a Helm that it runs. */
export interface Call<T> {
  readonly edge: Edge;
  /** Such as `kubectl apply` or `aws ec2 deleteSecurityGroup`. */
  readonly what: string;
  /** How long it takes, in milliseconds. */
  readonly takes: number;
  effect(): T;
  /** What the caller gets instead of the effect's result; it may throw. */
  fail(how: Failure): T;
}

/** A call as it was recorded. */
export interface Point {
  readonly index: number;
  readonly edge: Edge;
  readonly what: string;
  /** The resource and its request: `App Update`. */
  readonly request: string;
  /** What CloudFormation is doing: `forward`, `cleanup`, `rollback` or `delete`. */
  readonly phase: string;
  /** The calls of one request in their order. */
  readonly nth: number;
}

/** What happens at one point. It may change what becomes of the call. */
export type Fault = (at: { call: Call<any>; invocation: Invocation; go: () => Promise<any> }) => Promise<any>;

/** What looks at the world after each effect. */
export type Watch = (point: Point, invocation: Invocation) => void;

/** A text that each injected failure has, so that it can be found in CloudFormation's reason. */
export const CAUSE = 'injected-fault';

/** A promise for what never comes: a dead caller does not go on. */
export function never(): Promise<any> {
  return new Promise(() => undefined);
}

/** All calls pass here: they are recorded, delayed, and one of them is disturbed. */
export class Calls {
  public readonly points: Point[] = [];
  /** Each call with its time, for whoever looks into a failure. */
  public readonly trace: string[] = [];

  /** The point that is disturbed, by its index, and how. */
  public disturbed?: { readonly index: number; readonly fault: Fault };

  /** Disturbs all calls for a while: what it gives is done instead of a call's effect. */
  public outage?: (call: Call<any>) => (() => any) | undefined;

  private readonly counts = new Map<string, number>();

  constructor(private readonly clock: VirtualClock) {}

  public watch: Watch = () => undefined;

  /**
   * Makes a call for an invocation.
   *
   * @param interrupted settles when the caller does not wait any longer
   */
  public async pass<T>(invocation: Invocation, call: Call<T>, interrupted: Promise<unknown> = never()): Promise<T> {
    const request = `${invocation.resource} ${invocation.event.RequestType}`;
    const nth = this.counts.get(request) ?? 0;
    this.counts.set(request, nth + 1);
    const point: Point = { index: this.points.length, edge: call.edge, what: call.what, request, phase: invocation.phase(), nth };
    this.points.push(point);
    this.say(`${invocation.name}: ${call.what}`);
    invocation.waitsFor.add(call.what);
    let isInterrupted = false;
    const go = async (): Promise<T> => {
      await Promise.race([this.clock.sleep(call.takes), interrupted.then(() => { isInterrupted = true; })]);
      if (invocation.isDead) {
        return never();
      }
      if (isInterrupted) {
        throw new Interrupted();
      }
      const result = this.outage?.(call)?.() ?? call.effect();
      this.watch(point, invocation);
      return result;
    };
    try {
      const result = this.disturbed?.index === point.index ? await Promise.race([
        this.disturbed.fault({ call, invocation, go }), interrupted.then(() => { throw new Interrupted(); }),
      ]) : await go();
      return await (invocation.isDead ? never() : result);
    } finally {
      invocation.waitsFor.delete(call.what);
    }
  }

  public say(words: string): void {
    this.trace.push(`${new Date(this.clock.now()).toISOString().slice(11, 19)} ${words}`);
  }
}

/** The caller of a step does not wait for it any longer. */
export class Interrupted extends Error {}
