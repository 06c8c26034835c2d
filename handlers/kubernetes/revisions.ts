import { wordsOf } from './cluster';
import { kubectl } from './kubectl';
import type { Work } from './work';

/** The label that names the resource for which a revision was made. */
export const OWNER = 'eks-platform-owner';

/** One revision of a release, as Helm keeps it in a secret. */
export interface Revision {
  readonly number: number;
  /** `deployed`, `failed`, `pending-upgrade` and so on. */
  readonly status: string;
  /** Missing if another program made the revision. */
  readonly owner?: string;
}

/** A release's name. */
export interface ReleaseName {
  readonly name: string;
  readonly namespace: string;
}

/** The revisions that Helm knows, the newest last. */
export async function revisionsOf(work: Work, { name, namespace }: ReleaseName): Promise<Revision[]> {
  // Not with `helm history`: it fails if there is none, and does not show labels.
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

/** The last revision that worked, to roll back to. None is `deployed` if Helm was killed after superseding one and before deploying the next. */
export function lastGood(revisions: readonly Revision[]): Revision | undefined {
  const last = (status: string) => revisions.filter(it => it.status === status).at(-1);
  return last('deployed') ?? last('superseded');
}

/**
 * Gives revisions to another owner.
 *
 * @param from the owner whose revisions are meant; if undefined, all that are not the new owner's
 * @param to the new owner; if undefined, the revisions have none
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
