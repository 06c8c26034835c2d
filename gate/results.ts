/** How many tests passed, failed and were skipped. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };
export const ONE_PASSED: Counts = { ...NONE, passed: 1 };
export const ONE_FAILED: Counts = { ...NONE, failed: 1 };

/** The part of jest's results that the gate reads. */
export interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly status: string; readonly ancestorTitles: readonly string[]; readonly title: string }[];
  }[];
}

export function sum(all: readonly Counts[]): Counts {
  return all.reduce((one, other) => ({
    passed: one.passed + other.passed, failed: one.failed + other.failed, skipped: one.skipped + other.skipped,
  }), NONE);
}

/** The last line that the gate prints. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** A file whose tests could not be run at all counts as one failed test. */
export function countJest(results: JestResults): Counts {
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/** The files that took longest, with their seconds. */
export function slowestFiles(testResults: JestResults['testResults'], folder: string, most: number): [file: string, seconds: number][] {
  return testResults
    .map(({ name, startTime, endTime }): [string, number] => [name.replace(`${folder}/`, ''), (endTime - startTime) / 1000])
    .sort(([, one], [, other]) => other - one)
    .slice(0, most);
}

/** Why tests were skipped, with the number of tests for each reason. The name of a skipped test or block has the reason: `(skipped: ...)`. */
export function skipReasons(testResults: JestResults['testResults']): Map<string, number> {
  const reasons = new Map<string, number>();
  for (const { name, assertionResults } of testResults) {
    for (const { ancestorTitles, title } of assertionResults.filter(it => it.status === 'pending' || it.status === 'todo')) {
      const [, reason = `no reason given by ${name.split('/').pop()}`] = /\(skipped: (.*)\)/.exec([...ancestorTitles, title].join(' ')) ?? [];
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  return reasons;
}

/** The steps of a rehearsal, from its log. */
export function countSteps(log: string): Counts {
  const count = (start: string) => log.split('\n').filter(line => line.startsWith(start)).length;
  return { passed: count('passed  '), failed: count('FAILED  '), skipped: count('skipped  ') };
}

/** The CPU seconds of everything that a shell has run and waited for: the second line of its builtin `times`, as in `1m2.5s 0m3.1s`. */
export function cpuSecondsOf(times: string): number | undefined {
  const [, user, system] = /\n(\S+) (\S+)/.exec(times) ?? [];
  const seconds = (text = '') => {
    const [, minutes, rest] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
    return Number(minutes) * 60 + Number(rest);
  };
  const both = seconds(user) + seconds(system);
  return Number.isNaN(both) ? undefined : both;
}
