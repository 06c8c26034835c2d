import { run, type DryRun, type Event } from './run';
import { WORLD, type Invocation } from '../shared/custom-resource';

/** What Lambda calls. */
export async function handler(event: Event | DryRun, invocation: Invocation): Promise<unknown> {
  return run(event, invocation, WORLD);
}
