import { wordsOf } from './cluster';
import { kubectl } from './kubectl';
import type { Work } from './work';

/** The labels of a revision: the resource for which it was made, that one's stack, and whether it found the release and adopted it. */
const OWNER = 'eks-platform-owner';
const STACK = 'eks-platform-stack';
const ADOPTED = 'eks-platform-adopted';

/** Whose a revision is: without an owner, another program made it. */
export interface Holder {
  readonly owner?: string;
  readonly stack?: string;
  readonly adopted?: boolean;
}

/** One revision of a release, as Helm keeps it in a secret. */
export interface Revision extends Holder {
  readonly number: number;
  /** `deployed`, `failed`, `pending-upgrade` and so on. */
  readonly status: string;
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
    .map(({ version, status, [OWNER]: owner, [STACK]: stack, [ADOPTED]: adopted }) => ({ number: Number(version), status, owner, stack, adopted: adopted === 'true' }))
    .sort((one, other) => one.number - other.number);
}

/** The last revision that worked, to roll back to. None is `deployed` if Helm was killed after superseding one and before deploying the next. */
export function lastGood(revisions: readonly Revision[]): Revision | undefined {
  const last = (status: string) => revisions.filter(it => it.status === status).at(-1);
  return last('deployed') ?? last('superseded');
}

/** The labels of a holder's revisions, as Helm and kubectl take them. */
export function labelsOf({ owner, stack, adopted }: Holder): string[] {
  return [[OWNER, owner], [STACK, stack], [ADOPTED, adopted ? 'true' : undefined]].flatMap(([name, value]) => value === undefined ? [] : [`${name}=${value}`]);
}

/**
 * Gives revisions to another holder.
 *
 * @param from the owner whose revisions are meant; if undefined, all that are not the new owner's
 * @param to the new holder; without an owner, the revisions have none
 */
export async function handOver(work: Work, { name, namespace }: ReleaseName, from: string | undefined, to: Holder): Promise<void> {
  const labels = labelsOf(to);
  const dropped = [OWNER, STACK, ADOPTED].filter(it => !labels.some(label => label.startsWith(`${it}=`))).map(it => `${it}-`);
  const ran = await kubectl(work, [
    'label', 'secrets', '--namespace', namespace, '--overwrite',
    '--selector', `owner=helm,name=${name},${OWNER}${from === undefined ? `!=${to.owner}` : `=${from}`}`, ...labels, ...dropped,
  ]);
  if (ran.code !== 0) {
    throw new Error(`the revisions of ${namespace}/${name} cannot be handed over: ${wordsOf(ran)}`);
  }
}
