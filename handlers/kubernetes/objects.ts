import type { Work } from './work';

/** An object of Kubernetes, as far as all kinds are alike. */
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

/** Starts the names of annotations that tell which resources of CloudFormation apply an object. */
const SIGNATURE = 'eks-platform/';

/** The name under which a resource owns fields. */
export function managerOf(owner: string): string {
  return `eks-platform-${owner}`;
}

/** The objects of a manifest, in their order. */
export function objectsIn(manifest: string | undefined): KubernetesObject[] {
  return [JSON.parse(manifest ?? '[]')].flat().flatMap(flat);
}

/** Says what in a manifest is no object that could be applied, and deleted afterwards. */
export function check(objects: KubernetesObject[]): void {
  const index = objects.findIndex(it => !isObject(it));
  if (index >= 0) {
    throw new Error(`Object ${index + 1} of the manifest needs \`apiVersion\`, \`kind\` and \`metadata.name\``);
  }
}

/** What is not was never applied. */
export function isObject(object: any): object is KubernetesObject {
  const names = [object?.kind, object?.metadata?.name];
  return names.every(it => typeof it === 'string' && it !== '') && /^([a-z0-9.-]+\/)?[a-z0-9]+$/.test(object.apiVersion ?? '');
}

/** A list stands for what is in it. */
function flat(object: any): KubernetesObject[] {
  return Array.isArray(object?.items) && /List$/.test(object.kind) ? object.items.flatMap(flat) : [object];
}

/** What kubectl wrote: a list, one object or nothing. */
export function itemsOf(stdout: string): any[] {
  return stdout.trim() === '' ? [] : flat(JSON.parse(stdout));
}

/** As kubectl takes several objects, one after the other. */
export function streamOf(objects: object[]): string {
  return objects.map(it => JSON.stringify(it)).join('\n');
}

/** For kubectl, no more than what names an object. */
export function bare({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): KubernetesObject {
  return { apiVersion, kind, metadata: { name, namespace } };
}

/** What an object is called, whichever version of its API it is written in. */
export function keyOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return [group, kind, metadata.namespace ?? 'default', metadata.name].join('/');
}

export function nameOf({ kind, metadata: { name, namespace } }: KubernetesObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/**
 * An object as it is applied: with a word of who applies it, and without nulls.
 *
 * The manager of fields alone would not tell: an object without any field has none. Kubernetes takes a null for an empty
 * string or an empty list, other than `kubectl apply` without `--server-side`, for which it is not there.
 */
export function signed({ owner, request: { StackId, LogicalResourceId } }: Work, object: KubernetesObject): KubernetesObject {
  const { metadata, ...rest } = withoutNulls(object);
  const annotations = { ...metadata?.annotations, [`${SIGNATURE}${owner}`]: `${StackId.split('/')[1] ?? StackId}/${LogicalResourceId}` };
  return { ...rest, metadata: { ...metadata, annotations } };
}

function withoutNulls(value: any): any {
  if (Array.isArray(value)) {
    return value.map(withoutNulls);
  }
  return typeof value !== 'object' || value === null ? value
    : Object.fromEntries(Object.entries(value).filter(([, inside]) => inside !== null).map(([key, inside]) => [key, withoutNulls(inside)]));
}

/** Whether this resource has applied a living object. */
export function isOurs({ owner }: Work, { metadata: { annotations } }: KubernetesObject): boolean {
  return annotations?.[`${SIGNATURE}${owner}`] !== undefined;
}

/** Another resource that applies a living object, as stack and logical id. */
export function otherOwner({ owner }: Work, { metadata: { annotations } }: KubernetesObject): string | undefined {
  return Object.entries(annotations ?? {}).find(([name]) => name.startsWith(SIGNATURE) && name !== `${SIGNATURE}${owner}`)?.[1];
}

/** The JSON patch by which a resource gives up an object without changing it: what others apply is then theirs alone. */
export function withdrawal(work: Work, { metadata: { managedFields = [] } }: KubernetesObject): object[] {
  const manager = managerOf(work.owner);
  const entries = managedFields.flatMap((it: any, index: number) => it.manager === manager ? [index] : []).reverse();
  return [
    ...entries.flatMap((index: number) => [
      { op: 'test', path: `/metadata/managedFields/${index}/manager`, value: manager }, // it may have changed since
      { op: 'remove', path: `/metadata/managedFields/${index}` },
    ]),
    { op: 'remove', path: `/metadata/annotations/${`${SIGNATURE}${work.owner}`.replace('/', '~1')}` },
  ];
}
