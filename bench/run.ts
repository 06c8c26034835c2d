/**
 * Measures the library beside the same platform written by hand: `npm run bench -- [--pairs N] [--install] [--peers] [--python]`.
 *
 * Each pair runs one after the other, each in a fresh process, and a ratio is the median of the pairs' ratios: noise that lasts
 * longer than a pair slows down both. Ends with 1 if a budget is missed.
 */

import * as fs from 'fs';
import * as path from 'path';
import { parseArgs } from 'util';
import { BUDGETS, INGRESS_BUDGETS, RATIO_BUDGETS } from './budgets';
import { install } from './install';
import type { Measurement } from './measure';
import { measure, templateOf, translateModules } from './processes';
import { runPythonPairs } from './python';
import { compile, pack } from '../tools/compiled';
import { countTemplate, type Counts } from '../tools/counts';
import { emptyFolder } from '../tools/npm';
import { textTable } from '../tools/text-table';

const PEER = '@aws-quickstart/eks-blueprints';

/** A row of the table. */
interface Row {
  readonly label: string;
  readonly show: (value: number) => string;
  readonly handWritten?: number;
  readonly library: number;
  readonly peer?: number;
  readonly ratio?: number;
  readonly budget: number;
}

/** What one app took, once for each pair. */
interface Runs {
  readonly synth: Measurement[];
  readonly require: Measurement[];
}

function main() {
  const { values } = parseArgs({
    options: { pairs: { type: 'string', default: '7' }, install: { type: 'boolean' }, peers: { type: 'boolean' }, python: { type: 'boolean' } },
  });
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 1) {
    throw new Error(`\`--pairs\` must be a whole number, 1 or more, got: ${values.pairs}`);
  }

  progress('compiling the library, unless that is done');
  compile();
  const folder = translateModules();
  const peer = values.peers ? installPeer(folder) : undefined;
  try {
    const [handWritten, library, ingresses, blueprints] = runPairs(pairs, [
      { folder, app: './hand-written', module: './cdk-classes' },
      { folder, app: './library', module: './platform-class' },
      { folder, app: './ingresses', module: './platform-class' },
      ...peer ? [{ folder: peer.folder, app: './eks-blueprints', module: PEER }] : [],
    ]);
    const rows = [
      ...measuredRows(handWritten, library, blueprints),
      ...countedRows(...['./hand-written', './library'].map(app => countTemplate(templateOf(folder, app))) as [Counts, Counts],
        peer && countTemplate(templateOf(peer.folder, './eks-blueprints'))),
      ...ingressRows(library, ingresses, countTemplate(templateOf(folder, './ingresses'))),
      ...values.install ? installRows(peer?.packages) : [],
      ...values.python ? [pythonRow(pairs)] : [],
    ];
    print(rows, pairs, peer !== undefined);
  } finally {
    if (peer) {
      fs.rmSync(peer.folder, { recursive: true });
    }
  }
}

function installPeer(folder: string) {
  progress(`installing ${PEER}`);
  const peer = install(PEER);
  ['measure.js', 'eks-blueprints.js'].forEach(file => fs.copyFileSync(path.join(folder, file), path.join(peer.folder, file)));
  return peer;
}

function runPairs(pairs: number, apps: { folder: string; app: string; module: string }[]): Runs[] {
  const runs: Runs[] = apps.map(() => ({ synth: [], require: [] }));
  for (let pair = 0; pair <= pairs; pair++) { // the first one warms the disk's cache and does not count
    progress(pair === 0 ? 'warming up' : `pair ${pair} of ${pairs}`);
    const one = {
      synth: apps.map(({ folder, app }) => measure(folder, 'synth', app)),
      require: apps.map(({ folder, module }) => measure(folder, 'require', module)),
    };
    if (pair > 0) {
      runs.forEach(({ synth, require }, index) => {
        synth.push(one.synth[index]);
        require.push(one.require[index]);
      });
    }
  }
  return runs;
}

