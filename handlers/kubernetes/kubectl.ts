import { retrying } from './cluster';
import type { Ran } from './programs';
import type { Work } from './work';
import { Unfinished } from '../shared/custom-resource';

/** Runs kubectl until the API server answers, even if the answer is a failure. */
export async function kubectl(work: Work, args: string[], input?: string): Promise<Ran> {
  const ran = await retrying(work, () => work.programs.kubectl(args, { input, deadline: work.deadline }));
  if (ran.interrupted) {
    throw new Unfinished(`kubectl ${args.slice(0, 2).join(' ')} was interrupted, because its time was up`);
  }
  return ran;
}
