import { closingLine, countJest, countSteps, cpuSecondsOf, skipReasons, slowestFiles, sum, type JestResults } from '../../gate/results';

const entry = (status: string, title: string, ...ancestorTitles: string[]) => ({ status, title, ancestorTitles });
const RESULTS: JestResults = {
  numPassedTests: 3,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  numRuntimeErrorTestSuites: 1,
  testResults: [
    { name: '/clone/test/a.test.ts', startTime: 0, endTime: 1500, assertionResults: [entry('passed', 'works')] },
    {
      name: '/clone/test/b.test.ts',
      startTime: 0,
      endTime: 9000,
      assertionResults: [
        entry('pending', 'formats', 'opa (skipped: Go is not here)'), entry('pending', 'checks', 'opa (skipped: Go is not here)'), entry('todo', 'later'),
      ],
    },
  ],
};

test('a test file that could not be run at all counts as one failed test, and a test to be written as skipped', () => {
  expect(countJest(RESULTS)).toEqual({ passed: 3, failed: 2, skipped: 3 });
});

test('the slowest files come first, at most as many as asked for', () => {
  expect(slowestFiles(RESULTS.testResults, '/clone', 10)).toEqual([['test/b.test.ts', 9], ['test/a.test.ts', 1.5]]);
  expect(slowestFiles(RESULTS.testResults, '/clone', 1)).toHaveLength(1);
});

test('each reason for which tests were skipped comes with the number of these tests, and a file without a reason is named', () => {
  expect([...skipReasons(RESULTS.testResults)]).toEqual([['Go is not here', 2], ['no reason given by b.test.ts', 1]]);
});

test('the steps of a rehearsal are counted from what it prints', () => {
  expect(countSteps('passed  bootstrap  3 s\npassed  deploy\nFAILED  destroy\nOrder 2: passed  by\n')).toEqual({ passed: 2, failed: 1, skipped: 0 });
});

test('CPU seconds are those of the children: the second line of `times`, user and system', () => {
  expect(cpuSecondsOf('0m0.001s 0m0.002s\n1m2.500s 0m3.250s\n')).toBeCloseTo(65.75);
  expect(cpuSecondsOf('')).toBeUndefined();
});

test('the closing line counts all parts', () => {
  expect(closingLine(sum([{ passed: 1, failed: 0, skipped: 2 }, { passed: 3, failed: 1, skipped: 0 }]))).toBe('4 passed, 1 failed, 2 skipped');
});