function measuredRows(handWritten: Runs, library: Runs, peer?: Runs): Row[] {
  const row = (label: string, show: Row['show'], budget: number, value: (runs: Runs) => number[]): Row => ({
    label,
    show,
    budget,
    handWritten: median(value(handWritten)),
    library: median(value(library)),
    peer: peer && median(value(peer)),
    ratio: median(value(library).map((one, index) => one / value(handWritten)[index])),
  });
  return [
    row('Synthesis, the whole process', seconds, RATIO_BUDGETS.synth, runs => runs.synth.map(it => it.wallMs)),
    row('Peak memory of it', megabytes, RATIO_BUDGETS.memory, runs => runs.synth.map(it => it.peakBytes)),
    row('EksPlatform loaded, beside CDK\'s classes alone', seconds, RATIO_BUDGETS.require, runs => runs.require.map(it => it.loadMs)),
  ];
}

function countedRows(handWritten: Counts, library: Counts, peer?: Counts): Row[] {
  const row = (label: string, count: keyof Counts, show: Row['show'] = String): Row => ({
    label, show, budget: BUDGETS[count], handWritten: handWritten[count], library: library[count], peer: peer?.[count],
  });
  return [
    row('Resources', 'resources'),
    row('Custom resources', 'customResources'),
    row('Lambda functions', 'lambdaFunctions'),
    row('Nested stacks', 'nestedStacks'),
    row('Template', 'templateBytes', kilobytes),
  ];
}

function ingressRows(library: Runs, ingresses: Runs, counts: Counts): Row[] {
  const added = median(ingresses.synth.map((run, index) => run.wallMs - library.synth[index].wallMs));
  return [
    { label: '200 Ingresses, added to synthesis', show: seconds, budget: INGRESS_BUDGETS.synthMs, library: added },
    { label: '200 Ingresses, resources', show: String, budget: INGRESS_BUDGETS.resources, library: counts.resources },
    { label: '200 Ingresses, template', show: kilobytes, budget: INGRESS_BUDGETS.templateBytes, library: counts.templateBytes },
  ];
}

function installRows(peerPackages?: number): Row[] {
  progress('packing and installing the library');
  const temporary = emptyFolder();
  const { tarball, size } = pack(temporary);
  const { folder, packages } = install(tarball, 'aws-cdk-lib', 'constructs');
  [temporary, folder].forEach(it => fs.rmSync(it, { recursive: true }));
  return [
    { label: 'Packages installed', show: String, budget: BUDGETS.packages, library: packages, peer: peerPackages },
    { label: 'Package, packed', show: kilobytes, budget: BUDGETS.packedBytes, library: size },
  ];
}

function pythonRow(pairs: number): Row {
  progress('building and installing the wheel');
  const runs = runPythonPairs(pairs);
  progress(`${pairs} pairs in Python`);
  return {
    label: 'Python: import and synthesis',
    show: seconds,
    budget: RATIO_BUDGETS.python,
    handWritten: median(runs.map(it => it.handWritten)),
    library: median(runs.map(it => it.library)),
    ratio: median(runs.map(it => it.library / it.handWritten)),
  };
}

function print(rows: Row[], pairs: number, withPeer: boolean) {
  const missed = rows.filter(isMissed);
  console.log(`\nMedians of ${pairs} pairs on Node ${process.versions.node}; ratio: the library to the hand-written app.\n`);
  const lines = textTable([
    ['', 'hand-written', 'library', ...withPeer ? ['eks-blueprints'] : [], 'ratio', 'budget', ''],
    ...rows.map(row => [
      row.label,
      row.handWritten === undefined ? '' : row.show(row.handWritten),
      row.show(row.library),
      ...withPeer ? [row.peer === undefined ? '' : row.show(row.peer)] : [],
      row.ratio === undefined ? '' : row.ratio.toFixed(2),
      row.ratio === undefined ? row.show(row.budget) : row.budget.toFixed(2),
      isMissed(row) ? 'missed' : 'met',
    ]),
  ], 40);
  lines.forEach(line => console.log(`  ${line}`));
  console.log(missed.length === 0 ? '\nAll budgets are met.' : `\nMissed: ${missed.map(row => row.label).join('; ')}.`);
  process.exitCode = missed.length === 0 ? 0 : 1;
}

/** A row with a ratio has a budget for it; any other has one for the library's value. */
function isMissed(row: Row): boolean {
  return (row.ratio ?? row.library) > row.budget;
}

function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

function progress(what: string) {
  process.stderr.write(`${what} ...\n`);
}

try {
  main();
} catch (error) {
  process.stderr.write(`The benchmark failed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
