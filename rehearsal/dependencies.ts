/**
 * Drops each dependency that the library declares, one at a time, and reports which loss a rehearsal notices:
 * `npm run rehearse:edges -- --help`.
 *
 * Ends with 0 if all is as rehearsal/dependencies/guards.ts has it, with 1 if not or if nothing could be rehearsed.
 */

import { rmSync } from 'fs';
import { parseArgs } from 'util';
import { chartSource } from './charts/repository';
import { adverse } from './dependencies/adverse';
import { keyOf, type Dependency } from './dependencies/dependency';
import { rehearseLoss, type Noticed } from './dependencies/loss';
import { Machine } from './dependencies/machine';
import { synthesizePlatforms, type Platform } from './dependencies/platforms';
import { guardedAs, report, surprises, type Dropped } from './dependencies/report';
import { alone, checkMachine } from './environment/machine';
import { oneLine, seconds } from './report/text';
import { prepare } from './setup/toolchain';
import { makeRunFolder } from './support/paths';
import { cleanly } from './support/processes';

const USAGE = `Usage: npm run rehearse:edges -- [options]

  --only TEXT         the dependencies in whose names the text is, such as "Nodes -> Cilium"
  --kubernetes 1.NN   the Kubernetes that is built or taken (1.36)
  --help

Deploys and destroys platforms of which each lacks a dependency, in the worst order that is then allowed.
Needs what \`npm run rehearse\` needs.`;

/** How long a node group and an add-on wait: what gets ready does so within three seconds. */
const PATIENCE_SECONDS = 8;

/** How long Helm waits. */
const HELM_SECONDS = 10;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(argv: string[]): Promise<number> {
  const { values: { only = '', kubernetes, help } } = parseArgs({
    args: argv,
    options: { only: { type: 'string' }, kubernetes: { type: 'string', default: '1.36' }, help: { type: 'boolean' } },
  });
  if (help) {
    say(USAGE);
    return 0;
  }
  await checkMachine();
  return alone(async () => {
    const started = Date.now();
    const toolchain = await prepare({ kubernetes, say });
    const charts = chartSource();
    const assembly = makeRunFolder();
    const machine = new Machine({ toolchain, charts, patienceSeconds: PATIENCE_SECONDS, helmSeconds: HELM_SECONDS }, assembly);
    let passed = false;
    return cleanly(async () => {
      process.env.CDK_VALIDATION ??= 'false'; // linters have their own place, and do not know a second range of a VPC
      const platforms = synthesizePlatforms(assembly);
      const { needed, redundant } = sort(platforms, only);
      say(`Charts: ${charts.label}. ${needed.length} dependencies to drop.\n`);
      const dropped = await dropAll(machine, needed);
      say('');
      report(dropped, redundant).forEach(say);
      const problems = surprises(dropped);
      problems.forEach(problem => say(`\n${problem}`));
      say(`\n${dropped.length} dependencies dropped in ${seconds(Date.now() - started)}`);
      passed = problems.length === 0;
      return passed ? 0 : 1;
    }, async () => {
      rmSync(assembly, { recursive: true, force: true });
      const logs = await machine.stop(passed);
      if (logs !== undefined && !passed) {
        say(`\nThe logs of all parts are in ${logs}, until the next rehearsal`);
      }
    });
  });
}

interface Needed {
  readonly platform: Platform;
  readonly dependency: Dependency;
}

/** Each dependency once, in the first platform in which it is needed. */
function sort(platforms: Platform[], only: string): { needed: Needed[]; redundant: string[] } {
  const needed = new Map<string, Needed>();
  const all = platforms.flatMap(platform => platform.dependencies.map(dependency => ({ platform, dependency })))
    .filter(({ dependency }) => keyOf(dependency).includes(only));
  for (const it of all.filter(({ dependency }) => dependency.lost.length > 0)) {
    needed.set(keyOf(it.dependency), needed.get(keyOf(it.dependency)) ?? it);
  }
  const redundant = new Set(all.map(it => keyOf(it.dependency)).filter(key => !needed.has(key)));
  if (needed.size + redundant.size === 0) {
    throw new Error(`\`--only\` must be part of the name of a dependency, got: ${only}`);
  }
  return { needed: [...needed.values()], redundant: [...redundant] };
}

/**
 * First those together whose loss can't be noticed, as one platform without all of them shows as much as one without each; then
 * the others, each on its own.
 */
async function dropAll(machine: Machine, needed: Needed[]): Promise<Dropped[]> {
  const dropped = new Map<string, Dropped>();
  const drop = async ({ stack, template }: Platform, dependencies: Dependency[]): Promise<Dependency[]> => {
    const started = Date.now();
    const without = adverse(template, dependencies);
    const noticed = await rehearseLoss(machine, stack, without.template);
    announce(without.dropped, noticed, Date.now() - started);
    if (noticed === undefined || without.dropped.length === 1) {
      without.dropped.forEach(dependency => dropped.set(keyOf(dependency), { dependency, stack: stack.id, noticed }));
    }
    return without.postponed;
  };
  for (const platform of new Set(needed.map(it => it.platform))) {
    const own = needed.filter(it => it.platform === platform).map(it => it.dependency);
    for (let batch = own.filter(it => guardedAs(it) && !guardedAs(it)!.noticed); batch.length > 0;) {
      batch = await drop(platform, batch);
    }
    for (const dependency of own.filter(it => !dropped.has(keyOf(it)))) {
      await drop(platform, [dependency]);
    }
  }
  return needed.map(it => dropped.get(keyOf(it.dependency))!);
}

function announce(dependencies: Dependency[], noticed: Noticed | undefined, took: number) {
  dependencies.forEach((it, index) => say(index === 0 ? `without ${keyOf(it)} (${seconds(took)})` : `    and ${keyOf(it)}`));
  say(`    ${noticed ? `noticed ${noticed.moment}: ${oneLine(noticed.said)}` : 'not noticed'}`);
}

main(process.argv.slice(2)).then(
  code => process.exitCode = code,
  error => {
    process.stderr.write(`The rehearsal failed: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  });
