import { isDeepStrictEqual } from 'util';
import type { VirtualClock } from './clock';
import { forget, leavesOf, merged, type Manager } from './fields';
import { groupOf, kindsWith, type Kind } from './kinds';

/** An object. It is never changed, only replaced: whoever holds one can see whether it was touched. */
export type KubernetesObject = any;

/** What the API server refuses, in kubectl's words. */
export class Refused extends Error {
  constructor(public readonly reason: 'NotFound' | 'AlreadyExists' | 'Conflict' | 'Forbidden' | 'Invalid', message: string) {
    super(message);
  }
}

/**
 * An API server with what belongs to it: the namespace controller and the garbage collector of finalizers.
 *
 * Rests on: optimistic locking by `resourceVersion`; a write that changes nothing keeps it; server-side apply owns fields by
 * manager, takes them over with force, and drops those that its manager no longer applies; an object with finalizers stays, as
 * being deleted; a namespace takes what is in it, and nothing new is made in one that is being deleted.
 */
export class ApiServer {
  /** Whether the cluster exists. */
  public isThere = false;
  public objects = new Map<string, KubernetesObject>();
  public version = 1;
  /** Which cluster it is: one that was deleted may be made again. */
  public generation = 0;

  private known?: { readonly version: number; readonly kinds: readonly Kind[] };

  constructor(private readonly clock: VirtualClock) {}

  /** Called after each change, as controllers are. */
  public changed: (object: KubernetesObject) => void = () => undefined;

  public kinds(): readonly Kind[] {
    if (this.known?.version !== this.version) {
      const definitions = [...this.objects.values()].filter(it => it.kind === 'CustomResourceDefinition');
      this.known = { version: this.version, kinds: kindsWith(definitions) };
    }
    return this.known.kinds;
  }

  /** The kind of an object. */
  public kindOf({ apiVersion, kind }: KubernetesObject): Kind {
    const found = this.kinds().find(it => it.kind === kind && it.apiVersion === apiVersion);
    if (found === undefined) {
      throw new Refused('NotFound', `no matches for kind "${kind}" in version "${apiVersion}"`);
    }
    return found;
  }

  /** The name under which an object is kept. */
  public keyOf(object: KubernetesObject): string {
    const { isNamespaced } = this.kindOf(object);
    return [groupOf(object), object.kind, isNamespaced ? object.metadata.namespace ?? 'default' : '', object.metadata.name].join('/');
  }

  public find(object: KubernetesObject): KubernetesObject | undefined {
    return this.objects.get(this.keyOf(object));
  }

  public list(kind: Kind, namespace?: string): KubernetesObject[] {
    return [...this.objects.values()].filter(it => it.kind === kind.kind && groupOf(it) === groupOf(kind)
      && (namespace === undefined || !kind.isNamespaced || it.metadata.namespace === namespace));
  }

  public create(object: KubernetesObject, manager: string): KubernetesObject {
    if (this.find(object) !== undefined) {
      throw new Refused('AlreadyExists', `${this.kindOf(object).plural}${withGroup(object)} "${object.metadata.name}" already exists`);
    }
    return this.add(object, [{ manager, operation: 'Update', apiVersion: object.apiVersion, fields: leavesOf(object) }]);
  }

  /** Server-side apply. */
  public apply(object: KubernetesObject, manager: string, force: boolean): KubernetesObject {
    const fields = leavesOf(object);
    const entry: Manager = { manager, operation: 'Apply', apiVersion: object.apiVersion, fields };
    const living = this.find(object);
    if (living === undefined) {
      return this.add(object, [entry]);
    }
    this.checkVersion(object, living);
    const isEntry = (it: Manager) => it.manager === manager && it.operation === 'Apply';
    const others: Manager[] = living.metadata.managedFields.filter((it: Manager) => !isEntry(it));
    const { metadata: { managedFields, ...metadata }, ...rest } = living;
    const before = { ...rest, metadata };
    const isManaged = (path: string) => others.some(it => it.fields.includes(path));
    const contested = fields.filter(it => isManaged(it) && !isDeepStrictEqual(valueAt(before, it), valueAt(object, it)));
    if (contested.length > 0 && !force) {
      const [{ manager: name }] = others.filter(it => it.fields.some(field => contested.includes(field)));
      throw new Refused('Conflict', `Apply failed with ${contested.length} conflict: conflict with "${name}": ${contested[0]}`);
    }
    const dropped: string[] = (managedFields.find(isEntry)?.fields ?? [])
      .filter((it: string) => !fields.includes(it) && !isManaged(it));
    const left = others.map(it => ({ ...it, fields: it.fields.filter(field => !contested.includes(field)) })).filter(it => it.fields.length > 0);
    return this.put(living, merged(forget(before, dropped), object), [...left, entry]);
  }

