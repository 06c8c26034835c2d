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
  /** On an update: the properties before it. */
  readonly OldResourceProperties?: Properties;
  /** When the first invocation for this request began, if this is a further one. */
  readonly StartedAt?: number;
}

/** What Lambda says about the invocation. */
export interface Invocation {
  readonly functionName: string;
  getRemainingTimeInMillis(): number;
}

/** The time, so that tests can speed it up. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

/** Everything outside of the handlers. */
export interface World {
  readonly aws: Aws;
  readonly clock: Clock;
  respond(url: string, body: object): Promise<void>;
}

/** What came of a request. */
export interface Result {
  /** The physical id: if it changes, CloudFormation deletes the resource with the old one. */
  readonly id: string;
  readonly reason?: string;
  /** What `Fn::GetAtt` gives. */
  readonly data?: { readonly [attribute: string]: string };
}

/** The work is not done, and the time is up: another invocation continues, as long as CloudFormation waits. The message says what is left. */
export class Unfinished extends Error {}

/** CloudFormation waits for an hour: the answer must come earlier. */
const BUDGET = 55 * 60_000;

/** The time that an invocation keeps for its answer, or for starting another invocation. */
const RESERVE = 60_000;

/** In milliseconds. If an answer takes longer, Lambda sends the event again. */
const ANSWER_TIMEOUT = 20_000;

/** The physical id of a resource that was never created. */
export const NOTHING = 'nothing';

/** In bytes, as they are sent. */
const LONGEST_REASON = 2_000;

/** In bytes: what CloudFormation takes as the whole answer. It drops a longer one, and the stack waits for an hour. */
const LONGEST_ANSWER = 4_096;

/** Ends a reason that is cut. */
const MORE = '... (more in the function\'s log)';

/** When CloudFormation sent a request: it signed the address for the answer then, and each delivery of the event has that. */
export function signedAt(url: string): number | undefined {
  const [, year, month, day, hour, minute, second] = /[?&]X-Amz-Date=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(url)?.map(Number) ?? [];
  return year === undefined ? undefined : Date.UTC(year, month - 1, day, hour, minute, second);
}

/** When the work for a request began. If the function was killed, Lambda sends the event again, without what the function knew. */
export function startOf({ StartedAt, ResponseURL }: Request<unknown>, { now }: Clock): number {
  return StartedAt ?? Math.min(signedAt(ResponseURL) ?? now(), now());
}

/** Whether the address for the answer is still good. */
function isOpen({ ResponseURL }: Request<unknown>, { now }: Clock): boolean {
  const [, seconds] = /[?&]X-Amz-Expires=(\d+)/.exec(ResponseURL) ?? [];
  const signed = signedAt(ResponseURL);
  return seconds === undefined || signed === undefined || now() < signed + Number(seconds) * 1000;
}

/**
 * Serves one request, and answers it, unless another invocation continues.
 *
 * @param work does what the request asks for until the deadline; it throws if that fails, or `Unfinished`
 */
export async function serve<Properties>(
  request: Request<Properties>, invocation: Invocation, world: World, work: (deadline: number) => Promise<Result>,
): Promise<void> {
  const { aws, clock } = world;
  const StartedAt = startOf(request, clock);
  const end = StartedAt + BUDGET;
  if (!isOpen(request, clock)) {
    console.log(`dropped: nobody waits for an answer to the request ${request.RequestId} any more`);
    return;
  }
  let words: object;
  try {
    if (clock.now() >= end) {
      throw new Error(`The request was sent ${Math.floor((clock.now() - StartedAt) / 60_000)} minutes ago, which is too long for it to be served: nothing was changed now`);
    }
    const { id, reason, data } = await work(Math.min(end, clock.now() + invocation.getRemainingTimeInMillis() - RESERVE));
    words = { Status: 'SUCCESS', PhysicalResourceId: id, Reason: reason ?? 'Done', Data: data };
  } catch (error: any) {
    console.log(error);
    if (error instanceof Unfinished && clock.now() + RESERVE < end && await goesOn(request, StartedAt, invocation, aws)) {
      return;
    }
    // A resource that could not be created has no id of its own: CloudFormation then deletes it under this one.
    words = { Status: 'FAILED', PhysicalResourceId: request.PhysicalResourceId ?? NOTHING, Reason: `${error?.message ?? error}` };
  }
  await answer(request, world, words);
}

/** Starts another invocation. Returns false if that fails, as in a network that has no way to Lambda's API. */
async function goesOn(request: object, StartedAt: number, { functionName }: Invocation, aws: Aws): Promise<boolean> {
  try {
    await aws.call('lambda', 'invoke', { FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify({ ...request, StartedAt }) });
    return true;
  } catch (error) {
    console.log('no other invocation can continue:', error);
    return false;
  }
}

async function answer({ ResponseURL, StackId, RequestId, LogicalResourceId }: Request<unknown>, world: World, words: any): Promise<void> {
  const body = { ...words, StackId, RequestId, LogicalResourceId };
  const Reason = cut(words.Reason, Math.min(LONGEST_REASON, LONGEST_ANSWER - bytesOf({ ...body, Reason: '' })));
  console.log(`${words.Status}: ${Reason}`);
  await world.respond(ResponseURL, { ...body, Reason });
}

/** As much of a text as fits into a number of bytes, in whole characters. */
function cut(text: string, bytes: number): string {
  if (bytesOf(text) - 2 <= bytes) { // without the quotes
    return text;
  }
  const characters = Array.from(text.slice(0, bytes));
  let left = bytes - bytesOf(MORE);
  return characters.slice(0, characters.findIndex(it => (left -= bytesOf(it) - 2) < 0)).join('') + MORE;
}

/** The size of JSON in UTF-8. */
function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** The real world. */
export const WORLD: World = {
  aws: new Sdk(),
  clock: { now: () => Date.now(), sleep: setTimeout },
  respond: async (url, body) => {
    // CloudFormation signed the address without a content type.
    const response = await fetch(url, {
      method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': '' }, signal: AbortSignal.timeout(ANSWER_TIMEOUT),
    });
    if (!response.ok) { // then Lambda sends the event again
      throw new Error(`CloudFormation did not accept the answer: ${response.status} ${await response.text()}`);
    }
  },
};
