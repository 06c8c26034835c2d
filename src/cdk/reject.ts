import { Construct } from 'constructs';

/**
 * Throws the one kind of error that this library throws for bad input.
 *
 * @param path    where: the construct's path
 * @param prop    the prop, in the user's words
 * @param given   what was given
 * @param allowed what is allowed, after "must be"
 * @param advice  what to do
 */
export function reject(path: string, prop: string, given: unknown, allowed: string, advice: string): never {
  throw new Error(`\`${prop}\` must be ${allowed}, got: ${show(given)}; ${advice} [${path}]`);
}

/** As JSON, which shows the difference between 1 and "1". JSON can't hold NaN, nor constructs, which are shown by their paths. */
function show(given: unknown): string {
  if (given === undefined) {
    return 'nothing';
  }
  return typeof given === 'number' ? `${given}` : JSON.stringify(given, (_, value) => Construct.isConstruct(value) ? value.node.path : value);
}
