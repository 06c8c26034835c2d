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

/** Strings as they were given, all else as JSON, so that an error shows the difference between 1 and "1". */
function show(given: unknown): string {
  return given === undefined ? 'nothing' : JSON.stringify(given);
}
