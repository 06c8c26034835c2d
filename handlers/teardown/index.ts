import { run, type DryRun, type Event } from './run';
import { checkAddress } from '../shared/address';
import { WORLD, type Invocation } from '../shared/custom-resource';

/** What Lambda calls. */
export async function handler(event: Event | DryRun, invocation: Invocation): Promise<unknown> {
  if (!('DryRun' in event)) {
    checkAddress(event.ResponseURL, process.env);
  }
  return run(event, invocation, WORLD);
}
