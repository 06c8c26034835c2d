import { retrying, wordsOf } from './cluster';
import { itemsOf } from './objects';
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

/**
 * Those of a manifest's objects that exist, as the cluster has them. Of a kind that the cluster does not know, none do.
 *
 * An object without a namespace is looked for in the kubeconfig's: with `--namespace`, kubectl refuses all that are in others.
 */
export async function existing(work: Work, manifest: string): Promise<any[]> {
  const ran = await kubectl(work, ['get', '--filename', '-', '--ignore-not-found', '--show-managed-fields', '--output', 'json'], manifest);
  const failures = wordsOf({ ...ran, stdout: '' }).split('\n').filter(it => it !== '' && !/no matches for kind|^ensure CRDs are installed first/.test(it));
  if (ran.code !== 0 && failures.length > 0) {
    throw new Error(failures.join('\n'));
  }
  return itemsOf(ran.stdout);
}
