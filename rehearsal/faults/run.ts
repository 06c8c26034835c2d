/**
 * Crashes our functions everywhere, in memory: `npm run rehearse:faults -- --help`.
 *
 * Ends with 0 if nothing is wrong, with 1 if something is, or if nothing was tried.
 */

import { parseArgs } from 'util';
import { HISTORIES } from './histories';
import { report } from './report';
import { attempt, casesOf, record, type Case, type Reference, type Tried } from './sweep';

const USAGE = `Usage: npm run rehearse:faults -- [options]

  --only NAME    the cases in whose names the text is, such as "life/update/Cilium Update" or ": killed"; of a single one, each call is shown
  --trace        the calls of each history, without any fault
  --help

Records each call of a stack's life, and lives it again for each of them, and each fault that there may be. Needs Node alone.`;

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(argv: string[]): Promise<number> {
  const { values: { only = '', trace, help } } = parseArgs({
    args: argv, options: { only: { type: 'string' }, trace: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (help) {
    say(USAGE);
    return 0;
  }
  return sweep(only, trace === true);
}

async function sweep(only: string, trace: boolean): Promise<number> {
  const references: Reference[] = [];
  const skipped: { case: Case; reason: string }[] = [];
  const tried: Omit<Tried, 'trace'>[] = [];
  let last: readonly string[] = [];
  for (const history of HISTORIES) {
    const reference = await record(history);
    if (trace) {
      reference.trace.forEach(say);
    }
    references.push(reference);
    for (const one of casesOf(reference).filter(it => it.name.includes(only))) {
      const reason = one.fault.skipped(one.point);
      if (reason === undefined) {
        const { trace: calls, ...result } = await attempt(reference, one);
        tried.push(result);
        last = calls;
      } else {
        skipped.push({ case: one, reason });
      }
    }
  }
  if (tried.length === 1) {
    last.forEach(say);
  }
  say(report(references, skipped, tried));
  return tried.length > 0 && [...references, ...tried].every(it => it.findings.length === 0) ? 0 : 1;
}

main(process.argv.slice(2)).then(code => { process.exitCode = code; }, error => {
  console.error(error);
  process.exitCode = 1;
});
