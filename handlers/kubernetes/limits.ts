import type { Programs, Ran, RunOptions } from './programs';
import type { Clock } from '../shared/custom-resource';

/** How long kubectl waits for the answer to one request, in seconds: longer than the API server, which gives up after a minute. */
const REQUEST = 70;

/** How long Helm may take for what is no work in the cluster, in milliseconds. */
const BRIEF = 120_000;

/** What waits in the cluster has a limit of its own. */
const WAITS = /^(wait|rollout)$|^--timeout(=|$)/;

/** Programs that do not wait for a silent API server or chart repository until the function ends. */
export function limited(programs: Programs, clock: Clock): Programs {
  return {
    kubectl: (args, options) => programs.kubectl(args.some(it => WAITS.test(it)) ? args : [...args, `--request-timeout=${REQUEST}s`], options),
    helm: (args, options) => /^(get|pull|registry|show)$/.test(args[0]) ? briefly(programs, clock, args, options) : programs.helm(args, options),
  };
}

async function briefly(programs: Programs, clock: Clock, args: string[], options: RunOptions): Promise<Ran> {
  const deadline = Math.min(options.deadline, clock.now() + BRIEF);
  const ran = await programs.helm(args, { ...options, deadline });
  // With time left, it is a failure like any other.
  return ran.interrupted && deadline < options.deadline
    ? { ...ran, code: 1, stderr: `${ran.stderr}\nno answer within ${BRIEF / 1000} s`.trim(), interrupted: false } : ran;
}
