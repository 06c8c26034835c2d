import { apply, ready } from './apply';
import { find, isTrue } from './claim';
import { wordsOf } from './cluster';
import { kubectl } from './kubectl';
import { bare, bondOf, check, isObject, keyOf, nameOf, objectsIn, otherOwner, streamOf, withdrawal, type KubernetesObject } from './objects';
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

/**
 * Serves a manifest: objects that are created, changed and deleted together. Only CloudFormation's record of the manifest says which they are,
 * and only the signature that each carries from its first moment says which of them this resource made.
 */
export const serveManifest: Serve = async work => {
  const { request: { RequestType, PhysicalResourceId, ResourceProperties: { Manifest, Wait }, OldResourceProperties } } = work;
  const objects = objectsIn(Manifest);
  if (RequestType === 'Delete') {
    const { words, stuck } = await remove(work, objects.filter(isObject), { patience: DELETION, stops: true });
    if (stuck.length > 0) {
      throw new Error(`${stuck.join('. ')}. Then delete the stack again.`);
    }
    return { id: PhysicalResourceId!, reason: words };
  }
  check(objects);
  const before = objectsIn(OldResourceProperties?.Manifest).filter(isObject);
  const { living, kept } = objects.length > 0 ? await apply(work, objects, before) : { living: [], kept: [] };
  if (isTrue(Wait)) {
    await ready(work, living);
  }
  const but: string[] = living.map(it => it.metadata.uid);
  const { words, stuck } = await remove(work, without(before, objects), { patience: DROP, stops: false, but });
  return { id: `manifest-${work.owner}`, reason: [`${living.length} applied`, ...kept, words, ...stuck].join('. ') };
};

function without(objects: KubernetesObject[], others: KubernetesObject[]): KubernetesObject[] {
  const keys = others.map(keyOf);
  return objects.filter(it => !keys.includes(keyOf(it)));
}

interface Removal {
  readonly patience: number;
  /** Whether to stop at an object that is not deleted, and keep those before it: they may be needed for its deletion. */
  readonly stops: boolean;
  /** Uids of objects to keep: one object may have names in several groups or versions. */
  readonly but?: string[];
}

/**
 * Deletes what this resource made, in reverse order, and waits until it is gone.
 *
 * What it adopted is given back, and what another resource applies too is given up: the construct was renamed, or two constructs define
 * the same object. What it did not sign is left alone, whatever CloudFormation's record says.
 */
async function remove(work: Work, objects: KubernetesObject[], { patience, stops, but = [] }: Removal): Promise<{ words: string; stuck: string[] }> {
  const { clock, deadline } = work;
  const end = Math.min(clock.now() + patience, deadline - RESERVE);
  const living = [...new Map((await find(work, objects)).map(it => [it.metadata.uid, it])).values()].filter(it => !but.includes(it.metadata.uid));
  const ours = living.filter(it => bondOf(work, it) === 'made' && otherOwner(work, it) === undefined).reverse();
  const left = living.filter(it => !ours.includes(it));
  for (const object of left.filter(it => bondOf(work, it) !== undefined)) {
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
  const words = left.map(it => `${nameOf(it)} is left alone, because ${whyLeft(work, it)}`);
  words.forEach(it => console.log(it));
  return { words: [`${ours.length} deleted`, ...words].join('. '), stuck };
}

function whyLeft(work: Work, object: KubernetesObject): string {
  const other = otherOwner(work, object);
  return other !== undefined ? `${other} applies it too` : bondOf(work, object) === 'adopted' ? 'it was there before' : 'this resource did not apply it';
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
    throw new Error(`${nameOf(object)} can't be given up: ${wordsOf(ran)}`);
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