  /** Replaces an object; with a `resourceVersion`, only that version of it. */
  public replace(object: KubernetesObject, manager: string): KubernetesObject {
    const living = this.get(object);
    this.checkVersion(object, living);
    const { metadata: { managedFields = living.metadata.managedFields, ...metadata }, ...rest } = object;
    const entry: Manager = { manager, operation: 'Update', apiVersion: object.apiVersion, fields: leavesOf(object) };
    const known = managedFields.some((it: Manager) => it.manager === manager);
    return this.put(living, { ...rest, metadata }, known ? managedFields : [...managedFields, entry]);
  }

  public get(object: KubernetesObject): KubernetesObject {
    const living = this.find(object);
    if (living === undefined) {
      throw new Refused('NotFound', `${this.kindOf(object).plural}${withGroup(object)} "${object.metadata.name}" not found`);
    }
    return living;
  }

  public delete(object: KubernetesObject): void {
    const living = this.get(object);
    if (living.metadata.deletionTimestamp === undefined) {
      const going = this.store({ ...living, metadata: { ...living.metadata, deletionTimestamp: this.stamp() } });
      if (going.kind === 'Namespace') {
        [...this.objects.values()].filter(it => it.metadata.namespace === going.metadata.name).forEach(it => this.delete(it));
      }
      if (going.kind === 'CustomResourceDefinition') {
        const kinds = kindsWith([going]).filter(it => it.kind === going.spec.names.kind);
        kinds.flatMap(kind => this.list(kind)).forEach(it => this.delete(it));
      }
    }
    this.sweep(this.get(object));
  }

  /** Refuses another version than the one that is there, if the object names one. */
  public checkVersion({ apiVersion, kind, metadata: { name, resourceVersion } }: KubernetesObject, living: KubernetesObject): void {
    if (resourceVersion !== undefined && resourceVersion !== living.metadata.resourceVersion) {
      throw new Refused('Conflict', `Operation cannot be fulfilled on ${this.kindOf({ apiVersion, kind }).plural}${withGroup({ apiVersion })} "${name}": `
        + 'the object has been modified; please apply your changes to the latest version and try again');
    }
  }

  /** Removes an object that is being deleted, once nothing holds it. */
  private sweep(object: KubernetesObject): void {
    const { deletionTimestamp, finalizers = [], namespace } = object.metadata;
    const isEmpty = object.kind !== 'Namespace' || ![...this.objects.values()].some(it => it.metadata.namespace === object.metadata.name);
    if (deletionTimestamp === undefined || finalizers.length > 0 || !isEmpty) {
      return;
    }
    this.objects.delete(this.keyOf(object));
    this.version++;
    this.changed(object);
    const home = this.objects.get(`/Namespace//${namespace}`);
    if (home !== undefined) {
      this.sweep(home);
    }
  }

  private add(object: KubernetesObject, managedFields: Manager[]): KubernetesObject {
    const { isNamespaced } = this.kindOf(object);
    const namespace = isNamespaced ? object.metadata.namespace ?? 'default' : undefined;
    const home = namespace === undefined ? undefined : this.objects.get(`/Namespace//${namespace}`);
    if (isNamespaced && home === undefined) {
      throw new Refused('NotFound', `namespaces "${namespace}" not found`);
    }
    if (home?.metadata.deletionTimestamp !== undefined) {
      throw new Refused('Forbidden', `${object.metadata.name} is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`);
    }
    const metadata = { ...object.metadata, ...namespace !== undefined && { namespace }, uid: `uid-${this.version}`, creationTimestamp: this.stamp(), managedFields };
    return this.store({ ...object, metadata });
  }

  /** Puts new contents in place of the old; nothing happens if they are the same. */
  private put(living: KubernetesObject, { metadata, ...rest }: KubernetesObject, managedFields: Manager[]): KubernetesObject {
    const { uid, creationTimestamp, deletionTimestamp, resourceVersion, namespace } = living.metadata;
    const own = { ...metadata, namespace, uid, creationTimestamp, deletionTimestamp, resourceVersion, managedFields };
    // Empty maps and lists of the metadata are not kept.
    const isKept = (it: unknown) => it !== undefined && !(typeof it === 'object' && it !== null && Object.keys(it).length === 0);
    const object = { ...rest, metadata: Object.fromEntries(Object.entries(own).filter(([, it]) => isKept(it))) };
    if (isDeepStrictEqual(object, living)) {
      return living;
    }
    const stored = this.store(object);
    this.sweep(stored);
    return stored;
  }

  private store(object: KubernetesObject): KubernetesObject {
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: `${this.version + 1}` } };
    this.objects.set(this.keyOf(stored), stored);
    this.version++;
    this.changed(stored);
    return stored;
  }

  private stamp(): string {
    return new Date(this.clock.now()).toISOString().replace(/\.\d+/, '');
  }
}

function withGroup(object: { apiVersion: string }): string {
  return groupOf(object) === '' ? '' : `.${groupOf(object)}`;
}

function valueAt(object: any, path: string): unknown {
  return JSON.parse(path).reduce((inside: any, name: string) => inside?.[name], object);
}
