/** What was expected, what was found instead, and where to look. */
export class NotAsExpected extends Error {
  constructor(expected: string, found: string, log: string) {
    super(`expected ${expected}\n  found ${found}\n  see ${log}`);
  }
}

/** Fails with all that differs from an expectation. */
export function expectNone(problems: string[], expected: string, log: string): void {
  if (problems.length > 0) {
    throw new NotAsExpected(expected, problems.join('; '), log);
  }
}

/**
 * Tries again for a while: controllers take their time.
 *
 * @param seconds after which the last failure is the answer
 */
export async function eventually<T>(attempt: () => Promise<T>, seconds = 30): Promise<T> {
  for (const end = Date.now() + seconds * 1000; ;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) {
        throw error;
      }
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  }
}
