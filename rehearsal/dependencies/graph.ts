import { referencesOf, type Template } from '../template/template';

/** A resource that needs another one, by logical ids. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** What each resource needs, by logical ids. */
export type Needs = Map<string, Set<string>>;

/** What each resource of a template needs: by Ref, GetAtt, Sub, and DependsOn, but for those that are left out. */
export function needsOf({ Resources }: Template, without: Edge[] = []): Needs {
  return new Map(Object.entries(Resources).map(([id, { Properties, DependsOn = [] }]) => {
    const declared = [DependsOn].flat().filter(to => !without.some(it => it.from === id && it.to === to));
    return [id, new Set([...declared, ...referencesOf(Properties)].filter(it => it in Resources))];
  }));
}

/** All that a resource needs, directly or through others; itself only in a cycle. */
export function reach(needs: Needs, from: string): Set<string> {
  const seen = new Set<string>();
  const left = [from];
  while (left.length > 0) {
    for (const next of needs.get(left.pop()!) ?? []) {
      if (!seen.has(next)) {
        seen.add(next);
        left.push(next);
      }
    }
  }
  return seen;
}

/** Resources of a template with all that they need, and nothing else. */
export function withNeeds({ Conditions, Resources }: Template, ids: string[]): Template {
  const needs = needsOf({ Resources });
  const kept = new Set(ids.flatMap(id => [id, ...reach(needs, id)]));
  return { ...Conditions && { Conditions }, Resources: Object.fromEntries(Object.entries(Resources).filter(([id]) => kept.has(id))) };
}

/** All that needs a resource, directly or through others. */
export function reachBack(needs: Needs, to: string): Set<string> {
  const backwards: Needs = new Map([...needs.keys()].map(id => [id, new Set<string>()]));
  needs.forEach((ids, from) => ids.forEach(id => backwards.get(id)!.add(from)));
  return reach(backwards, to);
}
