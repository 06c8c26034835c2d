import type { StepResult } from '../report/timeline';

/** A step: what it does, and the work, which returns what it saw. */
export interface Step {
  readonly name: string;
  readonly work: () => Promise<string>;
}

/** Runs steps in their order, and none after one that failed. */
export async function runSteps(steps: Step[], say: (result: StepResult) => void): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const { name, work } of steps) {
    const start = Date.now();
    const result: StepResult = await work().then(
      detail => ({ name, start, end: Date.now(), outcome: 'passed' as const, detail }),
      (error: Error) => ({ name, start, end: Date.now(), outcome: 'failed' as const, detail: error.message }),
    );
    results.push(result);
    say(result);
    if (result.outcome === 'failed') {
      break;
    }
  }
  return results;
}
