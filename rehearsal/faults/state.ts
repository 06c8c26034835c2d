import type { Things } from './account';
import type { KubernetesObject } from './api-server';
import type { World } from './world';

/** What there is, by name: what one compares of two worlds. */
export type State = ReadonlyMap<string, string>;

/** All that is in the account and, while it exists, in the cluster. */
export function stateOf({ account, api }: World): State {
  const things = (Object.keys(account.things) as (keyof Things)[]).flatMap(name => [account.things[name]].flat().filter(it => it !== undefined)
    .map((it: any): [string, string] => [`${name} ${it.arn ?? it.id ?? it.Name ?? it.status ?? it}`, JSON.stringify(it)]));
  return new Map([...things, ...objectsOf(api.isThere ? [...api.objects.values()] : [])]);
}

/** Objects and releases, without what differs from one time to another. */
export function objectsOf(objects: readonly KubernetesObject[]): State {
  const releases = new Map<string, KubernetesObject>();
  const found = new Map<string, string>();
  for (const object of objects) {
    const { apiVersion, kind, metadata: { name, namespace = '' } } = object;
    if (object.type === 'helm.sh/release.v1') {
      const release = `Release ${namespace}/${object.metadata.labels.name}`;
      const newest = releases.get(release);
      if (newest === undefined || Number(newest.metadata.labels.version) < Number(object.metadata.labels.version)) {
        releases.set(release, object);
      }
    } else if (kind !== 'Lease') { // by them the functions take turns
      found.set(`${kind} ${namespace}/${name}`, JSON.stringify({ apiVersion, ...plain(object) }));
    }
  }
  for (const [release, { metadata: { labels }, data: { release: { chart, values } } }] of releases) {
    const { version, modifiedAt, ...rest } = labels;
    found.set(release, sorted({ chart: `${chart.name} ${chart.version}`, values, ...rest }));
  }
  return found;
}

/** What differs, in words; empty if nothing does. */
export function differences(now: State, expected: State): string[] {
  return [...new Set([...now.keys(), ...expected.keys()])].flatMap(name => {
    const [is, should] = [now.get(name), expected.get(name)];
    return is === should ? [] : is === undefined ? `${name} is missing` : should === undefined ? `${name} is left` : `${name} is ${is}, not ${should}`;
  });
}

function plain({ metadata, ...rest }: KubernetesObject): object {
  const { uid, resourceVersion, creationTimestamp, managedFields, deletionTimestamp, ...own } = metadata;
  return JSON.parse(sorted({ ...rest, metadata: { ...own, isGoing: deletionTimestamp !== undefined } }));
}

/** JSON in which the order of an object's fields does not matter. */
function sorted(value: any): string {
  return JSON.stringify(value, (_, inside) => typeof inside === 'object' && inside !== null && !Array.isArray(inside)
    ? Object.fromEntries(Object.entries(inside).sort(([one], [other]) => one < other ? -1 : 1)) : inside);
}
