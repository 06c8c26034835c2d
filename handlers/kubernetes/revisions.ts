import { wordsOf } from './cluster';
import { kubectl } from './kubectl';
import type { Work } from './work';

/** Names the resource that a revision was made for. */
export const OWNER = 'eks-platform-owner';

/** One revision of a release, as Helm keeps it in a secret. */
export interface Revision {
  readonly number: number;
  /** `deployed`, `failed`, `pending-upgrade` and so on. */
  readonly status: string;
  /** Missing where another program has made it. */
  readonly owner?: string;
}

/** A release's name. */
export interface ReleaseName {
  readonly name: string;
  readonly namespace: string;
}

/** The revisions that Helm knows, the newest at the end. */
export async function revisionsOf(work: Work, { name, namespace }: ReleaseName): Promise<Revision[]> {
  // Not by `helm history`, which fails where there is none, and tells no labels.
  const ran = await kubectl(work, [
    'get', 'secrets', '--namespace', namespace, '--selector', `owner=helm,name=${name}`,
    '--output', 'jsonpath={range .items[*]}{.metadata.labels}{"\\n"}{end}',
  ]);
  if (ran.code !== 0) {
    throw new Error(`the revisions of ${namespace}/${name} cannot be read: ${wordsOf(ran)}`);
  }
  return ran.stdout.split('\n').filter(Boolean).map(line => JSON.parse(line))
    .map(({ version, status, [OWNER]: owner }) => ({ number: Number(version), status, owner }))
    .sort((one, other) => one.number - other.number);
}

/** The revision to go back to: the last that worked. Helm may have been killed between taking the one out of service and the next one in. */
export function lastGood(revisions: readonly Revision[]): Revision | undefined {
  const last = (status: string) => revisions.filter(it => it.status === status).at(-1);
  return last('deployed') ?? last('superseded');
}

/**
 * Makes revisions those of another owner.
 *
 * @param from those of one owner, or those that are not the new owner's
 * @param to no owner, if not given
 */
export async function handOver(work: Work, { name, namespace }: ReleaseName, from: string | undefined, to: string | undefined): Promise<void> {
  const ran = await kubectl(work, [
    'label', 'secrets', '--namespace', namespace, '--overwrite',
    '--selector', `owner=helm,name=${name},${OWNER}${from === undefined ? `!=${to}` : `=${from}`}`,
    to === undefined ? `${OWNER}-` : `${OWNER}=${to}`,
  ]);
  if (ran.code !== 0) {
    throw new Error(`the revisions of ${namespace}/${name} cannot be handed over: ${wordsOf(ran)}`);
  }
}
