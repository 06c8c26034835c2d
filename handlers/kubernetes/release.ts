import { rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { bringChart } from './chart';
import { retrying, wordsOf } from './cluster';
import { applyCrds, deleteCrds } from './crds';
import { stackOf } from './owner';
import type { Ran } from './programs';
import { handOver, labelsOf, lastGood, revisionsOf, type Holder, type ReleaseName, type Revision } from './revisions';
import { uninstall } from './uninstall';
import type { Serve, Work } from './work';
import { Unfinished, type Result } from '../shared/custom-resource';

/** In seconds: Helm's own default. */
const TIMEOUT = 300;

/** In seconds: what Helm needs after its time is up, to record what became of the release. */
const RESERVE = 20;

/** The status of a release while a Helm is at work, or after that was killed. */
const HALF_DONE = /^pending-|^uninstalling$/;

/** How often one request may find the release half-done, before it fails. */
const RECOVERIES = 3;

/**
 * Serves a release. The properties are those of CDK's `HelmChart`, `DeleteCrds` and `Adopt`.
 *
 * Needs Helm 4.
 */
export const serveRelease: Serve = async work => {
  const { Release: name, Namespace: namespace = 'default' } = work.request.ResourceProperties;
  if (name === undefined) {
    throw new Error('`Release` is missing: it names the Helm release');
  }
  const release = { name, namespace };
  return work.request.RequestType === 'Delete' ? remove(work, release) : install(work, release);
};

async function install(work: Work, release: ReleaseName): Promise<Result> {
  const { SkipCrds } = work.request.ResourceProperties;
  const values = valuesOf(work);
  const chart = await bringChart(work);
  if (SkipCrds !== 'true') {
    holderOf(work, release, await revisionsOf(work, release)); // before anything is changed
    await applyCrds(work, chart);
  }
  const file = join(work.folder, 'values.json');
  writeFileSync(file, values, { mode: 0o600 });
  let holder: Holder = {};
  try {
    const ran = await retrying(work, async () => {
      // Before each try: the API server may have gone away while Helm was at work.
      const found = await recover(work, release);
      if (found.recovered && secondsLeft(work) < secondsAsked(work)) { // a new invocation has more time
        throw new Unfinished(`${idOf(release)} was recovered, and is upgraded next`);
      }
      holder = found.holder;
      return upgrade(work, release, chart, file, holder);
    });
    check(ran, `helm upgrade ${idOf(release)}`);
  } finally {
    rmSync(file, { force: true });
  }
  if (work.request.RequestType === 'Update') {
    // Until now, a rollback could still give the release back to its former owner.
    await handOver(work, release, undefined, holder);
  }
  return { id: idOf(release), reason: `Release ${idOf(release)} is deployed` };
}

function upgrade(work: Work, { name, namespace }: ReleaseName, chart: string, values: string, holder: Holder): Promise<Ran> {
  const { Wait, Atomic, CreateNamespace } = work.request.ResourceProperties;
  return work.programs.helm([
    'upgrade', name, chart, '--install', '--namespace', namespace,
    // Without this, Helm uses the last revision's values if none are given.
    '--reset-values', '--values', values,
    // Changes by hand are overwritten, as with Helm 3. Releases of Helm 3 change to server-side apply.
    '--server-side', 'true', '--force-conflicts',
    '--skip-crds', '--hide-notes',
    '--labels', labelsOf(holder).join(','),
    '--timeout', `${patience(work)}s`,
    ...CreateNamespace === 'true' ? ['--create-namespace'] : [],
    // Helm's former way of waiting, for kinds that its new one never takes for ready.
    ...Wait === 'true' ? ['--wait'] : Wait === 'legacy' ? ['--wait=legacy'] : [],
    ...Atomic === 'true' ? ['--rollback-on-failure'] : [],
  ], { deadline: work.deadline });
}

/**
 * Under which labels this resource may upgrade a release.
 *
 * @throws if the release is not ours, and the request does not have the word to adopt it
 */
function holderOf(work: Work, release: ReleaseName, revisions: readonly Revision[]): Holder {
  const { owner, request } = work;
  const stack = stackOf(request);
  const last = revisions.at(-1);
  if (last === undefined || isOurs(work, release, last) || last.owner !== undefined && last.stack === stack) { // it may have been renamed
    return { owner, stack, adopted: last?.adopted };
  }
  if (request.ResourceProperties.Adopt === 'true' && !HALF_DONE.test(last.status)) {
    return { owner, stack, adopted: true };
  }
  throw new Error(`The cluster already has the release ${idOf(release)} (revision ${last.number}, ${last.status}), which this stack did not install, and nothing was `
    + 'changed. Set the property `Adopt` of the chart\'s resource to adopt it, and to give it back at the end. '
    + `Or uninstall it, if nobody needs it: helm uninstall ${release.name} --namespace ${release.namespace}`);
}

/** A release without labels is ours only if CloudFormation has its very id: an id that CloudFormation made up says nothing. */
function isOurs({ owner, request }: Work, release: ReleaseName, last: Revision): boolean {
  return last.owner === owner || last.owner === undefined && request.PhysicalResourceId === idOf(release);
}

/** Repairs a release that Helm left half-done because it was killed, so that it can be upgraded. Says whether there was something to repair. */
async function recover(work: Work, release: ReleaseName): Promise<{ recovered: boolean; holder: Holder }> {
  for (let done = 0; done < RECOVERIES; done++) {
    const revisions = await revisionsOf(work, release);
    const holder = holderOf(work, release, revisions);
    const status = revisions.at(-1)?.status ?? '';
    if (!HALF_DONE.test(status)) {
      return { recovered: done > 0, holder };
    }
    console.log(`${idOf(release)} was left ${status}`);
    const good = lastGood(revisions) ?? (holder.adopted ? revisions.filter(it => !HALF_DONE.test(it.status)).at(-1) : undefined);
    if (status === 'uninstalling' || good === undefined) {
      await uninstall(work, release, { hooks: status === 'uninstalling', timeout: patience(work) });
    } else {
      await rollBack(work, release, good);
    }
  }
  throw new Error(`${idOf(release)} cannot be recovered: see its revisions with helm history ${release.name} --namespace ${release.namespace}`);
}

/** Rolls back. If that fails, the release is `failed`, which can be upgraded. */
async function rollBack(work: Work, release: ReleaseName, { number }: Revision): Promise<Ran> {
  console.log(`rolls ${idOf(release)} back to revision ${number}`);
  const ran = await retrying(work, () => work.programs.helm([
    'rollback', release.name, `${number}`, '--namespace', release.namespace,
    '--server-side', 'true', '--force-conflicts', '--timeout', `${patience(work)}s`,
  ], { deadline: work.deadline }));
  if (ran.interrupted) {
    throw new Unfinished(`helm rollback ${idOf(release)} was interrupted, because its time was up`);
  }
  if (ran.code !== 0) {
    console.log(`helm rollback failed: ${wordsOf(ran)}`);
  }
  return ran;
}

/** Removes a release that this resource made. What it found is given back as it was, or left as it is. */
async function remove(work: Work, release: ReleaseName): Promise<Result> {
  const { DeleteCrds } = work.request.ResourceProperties;
  const id = work.request.PhysicalResourceId ?? idOf(release);
  const revisions = await revisionsOf(work, release);
  const last = revisions.at(-1);
  if (last !== undefined && !isOurs(work, release, last)) {
    if (last.owner !== undefined || revisions.some(it => it.owner === work.owner)) {
      await handOver(work, release, work.owner, last);
    }
    return { id, reason: said(`Release ${idOf(release)} stays: ${last.owner === undefined ? 'this resource did not install it' : 'it belongs to another resource now'}`) };
  }
  const givenBack = last === undefined ? undefined : await giveBack(work, release, revisions);
  if (givenBack !== undefined) {
    return { id, reason: said(`Release ${idOf(release)} ${givenBack}`) };
  }
  if (last !== undefined) {
    // A killed upgrade may have left objects of two revisions.
    if (/^pending-(upgrade|rollback)$/.test(last.status)) {
      await recover(work, release);
    }
    await uninstall(work, release, { hooks: last.status !== 'pending-install', timeout: patience(work) });
  }
  const crds = DeleteCrds === 'true' ? await deleteCrds(work) : [];
  return { id, reason: said(`Release ${idOf(release)} is uninstalled${crds.length > 0 ? `, and ${crds.length} CRDs are deleted` : ''}`) };
}

/**
 * Gives a release back that was there before. If revisions of its former owner are left, the deployment that took it over is being rolled
 * back, and so is the release. After an update of ours there are none, and it stays as it is.
 *
 * @returns what was done, or undefined if this resource made the release
 */
async function giveBack(work: Work, release: ReleaseName, revisions: readonly Revision[]): Promise<string | undefined> {
  const { owner } = work;
  const mine = revisions.filter(it => it.owner === owner);
  // What is before an uninstallation is only history.
  const theirs = mine.length === 0 ? [] : revisions.slice(revisions.map(it => it.status).lastIndexOf('uninstalled') + 1).filter(it => it.owner !== owner);
  const good = lastGood(theirs);
  if (good !== undefined) {
    check(await rollBack(work, release, good), `helm rollback ${idOf(release)}`);
  } else if (HALF_DONE.test(revisions.at(-1)!.status) && mine.some(it => it.adopted)) {
    await recover(work, release);
  }
  const former: Holder | undefined = good ?? theirs.at(-1) ?? (mine.some(it => it.adopted) ? {} : undefined);
  if (former === undefined) {
    return undefined;
  }
  await handOver(work, release, owner, former);
  return theirs.length > 0 ? 'is given back to whom it belonged to' : 'stays as it is: it was there before';
}

function check(ran: Ran, what: string): void {
  if (ran.code === 0) {
    return;
  }
  if (ran.interrupted) {
    throw new Unfinished(`${what} was interrupted, because its time was up`);
  }
  throw new Error(`${what} failed: ${wordsOf(ran)}`);
}

/** JSON is valid YAML. The parser's own error is not passed on, because it would quote the values. */
function valuesOf({ request }: Work): string {
  const text = request.ResourceProperties.Values ?? '{}';
  try {
    JSON.parse(text);
    return text; // as it is: numbers may be longer than JavaScript's
  } catch {
    throw new Error(`\`Values\` (${text.length} characters) must be JSON`);
  }
}

/** How long Helm waits for Kubernetes, in seconds. */
function patience(work: Work): number {
  return Math.min(secondsAsked(work), secondsLeft(work));
}

function secondsAsked({ request }: Work): number {
  return parseInt(request.ResourceProperties.Timeout ?? `${TIMEOUT}`, 10);
}

function secondsLeft({ clock, deadline }: Work): number {
  return Math.max(1, Math.floor((deadline - clock.now()) / 1000) - RESERVE);
}

function idOf({ name, namespace }: ReleaseName): string {
  return `${namespace}/${name}`;
}

function said(words: string): string {
  console.log(words);
  return words;
}
