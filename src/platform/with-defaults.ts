/** The options that were given, over defaults: `undefined` is the same as not given. */
export function withDefaults<D extends object, O extends object>(defaults: D, options?: O): D & O {
  const given = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) } as D & O;
}
