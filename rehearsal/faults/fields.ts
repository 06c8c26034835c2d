/** Who manages which fields of an object. Kubernetes writes the fields as a tree; here they are paths, as JSON. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly fields: readonly string[];
}

/** What an object has without anybody's managing it. */
const IDENTITY = [
  ['apiVersion'], ['kind'], ['metadata', 'name'], ['metadata', 'namespace'], ['metadata', 'resourceVersion'], ['metadata', 'uid'],
  ['metadata', 'creationTimestamp'], ['metadata', 'managedFields'], ['metadata', 'deletionTimestamp'],
].map(it => JSON.stringify(it));

/** The paths of all fields with a value. A list counts as one. */
export function leavesOf(object: any, path: readonly string[] = []): string[] {
  const entries = isMap(object) ? Object.entries(object) : [];
  const isLeaf = entries.length === 0 && path.length > 0;
  const leaves = isLeaf ? [JSON.stringify(path)] : entries.flatMap(([name, inside]) => leavesOf(inside, [...path, name]));
  return leaves.filter(it => !IDENTITY.some(identity => it === identity || it.startsWith(`${identity.slice(0, -1)},`)));
}

/** An object with another's fields put over its own. */
export function merged(object: any, over: any): any {
  if (!isMap(object) || !isMap(over)) {
    return over;
  }
  const names = [...new Set([...Object.keys(object), ...Object.keys(over)])];
  return Object.fromEntries(names.map(name => [name, name in over ? merged(object[name], over[name]) : object[name]]));
}

/** A merge patch (RFC 7386): a null removes. */
export function mergePatched(object: any, patch: any): any {
  if (!isMap(patch)) {
    return patch;
  }
  const names = [...new Set([...Object.keys(isMap(object) ? object : {}), ...Object.keys(patch)])].filter(it => patch[it] !== null);
  return Object.fromEntries(names.map(name => [name, name in patch ? mergePatched(object?.[name], patch[name]) : object[name]]));
}

/** A JSON patch (RFC 6902), with the operations that a patch of ours may have. */
export function jsonPatched(object: any, patch: { op: string; path: string; value?: any }[]): any {
  const copy = structuredClone(object);
  for (const { op, path, value } of patch) {
    const names = path.split('/').slice(1).map(it => it.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = names.pop()!;
    const inside = names.reduce((it, name) => it?.[name], copy);
    const isThere = inside !== undefined && (last === '-' || last in inside);
    if (op === 'test' && JSON.stringify(inside?.[last]) !== JSON.stringify(value) || op !== 'add' && !isThere || inside === undefined) {
      throw new Error(`The request is invalid: the server rejected our request due to an error in our request: ${op} ${path}`);
    }
    if (op === 'remove') {
      Array.isArray(inside) ? inside.splice(Number(last), 1) : delete inside[last];
    } else if (op !== 'test') {
      Array.isArray(inside) && op === 'add' ? inside.splice(last === '-' ? inside.length : Number(last), 0, value) : inside[last] = value;
    }
  }
  return copy;
}

/** An object without the fields at the paths, nor the maps that are empty then. */
export function forget(object: any, paths: readonly string[]): any {
  return paths.reduce((rest, path) => without(rest, JSON.parse(path)), object);
}

function without(object: any, [name, ...rest]: string[]): any {
  if (!isMap(object) || !(name in object)) {
    return object;
  }
  const { [name]: inside, ...others } = object;
  const left = rest.length === 0 ? undefined : without(inside, rest);
  return left === undefined || isMap(left) && Object.keys(left).length === 0 ? others : { ...others, [name]: left };
}

function isMap(value: unknown): value is { [name: string]: any } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
