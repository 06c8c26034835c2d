import { setTimeout } from 'timers/promises';
import { Sdk } from './aws';
import { run, type Event, type Invocation } from './run';

const aws = new Sdk();
const clock = { now: () => Date.now(), sleep: (milliseconds: number) => setTimeout(milliseconds) };

/** What Lambda calls. */
export async function handler(event: Event, invocation: Invocation): Promise<unknown> {
  return run(event, invocation, { aws, clock, respond });
}

/** Throws if the answer does not get through: Lambda then sends the event again. */
async function respond(url: string, body: object): Promise<void> {
  // CloudFormation signs the address without a content type.
  const response = await fetch(url, { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': '' } });
  if (!response.ok) {
    throw new Error(`CloudFormation did not take the answer: ${response.status} ${await response.text()}`);
  }
}
