import { run, type Event } from './run';
import { WORLD, type Invocation } from '../shared/custom-resource';

/** What Lambda calls. */
export async function handler(event: Event, invocation: Invocation): Promise<void> {
  await run(event, invocation, WORLD, process.env);
}
