import { Token, Tokenization, type Duration } from 'aws-cdk-lib';
import { isObject, writeMap } from './annotation';

/** What is written into a manifest, and the prop that it comes from, so that an error can name the prop. */
export class Written<T = unknown> {
  /**
   * @param prop the prop, or undefined where no prop says it
   * @param given what the user gave
   * @param otherwise what is written where the user gave nothing
   */
  constructor(public readonly prop: string | undefined, public readonly given: T | undefined, private readonly otherwise?: T) {}

  public get value(): T | undefined {
    return this.given ?? this.otherwise;
  }
}

/** What is written, and no prop says it. */
export function byDefault<T>(value: T | undefined): Written<T> {
  return new Written(undefined, undefined, value);
}

/** The props that annotations and fields of an object come from, by the names of these, as in `spec.rules[0].host`. */
export interface Origins {
  readonly [at: string]: string;
}

/**
 * An object as it is applied, and the origins of what is in it. Fields without a value are left out.
 *
 * @param at the field that holds the object, such as `spec`
 * @param object an object in which what comes from a prop is a {@link Written}
 */
export function unwrap(at: string, object: unknown): { value: any; origins: Origins } {
  const origins: { [at: string]: string } = {};
  const plain = (here: string, it: unknown): unknown => {
    if (it instanceof Written) {
      Object.assign(origins, it.prop === undefined ? {} : { [here]: it.prop });
      return plain(here, it.value);
    }
    if (Array.isArray(it)) {
      return it.map((item, index) => plain(`${here}[${index}]`, item));
    }
    const fields = isObject(it) ? Object.entries(it).map(([key, value]) => [key, plain(`${here}.${key}`, value)]) : undefined;
    return fields ? Object.fromEntries(fields.filter(([, value]) => value !== undefined)) : it;
  };
  return { value: plain(at, object), origins };
}

/** Where props hold the user's names for them, if these are others. */
export const GIVEN_AS = Symbol('givenAs');

/** The user's name for a prop of these. */
export function givenAs(props: object): (prop: string) => string {
  const { [GIVEN_AS]: names = {} } = props as { [GIVEN_AS]?: { readonly [prop: string]: string } };
  return prop => names[prop] ?? prop;
}

/** What an annotation can hold, before it is text. */
export type Value = string | number | string[] | { readonly [key: string]: string };

/** A value as the controller reads it: undefined for an empty map. An empty list is text, so that its check can refuse it. */
export function textOf(value: Value | undefined): string | undefined {
  if (typeof value === 'number') {
    return numeral(value);
  }
  return Array.isArray(value) ? value.join(',') : typeof value === 'object' ? writeMap(value) : value;
}

/** Seconds as text, fractions too, so that the check of the annotation can name them. */
export function seconds(duration: Duration): string {
  return duration.isUnresolved() ? numeral(duration.toSeconds()) : `${duration.toMilliseconds({ integral: false }) / 1000}`;
}

/** A number as text, also where it is a token. */
export function numeral(value: number): string {
  return Token.isUnresolved(value) ? Tokenization.stringifyNumber(value) : `${value}`;
}
