import { run, type Event } from './run';
import { checkAddress } from '../shared/address';
import { WORLD, type Invocation } from '../shared/custom-resource';

/** What Lambda calls. */
export async function handler(event: Event, invocation: Invocation): Promise<void> {
  checkAddress(event.ResponseURL, process.env);
  await run(event, invocation, WORLD, process.env);
}
