import { Calls } from './calls';
import type { VirtualClock } from './clock';
import type { Invocation } from './invocation';
import { load } from './sandbox';
import type { Edges } from './sandbox';

/** In milliseconds: the time-out of our functions, which is Lambda's longest. */
const LONGEST = 15 * 60_000;

/** In milliseconds: when Lambda delivers an asynchronous event again after the function failed. It does so twice. */
const RETRIES = [60_000, 120_000];

const START = 100;

/**
 * Lambda, as it serves asynchronous events: at least once, each in an environment of its own.
 *
 * Rests on: an event whose function fails, runs into its time-out or dies is delivered twice more, after one and two minutes, with
 * the same request id (Lambda developer guide, "Asynchronous invocation"). The processes that a function started die with it.
 */
export class Lambda {
  public readonly invocations: Invocation[] = [];

  constructor(private readonly clock: VirtualClock, private readonly calls: Calls, private readonly edges: Edges) {}

  /** What CloudFormation is doing. */
  public phase: () => string = () => '';

  /** Called when a function ran into its time-out. */
  public timedOut: (invocation: Invocation) => void = () => undefined;

  /** Takes an event, as `Invoke` with the type `Event` does. */
  public deliver(functionName: string, event: any, attempt = 0, awsRequestId = `invoke-${this.invocations.length}`): void {
    this.clock.after(START, () => this.run(functionName, event, attempt, awsRequestId));
  }

  /** Ends a function at once, and what it started; Lambda then delivers its event again. */
  public kill(invocation: Invocation): void {
    if (!invocation.hasEnded) {
      this.calls.say(`${invocation.name} is killed`);
      (invocation as any).fail();
    }
  }

  private run(functionName: string, event: any, attempt: number, awsRequestId: string): void {
    const began = this.clock.now();
    const fail = () => {
      if (invocation.hasEnded) {
        return;
      }
      [invocation.isDead, invocation.hasEnded] = [true, true];
      cancel();
      if (attempt < RETRIES.length) {
        this.clock.after(RETRIES[attempt], () => this.run(functionName, event, attempt + 1, awsRequestId));
      }
    };
    const phase = this.phase();
    const invocation: Invocation & { fail: () => void } = {
      name: `${event.LogicalResourceId} ${event.RequestType}${attempt > 0 ? ` (delivery ${attempt + 1})` : ''}`,
      functionName,
      event,
      requestId: awsRequestId,
      resource: event.LogicalResourceId,
      began,
      end: began + LONGEST,
      isDead: false,
      hasEnded: false,
      waitsFor: new Set(),
      phase: () => phase,
      fail,
    };
    const cancel = this.clock.after(LONGEST, () => {
      this.calls.say(`${invocation.name} ran into its time-out`);
      this.timedOut(invocation);
      fail();
    });
    this.invocations.push(invocation);
    const handler = load(functionName, invocation, this.edges);
    const context = { functionName, awsRequestId, getRemainingTimeInMillis: () => invocation.end - this.clock.now() };
    handler(structuredClone(event), context).then(() => {
      if (!invocation.isDead) {
        invocation.hasEnded = true;
        cancel();
      }
    }, (error: any) => {
      if (!invocation.isDead) {
        this.calls.say(`${invocation.name} failed: ${error?.message}`);
        fail();
      }
    });
  }
}
