/**
 * Rehearses a platform without an AWS account: `npm run rehearse -- --help`.
 *
 * Ends with 0 if every step passed, with 1 if one failed or nothing could be rehearsed, and with 3 where the machine lacks what
 * the set-up can't bring.
 */

import { readFileSync, writeFileSync } from 'fs';
import { resolve } from 'path';
import { helmRuns as readHelmRuns } from './charts/helm';
import { chartSource, type ChartSource } from './charts/repository';
import { namedProgram } from './controller/real-controller';
import { Environment } from './environment/environment';
import { alone, checkMachine } from './environment/machine';
import { parse, USAGE, type Args } from './lifecycle/args';
import { contextOf, type Context } from './lifecycle/context';
import { DEPLOY, shortLife, wholeLife } from './lifecycle/lifecycle';
import { runSteps } from './lifecycle/step';
import { synthesize } from './lifecycle/synthesis';
import { criticalPath } from './report/critical-path';
import { page } from './report/html';
import { seconds, summary, timeline } from './report/text';
import { readEvents, spansOf, type Rehearsed, type StepResult } from './report/timeline';
import { ALL, cacheKey, prepare, releaseOf, type PieceName, type Toolchain } from './setup/toolchain';
import { Lacking, lacking } from './support/lacking';
import { cacheFolder, callersFolder } from './support/paths';
import { cleanly } from './support/processes';
import { constructNames, templateOf, type SynthesizedStack } from './template/assembly';

/** The exit code where the machine lacks something; gate/run.ts then skips what needs it. */
const LACKING = 3;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(argv: string[]): Promise<number> {
  const args = parse(argv);
  if (args.help) {
    say(USAGE);
    return 0;
  }
  [args.kubernetes, args.upgradeFrom ?? args.kubernetes].forEach(releaseOf);
  if (args.cacheKey) {
    say(await cacheKey(args.kubernetes));
    return 0;
  }
  await lacking(checkMachine);
  const setUp = (kubernetes: string, needs?: PieceName[]) => cleanly(() => prepare({ kubernetes, say, needs }), async () => undefined);
  if (args.setup) {
    for (const kubernetes of [args.upgradeFrom ?? [], args.kubernetes].flat()) {
      await setUp(kubernetes, ALL);
    }
    say(`All is set up in ${cacheFolder()}`);
    return 0;
  }
  const waiting = args.wait ? (pid: number) => say(`Waiting for another rehearsal: process ${pid}`) : undefined;
  return alone(async () => {
    const charts = chartSource();
    const controller = namedProgram();
    const toolchain = await setUp(args.upgradeFrom ?? args.kubernetes);
    const newer = args.upgradeFrom === undefined ? undefined : await setUp(args.kubernetes);
    say(`Charts: ${charts.label}.`);
    charts.notes.forEach(note => say(`  ${note}`));
    if (controller !== undefined) {
      say(`Load balancer controller: the real one, ${controller}.`);
    }
    let passed = true;
    for (const [index, seed] of args.seeds.entries()) {
      passed &&= await rehearse(args, seed, index === 0, { toolchain, newer, charts });
    }
    return passed ? 0 : 1;
  }, waiting);
}

/** What is rehearsed with: the programs, those of the Kubernetes that it is upgraded to, and the charts. */
interface SetUp {
  readonly toolchain: Toolchain;
  readonly newer?: Toolchain;
  readonly charts: ChartSource;
}

/** One life of a platform, from nothing to nothing. */
async function rehearse(args: Args, seed: number, whole: boolean, setUp: SetUp): Promise<boolean> {
  const environment = new Environment();
  let passed = false;
  let interrupted = false;
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(signal => process.once(signal, () => interrupted = true));
  return cleanly(async () => {
    const context = await begin(environment, args, seed, setUp);
    const steps = await runSteps(whole ? wholeLife(context, args.keep) : shortLife(context), result => interrupted || announce(result));
    if (interrupted) {
      return false;
    }
    passed = steps.every(step => step.outcome === 'passed');

    const rehearsed = resultOf(context, args, seed, setUp.charts, steps);
    timeline(rehearsed).forEach(say);
    say('');
    summary(rehearsed).forEach(line => say(`  ${line}`));
    if (args.html && whole) {
      writePage(args.html, rehearsed, context.app.stack);
    }
    if (args.keep && whole) {
      await untilStopped(context.controlPlane.adminKubeconfig, context.emulator.url);
    }
    return passed;
  }, async () => {
    await environment.stop(passed || interrupted);
    if (!passed && !interrupted) {
      say(`\nThe logs of all parts are in ${environment.logs}, until the next rehearsal`);
    }
  });
}

/** Starts all parts and synthesizes the app. */
async function begin(environment: Environment, args: Args, seed: number, { toolchain, newer, charts }: SetUp): Promise<Context> {
  const started = Date.now();
  const running = await environment.start({ toolchain, charts, seed });
  say(`\nOrder ${seed}: all parts are up after ${seconds(Date.now() - started)}. Logs: ${running.logs}`);

  const synthesis = Date.now();
  const app = await synthesize(running.cdk, args, running.folder, running.emulator);
  say(`Synthesized ${app.stack.id} in ${seconds(Date.now() - synthesis)}.\n`);
  return contextOf(running, app, newer && { from: args.upgradeFrom!, to: args.kubernetes, kubeBin: newer.kubeBin });
}

function resultOf({ app: { stack }, emulator, helmRuns }: Context, args: Args, seed: number, charts: ChartSource, steps: StepResult[]): Rehearsed {
  const kubernetes = [args.upgradeFrom, args.kubernetes].filter(it => it).join(' and ');
  return {
    title: `Rehearsal of ${stack.stackName}, order ${seed}`,
    facts: [`Kubernetes ${kubernetes} without containers; AWS is an emulator`, `Charts: ${charts.label}`, ...charts.notes],
    steps,
    spans: spansOf(readEvents(readFileSync(emulator.eventsFile, 'utf8')), readHelmRuns(helmRuns)),
    names: constructNames(templateOf(stack)),
  };
}

function announce({ name, start, end, outcome, detail }: StepResult) {
  say(`${outcome === 'passed' ? 'passed' : 'FAILED'}  ${name} (${seconds(end - start)})${outcome === 'failed' ? '\n' : ': '}${detail}`);
}

function writePage(file: string, rehearsed: Rehearsed, stack: SynthesizedStack) {
  const deployed = rehearsed.steps.find(step => step.name === DEPLOY);
  const spans = rehearsed.spans.filter(span => deployed && span.start >= deployed.start && span.end <= deployed.end);
  const target = resolve(callersFolder(), file);
  writeFileSync(target, page(rehearsed, { step: DEPLOY, parts: criticalPath(templateOf(stack).Resources, spans) }));
  say(`\nThe report as a page: ${target}`);
}

async function untilStopped(kubeconfig: string, url: string): Promise<void> {
  say(`\nAll still runs, until Ctrl-C.\n  Kubernetes: export KUBECONFIG=${kubeconfig}\n  AWS: export AWS_ENDPOINT_URL=${url}`);
  await new Promise(done => setInterval(done, 2 ** 31 - 1));
}

main(process.argv.slice(2)).then(
  code => process.exitCode = code,
  error => {
    process.stderr.write(`The rehearsal failed: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = error instanceof Lacking ? LACKING : 1;
  });
