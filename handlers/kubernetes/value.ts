import { wordsOf } from './cluster';
import { kubectl } from './kubectl';
import type { Serve } from './work';
import { startOf, Unfinished } from '../shared/custom-resource';

const PAUSE = 5_000;

/** In bytes. CloudFormation accepts 4 KB for the whole answer. */
const LONGEST = 3_000;

/** Reads a value of an object, once it has one. */
export const serveValue: Serve = async work => {
  const { clock, deadline, owner, request } = work;
  const { ObjectType, ObjectName, ObjectNamespace, JsonPath, TimeoutSeconds } = request.ResourceProperties;
  const id = `value-${owner}`;
  if (request.RequestType === 'Delete') {
    return { id: request.PhysicalResourceId! };
  }
  const end = startOf(request, clock) + Number(TimeoutSeconds ?? 300) * 1000;
  const path = JsonPath!.startsWith('{') ? JsonPath : `{${JsonPath}}`;
  const args = ['get', ObjectType!, ObjectName!, '--namespace', ObjectNamespace ?? 'default', '--output', `jsonpath=${path}`];
  for (;;) {
    const ran = await kubectl(work, args);
    if (ran.code === 0 && ran.stdout !== '') {
      return { id, data: { Value: checked(ran.stdout) } };
    }
    const last = ran.code === 0 ? 'it exists, but has no such value' : wordsOf(ran);
    const words = `${ObjectType}/${ObjectName} in namespace ${ObjectNamespace ?? 'default'} gave no value for ${path}: ${last}`;
    if (/error parsing jsonpath/.test(last) || clock.now() + PAUSE > end) {
      throw new Error(`${words} (waited for up to ${TimeoutSeconds ?? 300} s)`);
    }
    if (clock.now() + PAUSE >= deadline) {
      throw new Unfinished(words);
    }
    await clock.sleep(PAUSE);
  }
};

function checked(value: string): string {
  const size = Buffer.byteLength(JSON.stringify(value));
  if (size > LONGEST) {
    throw new Error(`The value has ${size} bytes, and CloudFormation takes ${LONGEST}: give a \`jsonPath\` that selects less`);
  }
  return value;
}
