/** What a machine lacks and the set-up can't bring, such as Go or Linux: there, a rehearsal is skipped, and has not failed. */
export class Lacking extends Error {}

/** Runs a check of the machine: what it throws says what is lacking. */
export async function lacking(check: () => Promise<unknown>): Promise<void> {
  try {
    await check();
  } catch (error) {
    throw new Lacking((error as Error).message);
  }
}
