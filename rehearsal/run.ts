/**
 * Rehearses a platform without an AWS account: `npm run rehearse -- --help`.
 *
 * Ends with 0 if every step passed, with 1 if one failed or nothing could be rehearsed.
 */

import { randomBytes } from 'crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join, resolve } from 'path';
import { helmRuns, optWithLoopbackHelm } from './charts/helm';
import { chartSource, serveCharts, type ChartRepository, type ChartSource } from './charts/repository';
import { startControlPlane } from './cluster/control-plane';
import { choosePorts } from './cluster/ports';
import { ACCOUNT, startEmulator, type Emulator } from './emulator/emulator';
import { parse, USAGE, type Args } from './lifecycle/args';
import { stacksOf, templateOf, type SynthesizedStack } from './lifecycle/assembly';
import { Cdk } from './lifecycle/cdk';
import { DEPLOY, Lifecycle, runSteps } from './lifecycle/lifecycle';
import { takeLock } from './lifecycle/lock';
import { CLUSTER, ofType } from './lifecycle/platform';
import { criticalPath } from './report/critical-path';
import { page } from './report/html';
import { seconds, summary, timeline } from './report/text';
import { readEvents, spansOf, type Rehearsed, type StepResult } from './report/timeline';
import { prepare, type Toolchain } from './setup/toolchain';
import { removeLeftovers } from './support/leftovers';
import { cacheFolder, makeRunFolder, ROOT } from './support/paths';
import { cleanly, lastLines, Processes } from './support/processes';
import { run } from './support/run';

/** The service addresses of every platform, as EksPlatform sets them. */
const SERVICE_RANGE = '172.20.0.0/16';

/** What one rehearsal starts and writes. */
class Rehearsal {
  readonly folder = makeRunFolder();
  readonly logs = join(this.folder, 'logs');
  readonly processes = new Processes(this.logs);
  charts?: ChartRepository;

