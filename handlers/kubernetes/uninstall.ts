import { retrying, wordsOf } from './cluster';
import { existing } from './kubectl';
import type { Ran } from './programs';
import { revisionsOf, type ReleaseName } from './revisions';
import { whatHolds, type ObjectName } from './stuck';
import type { Work } from './work';
import { Unfinished } from '../shared/custom-resource';

const PAUSE = 2_000;

/** How many of the objects that are still there are named. */
const NAMED_AT_MOST = 3;

export interface UninstallOptions {
  /** Whether the chart's hooks run: after an installation that never finished they have nothing to clean up. */
  readonly hooks: boolean;
  /** How long the deletion of objects may take, in seconds. */
  readonly timeout: number;
}

/**
 * Uninstalls a release, and waits until all of its objects are gone.
 *
 * By itself Helm forgets a release before its objects are gone, and then has nothing to do the next time. So Helm keeps its record until they are.
 */
export async function uninstall(work: Work, release: ReleaseName, { hooks, timeout }: UninstallOptions): Promise<void> {
  const { clock } = work;
  const end = clock.now() + timeout * 1000;
  const [last] = (await revisionsOf(work, release)).slice(-1);
  if (last !== undefined && last.status !== 'uninstalled') {
    const ran = await helm(work, [
      'uninstall', ...named(release), '--keep-history', '--wait', '--timeout', `${timeout}s`, ...hooks ? [] : ['--no-hooks'],
    ]);
    if (ran.code !== 0) {
      const held = await heldObjects(work, release);
      throw new Error([`helm uninstall ${release.namespace}/${release.name} failed: ${wordsOf(ran)}`, ...await reasons(work, held)].join('. '));
    }
  }
  for (let held = await heldObjects(work, release); held.length > 0; held = await heldObjects(work, release)) {
    if (clock.now() + PAUSE > end) {
      const names = (await reasons(work, held)).join('. ');
      throw new Error(`${release.namespace}/${release.name} is uninstalled, but some of its objects are still there after ${timeout} s. ${names}`);
    }
    await clock.sleep(PAUSE);
  }
  const purged = await helm(work, ['uninstall', ...named(release)]);
  if (purged.code !== 0) {
    throw new Error(`helm uninstall ${release.namespace}/${release.name} failed: ${wordsOf(purged)}`);
  }
}

/** The release's objects that are still being deleted. Objects that Helm was told to keep are not among them. */
async function heldObjects(work: Work, release: ReleaseName): Promise<ObjectName[]> {
  const manifest = await helm(work, ['get', 'manifest', ...named(release)]);
  if (manifest.code !== 0) { // then nothing is known to be gone
    throw new Error(`helm get manifest ${release.namespace}/${release.name} failed: ${wordsOf(manifest)}`);
  }
  if (!/^[^#\s-]/m.test(manifest.stdout)) { // no objects
    return [];
  }
  return (await existing(work, manifest.stdout)).filter(it => it.metadata.deletionTimestamp !== undefined).map(({ apiVersion, kind, metadata }) =>
    ({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace }));
}

async function reasons(work: Work, held: ObjectName[]): Promise<string[]> {
  return Promise.all(held.slice(0, NAMED_AT_MOST).map(async it => `${it.kind} ${it.name} is still there: ${await whatHolds(work, it)}`));
}

/** Runs Helm. A release that does not exist is no failure: there is nothing to uninstall. */
async function helm(work: Work, args: string[]): Promise<Ran> {
  const ran = await retrying(work, () => work.programs.helm(args, { deadline: work.deadline }));
  if (ran.interrupted && ran.code !== 0) {
    throw new Unfinished(`helm ${args.slice(0, 2).join(' ')} was interrupted, because its time was up`);
  }
  return /release: not found/.test(ran.stderr) ? { ...ran, code: 0 } : ran;
}

function named({ name, namespace }: ReleaseName): string[] {
  return [name, '--namespace', namespace];
}
