import { rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { bringChart } from './chart';
import { retrying, wordsOf } from './cluster';
import { applyCrds, deleteCrds } from './crds';
import type { Ran } from './programs';
import { handOver, lastGood, OWNER, revisionsOf, type ReleaseName, type Revision } from './revisions';
import { uninstall } from './uninstall';
import type { Serve, Work } from './work';
import { NOTHING, Unfinished, type Result } from '../shared/custom-resource';

/** In seconds: Helm's own default. */
const TIMEOUT = 300;

/** In seconds: what Helm needs after its time is up, to record what became of the release. */
const RESERVE = 20;

/** How often one request may find the release half-done, before it fails. */
const RECOVERIES = 3;

/**
 * Serves a release. The properties are those of CDK's `HelmChart`, and `DeleteCrds`.
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
    await applyCrds(work, chart);
  }
  const file = join(work.folder, 'values.json');
  writeFileSync(file, values, { mode: 0o600 });
  try {
    const ran = await retrying(work, async () => {
      // Before each try: the API server may have gone away while Helm was at work.
      const recovered = await recover(work, release);
      if (recovered && secondsLeft(work) < secondsAsked(work)) { // a new invocation has more time
        throw new Unfinished(`${idOf(release)} was recovered, and is upgraded next`);
      }
      return upgrade(work, release, chart, file);
    });
    check(ran, `helm upgrade ${idOf(release)}`);
  } finally {
    rmSync(file, { force: true });
  }
  if (work.request.RequestType === 'Update') {
    // Until now, a rollback could still give the release back to its former owner.
    await handOver(work, release, undefined, work.owner);
  }
  return { id: idOf(release), reason: `Release ${idOf(release)} is deployed` };
}

function upgrade(work: Work, { name, namespace }: ReleaseName, chart: string, values: string): Promise<Ran> {
  const { Wait, Atomic, CreateNamespace } = work.request.ResourceProperties;
  return work.programs.helm([
    'upgrade', name, chart, '--install', '--namespace', namespace,
    // Without this, Helm uses the last revision's values if none are given.
    '--reset-values', '--values', values,
    // Changes by hand are overwritten, as with Helm 3. Releases of Helm 3 change to server-side apply.
    '--server-side', 'true', '--force-conflicts',
    '--skip-crds', '--hide-notes',
    '--labels', `${OWNER}=${work.owner}`,
    '--timeout', `${patience(work)}s`,
    ...CreateNamespace === 'true' ? ['--create-namespace'] : [],
    // Helm's former way of waiting, for kinds that its new one never takes for ready.
    ...Wait === 'true' ? ['--wait'] : Wait === 'legacy' ? ['--wait=legacy'] : [],
    ...Atomic === 'true' ? ['--rollback-on-failure'] : [],
  ], { deadline: work.deadline });
}

/**
 * Repairs a release that Helm left half-done because it was killed, so that it can be upgraded.
 *
 * @returns whether there was something to repair
 */
async function recover(work: Work, release: ReleaseName): Promise<boolean> {
  for (let done = 0; done < RECOVERIES; done++) {
    const revisions = await revisionsOf(work, release);
    const status = revisions.at(-1)?.status ?? '';
    if (!/^pending-|^uninstalling$/.test(status)) {
      return done > 0;
    }
    console.log(`${idOf(release)} was left ${status}`);
    const good = lastGood(revisions);
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

/** Removes a release, unless it belongs to another resource: this one may have been renamed. */
async function remove(work: Work, release: ReleaseName): Promise<Result> {
  const { DeleteCrds } = work.request.ResourceProperties;
  const id = work.request.PhysicalResourceId ?? idOf(release);
  const revisions = await revisionsOf(work, release);
  const owner = revisions.at(-1)?.owner;
  const isOurs = owner === work.owner || (owner === undefined && id !== NOTHING);
  if (revisions.length > 0 && !isOurs) {
    if (owner !== undefined) {
      await handOver(work, release, work.owner, owner);
    }
    return { id, reason: said(`Release ${idOf(release)} stays: it belongs to another resource now`) };
  }
  // Revisions of another owner, which still exists: the deployment that took the release over is being rolled back.
  const theirs = revisions.filter(it => it.owner !== work.owner && (it.owner !== undefined || id === NOTHING));
  const good = lastGood(theirs);
  if (good !== undefined) {
    check(await rollBack(work, release, good), `helm rollback ${idOf(release)}`);
    await handOver(work, release, work.owner, good.owner);
    return { id, reason: said(`Release ${idOf(release)} is given back to the resource that it belonged to`) };
  }
  if (revisions.length > 0) {
    const status = revisions.at(-1)!.status;
    // A killed upgrade may have left objects of two revisions.
    if (/^pending-(upgrade|rollback)$/.test(status)) {
      await recover(work, release);
    }
    await uninstall(work, release, { hooks: status !== 'pending-install', timeout: patience(work) });
  }
  const crds = DeleteCrds === 'true' ? await deleteCrds(work) : [];
  return { id, reason: said(`Release ${idOf(release)} is uninstalled${crds.length > 0 ? `, and ${crds.length} CRDs are deleted` : ''}`) };
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
