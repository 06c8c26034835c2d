import { parseArgs } from 'util';

/** The profiles of the starter. */
const PROFILES = ['dev', 'staging', 'prod'];

export const USAGE = `Usage: npm run rehearse -- [options]

  --profile dev|staging|prod   the environment of the TypeScript starter (dev)
  --app COMMAND                your own CDK app instead, run in the current folder, such as "npx ts-node main.ts"
  --stack NAME                 the stack with the platform, where the app has several
  --seeds N                    how many random orders of creation are rehearsed, each from an empty cluster (1);
                               the first with the whole lifecycle, the others deploy, check and destroy
  --seed N                     the first of the orders (1)
  --kubernetes 1.NN            the Kubernetes that is built or taken (1.36)
  --upgrade-from 1.NN          deploys on this Kubernetes, one minor older, and upgrades to the other
  --html FILE                  writes the report as a page, too
  --keep                       leaves the platform running instead of destroying it, until Ctrl-C
  --wait                       waits where another rehearsal runs, instead of ending
  --setup                      builds and downloads what a rehearsal and the tests run, and no more
  --cache-key                  prints the key under which CI can keep the cache folder: it changes with what is set up
  --help

CHARTS_DIR=FOLDER rehearses with the real charts in a folder; KUBEBUILDER_ASSETS=FOLDER takes Kubernetes' programs from there.
AWS_LOAD_BALANCER_CONTROLLER=FILE runs the real load balancer controller, and rehearses Ingresses; it needs its real chart in CHARTS_DIR.
Needs Linux, and root or user namespaces: Lambda layers must lie at /opt, which a private mount namespace gives.`;

/** What the command line asks for. */
export interface Args {
  readonly profile: string;
  readonly app?: string;
  readonly stack?: string;
  readonly seeds: number[];
  readonly kubernetes: string;
  readonly upgradeFrom?: string;
  readonly html?: string;
  readonly keep: boolean;
  readonly wait: boolean;
  readonly setup: boolean;
  readonly cacheKey: boolean;
  readonly help: boolean;
}

/** Reads the command line, or throws with what is wrong about it. */
export function parse(argv: string[]): Args {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      'profile': { type: 'string' },
      'app': { type: 'string' },
      'stack': { type: 'string' },
      'seeds': { type: 'string', default: '1' },
      'seed': { type: 'string', default: '1' },
      'kubernetes': { type: 'string', default: '1.36' },
      'upgrade-from': { type: 'string' },
      'html': { type: 'string' },
      'keep': { type: 'boolean', default: false },
      'wait': { type: 'boolean', default: false },
      'setup': { type: 'boolean', default: false },
      'cache-key': { type: 'boolean', default: false },
      'help': { type: 'boolean', default: false },
    },
  });
  const { stack, html, kubernetes, keep, wait, setup, help } = values;
  if (values.app === undefined && positionals.length > 0) {
    throw new Error(`every option begins with --, got: ${positionals[0]}`);
  }
  // The words of a quoted command arrive one by one, where a task runner has passed them on.
  const app = values.app === undefined ? undefined : [values.app, ...positionals].join(' ');
  if (app !== undefined && values.profile !== undefined) {
    throw new Error('`--profile` is of the starter, and can\'t be given with `--app`');
  }
  const profile = values.profile ?? 'dev';
  if (!PROFILES.includes(profile)) {
    throw new Error(`\`--profile\` must be one of ${PROFILES.join(', ')}, got: ${profile}`);
  }
  if (stack !== undefined && app === undefined) {
    throw new Error('`--stack` is of your own app: give `--app`, too');
  }
  if (!/^1\.\d+$/.test(kubernetes)) {
    throw new Error(`\`--kubernetes\` must be a minor version such as 1.36, got: ${kubernetes}`);
  }
  const upgradeFrom = values['upgrade-from'];
  const minor = (version: string) => Number(version.split('.')[1]);
  if (upgradeFrom !== undefined && (!/^1\.\d+$/.test(upgradeFrom) || minor(upgradeFrom) !== minor(kubernetes) - 1)) {
    throw new Error(`\`--upgrade-from\` must be one minor before ${kubernetes}, got: ${upgradeFrom}`);
  }
  const count = wholeNumber('seeds', values.seeds);
  const first = wholeNumber('seed', values.seed);
  const seeds = Array.from({ length: count }, (_, index) => first + index);
  return { profile, app, stack, kubernetes, upgradeFrom, html, keep, wait, setup, cacheKey: values['cache-key'], help, seeds };
}

function wholeNumber(name: string, given: string): number {
  const number = Number(given);
  if (!Number.isInteger(number) || number < 1) {
    throw new Error(`\`--${name}\` must be a whole number, 1 or more, got: ${given}`);
  }
  return number;
}
