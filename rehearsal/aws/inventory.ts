/** Names by their kind. */
export type Inventory = { readonly [kind: string]: string[] };

/** What is there afterwards and was not before, as `kind name`. */
export function leftOver(before: Inventory, after: Inventory): string[] {
  return Object.entries(after).flatMap(([kind, names]) => names.filter(name => !before[kind]?.includes(name)).map(name => `${kind} ${name}`));
}
