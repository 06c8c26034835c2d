import { Token } from 'aws-cdk-lib';

/** A JSON object, such as Helm values or a Kubernetes manifest. */
export type Json = { readonly [key: string]: any };

/**
 * A deep copy of `base` with `overrides` merged into it, as Helm merges values: maps key by key, while anything else is replaced.
 */
export function merge(base: Json, overrides: Json): Json {
  const merged: { [key: string]: any } = copy(base);
  for (const [key, value] of Object.entries(overrides)) {
    merged[key] = isMap(merged[key]) && isMap(value) ? merge(merged[key], value) : copy(value);
  }
  return merged;
}

/** A deep copy that keeps tokens as they are. */
export function copy<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.map(item => copy(item)) as T;
  }
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)])) as T : value;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Token.isUnresolved(value);
}
