import { setTimeout } from 'timers/promises';
import { Sdk, type Aws } from './aws';

/** What CloudFormation sends. */
export interface Request<Properties> {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Properties;
  /** Those from before an update. */
  readonly OldResourceProperties?: Properties;
  /** When the first of several invocations began. */
  readonly StartedAt?: number;
}

/** What Lambda tells of the invocation. */
export interface Invocation {
  readonly functionName: string;
  getRemainingTimeInMillis(): number;
}

/** The time, as tests may want to hurry it. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

/** All that lies outside of the handlers. */
export interface World {
  readonly aws: Aws;
  readonly clock: Clock;
  respond(url: string, body: object): Promise<void>;
}

/** What becomes of a request that was served. */
export interface Result {
  /** The physical id: where it changes, CloudFormation deletes what had the old one. */
  readonly id: string;
  readonly reason?: string;
  /** What `Fn::GetAtt` gives. */
  readonly data?: { readonly [attribute: string]: string };
}

/** Not done when the invocation ends: another one goes on, as long as CloudFormation waits. The message says what is left. */
export class Unfinished extends Error {}

/** CloudFormation waits an hour: the answer must come before. */
const BUDGET = 55 * 60_000;

/** What an invocation keeps of its time, to answer or to go on in another one. */
const RESERVE = 60_000;

/** The physical id of what was never created. */
export const NOTHING = 'nothing';

/** CloudFormation takes 4 KB as an answer, all in all. */
const LONGEST_REASON = 2_000;

/**
 * Serves one request, and answers it unless another invocation will.
 *
 * @param work does it until the deadline; throws what failed, or `Unfinished`
 */
export async function serve<Properties>(
  request: Request<Properties>, invocation: Invocation, world: World, work: (deadline: number) => Promise<Result>,
): Promise<void> {
  const { aws, clock } = world;
  const StartedAt = request.StartedAt ?? clock.now();
  const end = StartedAt + BUDGET;
  let words: object;
  try {
    const { id, reason, data } = await work(Math.min(end, clock.now() + invocation.getRemainingTimeInMillis() - RESERVE));
    words = { Status: 'SUCCESS', PhysicalResourceId: id, Reason: reason ?? 'Done', Data: data };
  } catch (error: any) {
    console.log(error);
    if (error instanceof Unfinished && clock.now() + RESERVE < end && await goesOn(request, StartedAt, invocation, aws)) {
      return;
    }
    // What could not be created has no id of its own, and CloudFormation deletes it by this one.
    words = { Status: 'FAILED', PhysicalResourceId: request.PhysicalResourceId ?? NOTHING, Reason: `${error?.message ?? error}` };
  }
  await answer(request, world, words);
}

/** Whether another invocation takes over; a network without a way to Lambda's API allows none. */
async function goesOn(request: object, StartedAt: number, { functionName }: Invocation, aws: Aws): Promise<boolean> {
  try {
    await aws.call('lambda', 'invoke', { FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify({ ...request, StartedAt }) });
    return true;
  } catch (error) {
    console.log('no other invocation can go on:', error);
    return false;
  }
}

async function answer({ ResponseURL, StackId, RequestId, LogicalResourceId }: Request<unknown>, world: World, words: any): Promise<void> {
  const Reason = words.Reason.length > LONGEST_REASON ? `${words.Reason.slice(0, LONGEST_REASON)}... (more in the function's log)` : words.Reason;
  console.log(`${words.Status}: ${Reason}`);
  await world.respond(ResponseURL, { ...words, Reason, StackId, RequestId, LogicalResourceId });
}

/** The real world. */
export const WORLD: World = {
  aws: new Sdk(),
  clock: { now: () => Date.now(), sleep: setTimeout },
  respond: async (url, body) => {
    // CloudFormation signs the address without a content type.
    const response = await fetch(url, { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': '' } });
    if (!response.ok) { // Lambda then sends the event again
      throw new Error(`CloudFormation did not take the answer: ${response.status} ${await response.text()}`);
    }
  },
};
