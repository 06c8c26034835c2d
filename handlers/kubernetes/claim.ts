import { existing } from './kubectl';
import { bare, bondOf, bondOfStack, keyOf, nameOf, otherOwner, signed, streamOf, type KubernetesObject } from './objects';
import { inNamespace, resourceOf } from './stuck';
import type { Work } from './work';

/** What becomes of the objects of a manifest. */
export interface Claims {
  /** The objects as they are applied: signed, and each so that the API server refuses it if something else has its name by then. */
  readonly applied: KubernetesObject[];
  /** What is left as it is, and why. */
  readonly kept: string[];
  /** What others had under these names, and what is still being deleted. */
  readonly going: KubernetesObject[];
}

/** The namespaces that each cluster has, which can't be deleted: to write them down can only mean to adopt them. */
const BUILT_IN = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** A version that no object has. With it, an apply creates an object or fails: etcd's own first write has this version. */
const NO_OBJECT = { resourceVersion: '1' };

/** How many commands a message has. */
const COMMANDS = 3;

/** Those of the objects that exist, as the cluster has them. Of a kind that the cluster does not know, none do. */
export async function find(work: Work, objects: KubernetesObject[]): Promise<any[]> {
  return objects.length === 0 ? [] : existing(work, streamOf(objects.map(bare)));
}

/**
 * Decides for each object whether it is created, applied to what is there, or adopted; refuses all of them if one exists and is not ours.
 *
 * Ours is what this stack has signed: this resource, or one that may be its former name. What an interrupted creation of ours made is signed.
 *
 * @param before the objects that CloudFormation has in its record of this resource
 * @param isFirst whether nothing was changed yet
 */
export async function claim(work: Work, objects: KubernetesObject[], before: KubernetesObject[], isFirst: boolean): Promise<Claims> {
  const living = new Map((await find(work, objects)).map(it => [keyOf(it), it]));
  const recorded = before.map(keyOf);
  const claims = { applied: [] as KubernetesObject[], kept: [] as string[], going: [] as KubernetesObject[] };
  const refused: KubernetesObject[] = [];
  for (const object of objects) {
    const found = living.get(keyOf(object));
    if (found === undefined) {
      claims.applied.push(only(NO_OBJECT, signed(work, object, 'made')));
      continue;
    }
    const bond = bondOf(work, found) ?? bondOfStack(work, found);
    if (bond === undefined && isDowngrade(found, object)) {
      claims.kept.push(`${nameOf(found)} is left alone, because it has versions that this one lacks`);
    } else if (bond ?? mayAdopt(work, found, recorded.includes(keyOf(object)))) {
      const { uid } = found.metadata;
      claims.applied.push(only({ uid }, signed(work, object, bond ?? 'adopted')));
    } else {
      (found.metadata.deletionTimestamp === undefined ? refused : claims.going).push(found);
    }
  }
  if (refused.length > 0) {
    throw new Error(refusal(work, refused, isFirst));
  }
  return claims;
}

function only(condition: object, { metadata, ...object }: KubernetesObject): KubernetesObject {
  return { ...object, metadata: { ...metadata, ...condition } } as KubernetesObject;
}

/** Whether something that is not ours may be adopted. It is given back at the end, and never deleted. */
function mayAdopt(work: Work, found: KubernetesObject, isRecorded: boolean): boolean {
  const { kind, metadata: { name } } = found;
  return isTrue(work.request.ResourceProperties.Overwrite)
    || kind === 'Namespace' && BUILT_IN.includes(name)
    || kind === 'CustomResourceDefinition' // an earlier platform retained it, with its objects
    || isRecorded && otherOwner(work, found) === undefined; // it was made again by hand, or lost its signature
}

/** Whether a definition that is there serves versions that the other one does not: their objects would be lost. */
function isDowngrade(found: KubernetesObject, object: KubernetesObject): boolean {
  const versions = ({ spec }: KubernetesObject): string[] => (spec?.versions ?? []).map((it: any) => it.name);
  return found.kind === 'CustomResourceDefinition' && versions(found).some(it => !versions(object).includes(it));
}

function refusal(work: Work, refused: KubernetesObject[], isFirst: boolean): string {
  const names = refused.map(it => {
    const other = otherOwner(work, it);
    return `${nameOf(it)}${other === undefined ? '' : ` (applied by ${other}, of another stack or of a deleted one)`}`;
  });
  const commands = refused.slice(0, COMMANDS).map(it => [`kubectl delete ${resourceOf(it)} ${it.metadata.name}`, ...inNamespace(it.metadata.namespace)].join(' '));
  return `The cluster already has ${names.join(', ')}, which this stack did not make${isFirst ? ', and nothing was changed' : ''}. `
    + `Set \`overwrite\` to adopt what is there, and to give it back at the end. Or delete it, if nobody needs it: ${commands.join('; ')}`;
}

export function isTrue(property: string | undefined): boolean {
  return property?.toLowerCase() === 'true';
}
