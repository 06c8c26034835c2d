/**
 * Runs everything that must pass before a release, part by part: `npm run verify`, after `npm ci`.
 *
 * Each part reports its time, its CPU seconds and its tests. A part that takes more CPU seconds than its budget fails. The last
 * line has the total: `N passed, N failed, N skipped`. Ends with 0 only if nothing failed.
 */

import { mkdirSync, readFileSync, rmSync } from 'fs';
import { join, resolve } from 'path';
import { PARTS, SETUP, type Part } from './parts';
import { closingLine, countJest, countSteps, NONE, ONE_FAILED, ONE_PASSED, skipReasons, slowestFiles, sum, type Counts, type JestResults } from './results';
import { Running, stopAll, type Ended } from './running';
import { treeState } from './tree';

const ROOT = resolve(__dirname, '..');
const REPORTS = join(ROOT, 'test-reports');

/** All parts together may take this long: a hosted gate is cut off after 90 minutes. */
const LONGEST = 82 * 60_000;

/** The set-up's exit code if the machine lacks what it can't install: Linux on x86-64, Go or Python. */
const LACKING = 3;

const started = Date.now();
const results: JestResults[] = [];
const reports: { readonly part: Part; readonly ended?: Ended; readonly counts: Counts; readonly complaints: readonly string[] }[] = [];

async function main() {
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  const before = treeState(ROOT);
  const setup = new Running(SETUP, ROOT, REPORTS, { quiet: true });
  for (const part of PARTS.filter(it => !it.needsSetup)) {
    await runPart(part);
  }
  const lacking = await finishSetup(setup);
  for (const part of PARTS.filter(it => it.needsSetup)) {
    if (lacking !== undefined && part.counting === 'steps') {
      say(`\nSKIPPED ${part.name}: ${lacking}`);
      reports.push({ part, counts: { ...NONE, skipped: 1 }, complaints: [] });
    } else {
      await runPart(part); // tests are skipped by name
    }
  }
  const after = treeState(ROOT);
  const complaints = after === before ? [] : [`the parts changed files; run \`npx projen build\`, look at the difference, and commit it:\n${after}`];
  const tree: Part = { name: 'tree', script: [], counting: 'whole', cpuSeconds: 0, minutes: 0 };
  reports.push({ part: tree, counts: complaints.length > 0 ? ONE_FAILED : ONE_PASSED, complaints });
}

async function runPart(part: Part) {
  const left = LONGEST - (Date.now() - started);
  say(`\n== ${part.name}`);
  if (left <= 0) {
    report(part, undefined, NONE, [`not started: ${LONGEST / 60_000} minutes are over`]);
    return;
  }
  const ended = await new Running(part, ROOT, REPORTS, { left }).ended;
  const counts = countsOf(part, ended);
  report(part, ended, counts, complaintsOf(part, ended, counts));
}

/** What is wrong though no test has failed. A part that ran no test proves nothing. */
function complaintsOf(part: Part, ended: Ended, { passed, failed }: Counts): string[] {
  if (failed > 0) {
    return [];
  }
  if (ended.code !== 0) {
    return [`${ended.why}${part.counting === 'jest' ? ', though no test failed: look at what runs before the tests, such as the type check' : ''}`];
  }
  return passed === 0 ? ['no test passed, or it left no results'] : [];
}

function countsOf(part: Part, ended: Ended): Counts {
  switch (part.counting) {
    case 'whole': return ended.code === 0 ? ONE_PASSED : NONE;
    case 'steps': return countSteps(readFileSync(ended.log, 'utf8'));
    case 'jest': {
      try {
        const found: JestResults = JSON.parse(readFileSync(ended.results, 'utf8'));
        results.push(found);
        return countJest(found);
      } catch {
        return NONE;
      }
    }
  }
}

/** @returns what the machine lacks, if anything */
async function finishSetup(setup: Running): Promise<string | undefined> {
  const ended = await setup.ended;
  const [said] = readFileSync(ended.log, 'utf8').trim().split('\n').slice(-1);
  if (ended.code === LACKING) {
    say(`\nSKIPPED ${SETUP.name}: ${said}`);
    reports.push({ part: SETUP, ended, counts: { ...NONE, skipped: 1 }, complaints: [] });
    return said;
  }
  say(`\n== ${SETUP.name} (ran beside the parts above): ${said}`);
  report(SETUP, ended, countsOf(SETUP, ended), complaintsOf(SETUP, ended, countsOf(SETUP, ended)));
  return ended.code === 0 ? undefined : said;
}

/** Counts each complaint as a failure, unless a failed test already stands for it. */
function report(part: Part, ended: Ended | undefined, counts: Counts, complaints: readonly string[]) {
  const over = ended && ended.cpuSeconds !== undefined && ended.cpuSeconds > part.cpuSeconds
    ? [`took ${ended.cpuSeconds.toFixed(0)} CPU seconds, more than its ${part.cpuSeconds}: make it faster, or raise its budget in gate/parts.ts and say why`]
    : [];
  const uncounted = (counts.failed === 0 ? complaints.length : 0) + over.length;
  const all = { ...counts, failed: counts.failed + uncounted };
  const said = [...complaints, ...over];
  reports.push({ part, ended, counts: all, complaints: said });
  say(`== ${part.name}: ${closingLine(all)}${ended ? `; ${duration(ended.milliseconds)}, ${cpu(ended)} of ${part.cpuSeconds} CPU seconds` : ''}`);
  said.forEach(it => say(`FAILED ${part.name}: ${it}`));
}

function finish(code: number): number {
  const total = sum(reports.map(it => it.counts));
  const testResults = results.flatMap(it => it.testResults);
  say('\nSlowest test files:');
  slowestFiles(testResults, ROOT, 10).forEach(([file, seconds]) => say(`  ${seconds.toFixed(1).padStart(6)} s  ${file}`));
  say('\nSkipped:');
  skipReasons(testResults).forEach((count, reason) => say(`  ${String(count).padStart(4)}  ${reason}`));
  say(`\nAll in ${duration(Date.now() - started)}:`);
  reports.forEach(({ part, ended, counts }) => say(`  ${part.name.padEnd(16)} ${closingLine(counts)}${ended ? `; ${duration(ended.milliseconds)}, ${cpu(ended)} CPU seconds` : ''}`));
  reports.flatMap(({ part, complaints }) => complaints.map(it => `FAILED ${part.name}: ${it}`)).forEach(say);
  const failed = total.failed === 0 && code !== 0 ? { ...total, failed: 1 } : total;
  say(closingLine(failed));
  return failed.failed === 0 ? 0 : 1;
}

function cpu({ cpuSeconds }: Ended): string {
  return cpuSeconds === undefined ? 'unknown' : cpuSeconds.toFixed(0);
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function say(line: string) {
  process.stdout.write(`${line}\n`);
}

['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(signal => process.once(signal, () => {
  stopAll();
  process.exit(finish(1));
}));

main().then(
  () => process.exitCode = finish(0),
  error => {
    stopAll();
    say(`FAILED: ${error instanceof Error ? error.stack : error}`);
    process.exitCode = finish(1);
  });
