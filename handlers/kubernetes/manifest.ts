import { apply, ready } from './apply';
import { wordsOf } from './cluster';
import { existing, kubectl } from './kubectl';
import { bare, check, isObject, isOurs, keyOf, nameOf, objectsIn, otherOwner, streamOf, withdrawal, type KubernetesObject } from './objects';
import { inNamespace, resourceOf, whatHolds } from './stuck';
import type { Serve, Work } from './work';

/** How long a deletion may take: a namespace or a load balancer takes minutes. */
const DELETION = 10 * 60_000;

/** An update waits less for the objects that it dropped: they are deleted anyway, and if it failed, the rollback would only bring them back. */
const DROP = 2 * 60_000;

/** The time that is kept for finding out what holds an object. */
const RESERVE = 20_000;

/** How many of the objects that are still there are described in full. */
const TOLD_IN_FULL = 3;

/** Serves a manifest: objects that are created, changed and deleted together. Only CloudFormation's record of the manifest says which they are. */
export const serveManifest: Serve = async work => {
  const { request: { RequestType, PhysicalResourceId, ResourceProperties: { Manifest, Overwrite, Wait }, OldResourceProperties } } = work;
  const objects = objectsIn(Manifest);
  const id = `manifest-${work.owner}`;
  if (RequestType === 'Delete') {
    // If CloudFormation does not know that the objects were created, they may be those of others, which were in the way.
    const { words, stuck } = await remove(work, objects.filter(isObject), { isRecorded: PhysicalResourceId === id, patience: DELETION, stops: true });
    if (stuck.length > 0) {
      throw new Error(`${stuck.join('. ')}. Then delete the stack again.`);
    }
    return { id: PhysicalResourceId!, reason: words };
  }
  check(objects);
  const before = objectsIn(OldResourceProperties?.Manifest).filter(isObject);
  if (!isTrue(Overwrite)) {
    await refuseOthers(work, without(objects, before));
  }
  const living = objects.length > 0 ? await apply(work, objects) : [];
  if (isTrue(Wait)) {
    await ready(work, living);
  }
  const but: string[] = living.map(it => it.metadata.uid);
  const { words, stuck } = await remove(work, without(before, objects), { isRecorded: false, patience: DROP, stops: false, but });
  return { id, reason: [`${objects.length} applied`, words, ...stuck].join('. ') };
};

function isTrue(property: string | undefined): boolean {
  return property?.toLowerCase() === 'true';
}

function without(objects: KubernetesObject[], others: KubernetesObject[]): KubernetesObject[] {
  const keys = others.map(keyOf);
  return objects.filter(it => !keys.includes(keyOf(it)));
}

/** Refuses objects that exist and are not ours. What an interrupted creation of ours made is ours. */
async function refuseOthers(work: Work, objects: KubernetesObject[]): Promise<void> {
  const others = (await find(work, objects)).filter(it => !isOurs(work, it));
  if (others.length > 0) {
    const whose = (it: any) => otherOwner(work, it) === undefined ? '' : ` (applied by ${otherOwner(work, it)})`;
    throw new Error(`The cluster already has ${others.map(it => `${nameOf(it)}${whose(it)}`).join(', ')}, and nothing was changed. `
      + 'Delete what is there, or set `overwrite` to take it over.');
  }
}

/** Those of the objects that exist, as the cluster has them. Of a kind that the cluster does not know, none do. */
async function find(work: Work, objects: KubernetesObject[]): Promise<any[]> {
  return objects.length === 0 ? [] : existing(work, streamOf(objects.map(bare)));
}

interface Removal {
  /** Whether CloudFormation knows that they were created. If not, only those with our annotation are deleted. */
  readonly isRecorded: boolean;
  readonly patience: number;
  /** Whether to stop at an object that is not deleted, and keep those before it: they may be needed for its deletion. */
  readonly stops: boolean;
  /** Uids of objects to keep: one object may have names in several groups or versions. */
  readonly but?: string[];
}

/**
 * Deletes objects in reverse order, and waits until they are gone.
 *
 * An object that another resource applies too is given up, not deleted: the construct was renamed, or two constructs define the same object.
 */
async function remove(
  work: Work, objects: KubernetesObject[], { isRecorded, patience, stops, but = [] }: Removal,
): Promise<{ words: string; stuck: string[] }> {
  const { clock, deadline } = work;
  const end = Math.min(clock.now() + patience, deadline - RESERVE);
  const living = [...new Map((await find(work, objects)).map(it => [it.metadata.uid, it])).values()].filter(it => !but.includes(it.metadata.uid));
  const shared = living.filter(it => otherOwner(work, it) !== undefined);
  const foreign = living.filter(it => !shared.includes(it) && !isRecorded && !isOurs(work, it));
  const ours = living.filter(it => !shared.includes(it) && !foreign.includes(it)).reverse();
  for (const object of shared.filter(it => isOurs(work, it))) {
    await giveUp(work, object);
  }
  const stuck: string[] = [];
  for (const group of sameKinds(ours)) {
    const seconds = Math.max(1, Math.floor((end - clock.now()) / 1000));
    const ran = await kubectl(work, ['delete', '--filename', '-', '--ignore-not-found', `--timeout=${seconds}s`], streamOf(group.map(bare)));
    if (ran.code !== 0 && /timed out waiting/.test(ran.stderr)) {
      stuck.push(...await tell(work, group));
      if (stops) {
        break;
      }
    } else if (ran.code !== 0 && !/no matches for kind/.test(ran.stderr)) {
      throw new Error(wordsOf(ran));
    }
  }
  const left = [
    ...shared.map(it => `${nameOf(it)} is left alone, because ${otherOwner(work, it)} applies it too`),
    ...foreign.map(it => `${nameOf(it)} is left alone, because this resource did not apply it`),
  ];
  left.forEach(it => console.log(it));
  return { words: [`${ours.length} deleted`, ...left].join('. '), stuck };
}

/** Neighbours of one kind are deleted together. What comes before them in the manifest may have to remove their finalizers, and is deleted later. */
function sameKinds(objects: KubernetesObject[]): KubernetesObject[][] {
  const groups: KubernetesObject[][] = [];
  for (const object of objects) {
    const last = groups[groups.length - 1];
    if (last?.[0].kind === object.kind && last[0].apiVersion === object.apiVersion) {
      last.push(object);
    } else {
      groups.push([object]);
    }
  }
  return groups;
}

async function giveUp(work: Work, object: KubernetesObject): Promise<void> {
  const { name, namespace } = object.metadata;
  const patch = JSON.stringify(withdrawal(work, object));
  const ran = await kubectl(work, ['patch', `${resourceOf(object)}/${name}`, ...inNamespace(namespace), '--type', 'json', '--patch', patch]);
  if (ran.code !== 0 && !/\(NotFound\)/.test(ran.stderr)) {
    throw new Error(`${nameOf(object)} can't be left to ${otherOwner(work, object)}: ${wordsOf(ran)}`);
  }
}

/** Says why objects are still there. */
async function tell(work: Work, objects: KubernetesObject[]): Promise<string[]> {
  const left = await find(work, objects);
  const words = left.slice(0, TOLD_IN_FULL).map(async it => {
    const { apiVersion, kind, metadata: { name, namespace } } = it;
    return `${nameOf(it)} is still there: ${await whatHolds(work, { apiVersion, kind, name, namespace })}`;
  });
  const others = left.slice(TOLD_IN_FULL).map(nameOf);
  return [...await Promise.all(words), ...others.length > 0 ? [`Also still there: ${others.join(', ')}`] : []];
}