  /** Stops all and removes all; the logs of a rehearsal that failed stay until the next one. */
  async end(passed: boolean): Promise<void> {
    await this.processes.stopAll();
    await this.charts?.stop();
    const kept = passed ? [] : ['logs'];
    readdirSync(this.folder).filter(name => !kept.includes(name)).forEach(name => rmSync(join(this.folder, name), { recursive: true, force: true }));
    if (passed) {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(argv: string[]): Promise<number> {
  const args = parse(argv);
  if (args.help) {
    say(USAGE);
    return 0;
  }
  await checkMachine();
  const lock = takeLock(join(cacheFolder(), 'rehearsal.lock'));
  process.on('exit', () => lock.release()); // after a signal, too
  try {
    removeLeftovers();
    const charts = chartSource();
    say(`Charts: ${charts.label}.`);
    charts.notes.forEach(note => say(`  ${note}`));
    const toolchain = await prepare({ kubernetes: args.kubernetes, say });
    let passed = true;
    for (const [index, seed] of args.seeds.entries()) {
      passed &&= await rehearse(args, seed, index === 0, toolchain, charts);
    }
    return passed ? 0 : 1;
  } finally {
    lock.release();
  }
}

/** Said before anything is built. */
async function checkMachine(): Promise<void> {
  if (process.platform !== 'linux') {
    throw new Error('a rehearsal needs Linux: run it in a container, such as `docker run --privileged -it -v "$PWD":/app -w /app golang:1.26`, with Node and Python 3.13');
  }
  const how = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  await run('unshare', [...how, 'true']).catch((error: Error) => {
    throw new Error(`a rehearsal needs root or user namespaces, because Lambda layers must lie at /opt, and \`unshare ${how.join(' ')}\` says: `
      + `${error.message.split('\n').at(-1)}. Run as root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1`);
  });
}

/** One life of a platform, from nothing to nothing. */
async function rehearse(args: Args, seed: number, whole: boolean, toolchain: Toolchain, charts: ChartSource): Promise<boolean> {
  const rehearsal = new Rehearsal();
  let passed = false;
  let interrupted = false;
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(signal => process.once(signal, () => interrupted = true));
  return cleanly(async () => {
    const started = Date.now();
    const { folder, logs, processes } = rehearsal;
    const assembly = join(folder, 'synthesized');
    const ports = await choosePorts();
    rehearsal.charts = await serveCharts(charts.charts, ports.charts);
    const helm = optWithLoopbackHelm(toolchain.opt, folder, rehearsal.charts.url);
    const authSecret = randomBytes(16).toString('hex');
    const controlPlane = await startControlPlane({ toolchain, processes, folder, ports, authSecret, serviceRange: SERVICE_RANGE, account: ACCOUNT });
    const emulator = await startEmulator({ toolchain: { ...toolchain, opt: helm.opt }, processes, folder, ports, controlPlane, authSecret, seed });
    say(`\nOrder ${seed}: all parts are up after ${seconds(Date.now() - started)}. Logs: ${logs}`);

    const cdk = new Cdk(processes, emulator.env, folder);
    const synthesis = Date.now();
    await synthesize(cdk, args, assembly);
    const stack = platformStack(args, stacksOf(assembly), emulator);
    say(`Synthesized ${stack.id} in ${seconds(Date.now() - synthesis)}.\n`);

    const lifecycle = new Lifecycle({ toolchain, controlPlane, emulator, cdk, folder, logs, assembly, stack });
    const steps = await runSteps(whole ? lifecycle.whole() : lifecycle.short(), result => interrupted || tell(result));
    if (interrupted) {
      return false;
    }
    passed = steps.every(step => step.outcome === 'passed');

    const spans = spansOf(readEvents(readFileSync(emulator.eventsFile, 'utf8')), helmRuns(helm.runs));
    const rehearsed: Rehearsed = {
      title: `Rehearsal of ${stack.stackName}, order ${seed}`,
      facts: [`Kubernetes ${args.kubernetes} without containers; AWS is an emulator`, `Charts: ${charts.label}`, ...charts.notes],
      steps,
      spans,
    };
    timeline(rehearsed).forEach(say);
    say('');
    summary(rehearsed).forEach(line => say(`  ${line}`));
    if (args.html && whole) {
      writePage(args.html, rehearsed, stack);
    }
    if (args.keep && whole) {
      await untilStopped(controlPlane.adminKubeconfig, emulator.url);
    }
    return passed;
  }, async () => {
    await rehearsal.end(passed || interrupted);
    if (!passed && !interrupted) {
      say(`\nThe logs of all parts are in ${rehearsal.logs}, until the next rehearsal`);
    }
  });
}

function tell({ name, start, end, outcome, detail }: StepResult) {
  say(`${outcome === 'passed' ? 'passed' : 'FAILED'}  ${name} (${seconds(end - start)})${outcome === 'failed' ? '\n' : ': '}${detail}`);
}

async function synthesize(cdk: Cdk, { app, profile }: Args, output: string): Promise<void> {
  // The CLI takes quotes around the whole for its own.
  const starter = `node "${join(ROOT, 'node_modules/.bin/ts-node')}" -P "${join(ROOT, 'tsconfig.dev.json')}" main.ts`;
  const ended = app === undefined
    ? await cdk.try(['synth', `shop-${profile}`, '--quiet', '--app', starter, '--output', output], join(ROOT, 'examples/typescript'))
    : await cdk.try(['synth', '--quiet', '--app', app, '--output', output], process.cwd());
  if (ended.code !== 0) {
    throw new Error(`the app does not synthesize:\n${lastLines(ended.log, 30)}`);
  }
}

/** The stack that is rehearsed: the only one with a cluster, or the one that was named. */
function platformStack({ app, stack, profile }: Args, stacks: SynthesizedStack[], { account, region }: Emulator): SynthesizedStack {
  const wanted = stack ?? (app === undefined ? `shop-${profile}` : undefined);
  const found = wanted === undefined
    ? stacks.filter(it => ofType(templateOf(it), CLUSTER).length > 0)
    : stacks.filter(it => [it.id, it.stackName].includes(wanted));
  const names = (of: SynthesizedStack[]) => of.map(it => it.id).join(', ') || 'none';
  if (found.length !== 1) {
    throw new Error(wanted === undefined
      ? `\`--stack\` must name the stack to rehearse, as those with a cluster are: ${names(found)}`
      : `\`--stack\` must name a stack of the app (${names(stacks)}), got: ${wanted}`);
  }
  const [only] = found;
  const unknown = 'aws://unknown-account/unknown-region';
  if (![unknown, `aws://${account}/${region}`, `aws://unknown-account/${region}`, `aws://${account}/unknown-region`].includes(only.environment)) {
    throw new Error(`${only.id} is bound to ${only.environment}: rehearse it without \`env\`, or with account ${account} and region ${region}`);
  }
  return only;
}

function writePage(file: string, rehearsed: Rehearsed, stack: SynthesizedStack) {
  const deployed = rehearsed.steps.find(step => step.name === DEPLOY);
  const spans = rehearsed.spans.filter(span => deployed && span.start >= deployed.start && span.end <= deployed.end);
  writeFileSync(resolve(file), page(rehearsed, { step: DEPLOY, parts: criticalPath(templateOf(stack).Resources, spans) }));
  say(`\nThe report as a page: ${resolve(file)}`);
}

async function untilStopped(kubeconfig: string, url: string): Promise<void> {
  say(`\nAll still runs, until Ctrl-C.\n  Kubernetes: export KUBECONFIG=${kubeconfig}\n  AWS: export AWS_ENDPOINT_URL=${url}`);
  await new Promise(done => setInterval(done, 2 ** 31 - 1));
}

main(process.argv.slice(2)).then(
  code => process.exitCode = code,
  error => {
    process.stderr.write(`The rehearsal failed: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  });
