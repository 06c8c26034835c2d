import { apply, ready } from './apply';
import { wordsOf } from './cluster';
import { kubectl } from './kubectl';
import { bare, check, isObject, isOurs, itemsOf, keyOf, nameOf, objectsIn, otherOwner, streamOf, withdrawal, type KubernetesObject } from './objects';
import { inNamespace, resourceOf, whatHolds } from './stuck';
import type { Serve, Work } from './work';

/** How long objects may take to go: a namespace or a load balancer takes minutes. */
const DELETION = 10 * 60_000;

/** An update does not wait as long for what it dropped: it goes by itself, and to fail would only bring it back. */
const DROP = 2 * 60_000;

/** What is kept of the time, to say what holds an object. */
const RESERVE = 20_000;

/** How many objects that stay are told of in full. */
const TOLD_IN_FULL = 3;

/** Kubernetes objects that come, change and go together. CloudFormation's record of the manifest is all that tells which. */
export const serveManifest: Serve = async work => {
  const { request: { RequestType, PhysicalResourceId, ResourceProperties: { Manifest, Overwrite, Wait }, OldResourceProperties } } = work;
  const objects = objectsIn(Manifest);
  const id = `manifest-${work.owner}`;
  if (RequestType === 'Delete') {
    // What was never created, as far as CloudFormation knows, may stand in the way of objects of others.
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

/** What a creation that was broken off has made is no other's. */
async function refuseOthers(work: Work, objects: KubernetesObject[]): Promise<void> {
  const others = (await find(work, objects)).filter(it => !isOurs(work, it));
  if (others.length > 0) {
    const whose = (it: any) => otherOwner(work, it) === undefined ? '' : ` (applied by ${otherOwner(work, it)})`;
    throw new Error(`${others.map(it => `${nameOf(it)}${whose(it)}`).join(', ')} was in the cluster before, and nothing was changed. `
      + 'Delete it, or set `overwrite` to take it over.');
  }
}

/** The living ones of some objects. A kind that the cluster does not know has none. */
async function find(work: Work, objects: KubernetesObject[]): Promise<any[]> {
  if (objects.length === 0) {
    return [];
  }
  const args = ['get', '--filename', '-', '--ignore-not-found', '--show-managed-fields', '--output', 'json'];
  const ran = await kubectl(work, args, streamOf(objects.map(bare)));
  const failures = wordsOf({ ...ran, stdout: '' }).split('\n').filter(it => it !== '' && !/no matches for kind|^ensure CRDs are installed first/.test(it));
  if (ran.code !== 0 && failures.length > 0) {
    throw new Error(failures.join('\n'));
  }
  return itemsOf(ran.stdout);
}

interface Removal {
  /** Whether CloudFormation knows that they were created: if not, only those that tell so are deleted. */
  readonly isRecorded: boolean;
  readonly patience: number;
  /** Whether to keep what comes before an object that stays: it may be what lets it go. */
  readonly stops: boolean;
  /** Ids of objects that are kept, by whatever names they are called. */
  readonly but?: string[];
}

/**
 * Deletes objects in reverse order, and waits until they are gone.
 *
 * One that another resource applies too is only given up: the construct was renamed, or two define the same object.
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
    ...shared.map(it => `${nameOf(it)} is left alone, as ${otherOwner(work, it)} applies it too`),
    ...foreign.map(it => `${nameOf(it)} is left alone, as it was not applied here`),
  ];
  left.forEach(it => console.log(it));
  return { words: [`${ours.length} deleted`, ...left].join('. '), stuck };
}

/** Neighbours of one kind go at the same time; what stands before them may be what takes their finalizers away, and goes after. */
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
    throw new Error(`${nameOf(object)} can't be given up to ${otherOwner(work, object)}: ${wordsOf(ran)}`);
  }
}

/** Of those that are still there, why. */
async function tell(work: Work, objects: KubernetesObject[]): Promise<string[]> {
  const left = await find(work, objects);
  const words = left.slice(0, TOLD_IN_FULL).map(async it => {
    const { apiVersion, kind, metadata: { name, namespace } } = it;
    return `${nameOf(it)} does not go: ${await whatHolds(work, { apiVersion, kind, name, namespace })}`;
  });
  const others = left.slice(TOLD_IN_FULL).map(nameOf);
  return [...await Promise.all(words), ...others.length > 0 ? [`Nor do ${others.join(', ')}`] : []];
}
