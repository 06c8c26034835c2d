import { ownerOf } from './owner';
import type { Work } from './work';

/** An object of Kubernetes: the fields that all kinds have. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: { readonly [name: string]: string };
    readonly [name: string]: any;
  };
  readonly [field: string]: any;
}

/** The prefix of annotations that name the resources of CloudFormation that apply an object. */
const SIGNATURE = 'eks-platform/';

/** The field manager of a resource. */
export function managerOf(owner: string): string {
  return `eks-platform-${owner}`;
}

/** The objects of a manifest, in their order. */
export function objectsIn(manifest: string | undefined): KubernetesObject[] {
  return [JSON.parse(manifest ?? '[]')].flat().flatMap(flat);
}

/** Refuses a manifest with anything that could not be applied, and deleted later. */
export function check(objects: KubernetesObject[]): void {
  const index = objects.findIndex(it => !isObject(it));
  if (index >= 0) {
    throw new Error(`Object ${index + 1} of the manifest needs \`apiVersion\`, \`kind\` and \`metadata.name\``);
  }
}

/** Whether something is an object. If not, it was never applied. */
export function isObject(object: any): object is KubernetesObject {
  const names = [object?.kind, object?.metadata?.name];
  return names.every(it => typeof it === 'string' && it !== '') && /^([a-z0-9.-]+\/)?[a-z0-9]+$/.test(object.apiVersion ?? '');
}

/** The objects in a list, instead of the list. */
function flat(object: any): KubernetesObject[] {
  return Array.isArray(object?.items) && /List$/.test(object.kind) ? object.items.flatMap(flat) : [object];
}

/** The objects in kubectl's output, which is a list, one object or nothing. */
export function itemsOf(stdout: string): any[] {
  return stdout.trim() === '' ? [] : flat(JSON.parse(stdout));
}

/** Several objects as kubectl's input. */
export function streamOf(objects: object[]): string {
  return objects.map(it => JSON.stringify(it)).join('\n');
}

/** Only the fields that name an object. */
export function bare({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): KubernetesObject {
  return { apiVersion, kind, metadata: { name, namespace } };
}

/** An object's name with kind, group and namespace, the same in every version of its API. */
export function keyOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return [group, kind, metadata.namespace ?? 'default', metadata.name].join('/');
}

export function nameOf({ kind, metadata: { name, namespace } }: KubernetesObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** How an object came to a resource: it made the object, or found it and adopted it. */
export type Bond = 'made' | 'adopted';

/** What follows the name of a resource that adopted the object. */
const ADOPTED = ' (adopted)';

/**
 * An object as it is applied: with an annotation that names who applies it, and without nulls.
 *
 * Managed fields would not be enough: an object without any field has no manager. A server-side apply takes a null as an empty
 * string or an empty list; `kubectl apply` without `--server-side` takes it as missing.
 */
export function signed({ owner, request: { StackId, LogicalResourceId } }: Work, object: KubernetesObject, bond: Bond): KubernetesObject {
  const { metadata, ...rest } = withoutNulls(object);
  const signature = `${StackId.split('/')[1] ?? StackId}/${LogicalResourceId}${bond === 'adopted' ? ADOPTED : ''}`;
  return { ...rest, metadata: { ...metadata, annotations: { ...metadata?.annotations, [`${SIGNATURE}${owner}`]: signature } } };
}

function withoutNulls(value: any): any {
  if (Array.isArray(value)) {
    return value.map(withoutNulls);
  }
  return typeof value !== 'object' || value === null ? value
    : Object.fromEntries(Object.entries(value).filter(([, inside]) => inside !== null).map(([key, inside]) => [key, withoutNulls(inside)]));
}

/** How an object of the cluster came to this resource; undefined if this resource did not apply it. */
export function bondOf({ owner }: Work, { metadata: { annotations } }: KubernetesObject): Bond | undefined {
  return bondIn(annotations?.[`${SIGNATURE}${owner}`]);
}

/** How an object came to other resources of this stack, one of which may be this resource's former name. */
export function bondOfStack({ owner, request: { StackId } }: Work, object: KubernetesObject): Bond | undefined {
  const bonds = others(owner, object).flatMap(([name, signature]) => {
    const LogicalResourceId = signature.replace(ADOPTED, '').split('/').pop()!;
    return name === `${SIGNATURE}${ownerOf({ StackId, LogicalResourceId })}` ? [bondIn(signature)] : [];
  });
  return bonds.includes('made') ? 'made' : bonds[0];
}

/** Another resource that applies an object of the cluster, as stack and logical id. */
export function otherOwner({ owner }: Work, object: KubernetesObject): string | undefined {
  return others(owner, object)[0]?.[1].replace(ADOPTED, '');
}

function bondIn(signature: string | undefined): Bond | undefined {
  return signature === undefined ? undefined : signature.endsWith(ADOPTED) ? 'adopted' : 'made';
}

function others(owner: string, { metadata: { annotations } }: KubernetesObject): [string, string][] {
  return Object.entries(annotations ?? {}).filter(([name]) => name.startsWith(SIGNATURE) && name !== `${SIGNATURE}${owner}`);
}

/** The JSON patch with which a resource gives up an object and leaves its values: from then on it belongs to whoever else applies it, or to nobody. */
export function withdrawal(work: Work, { metadata: { managedFields = [] } }: KubernetesObject): object[] {
  const manager = managerOf(work.owner);
  const entries: number[] = managedFields.flatMap((it: any, index: number) => it.manager === manager ? [index] : []).reverse();
  const path = '/metadata/managedFields';
  const areAll = entries.length > 0 && entries.length === managedFields.length;
  return [
    ...entries.map(index => ({ op: 'test', path: `${path}/${index}/manager`, value: manager })), // it may have changed since
    ...areAll ? [{ op: 'replace', path, value: [{}] }] // the API server takes an empty list as no change
      : entries.map(index => ({ op: 'remove', path: `${path}/${index}` })),
    { op: 'remove', path: `/metadata/annotations/${`${SIGNATURE}${work.owner}`.replace('/', '~1')}` },
  ];
}
