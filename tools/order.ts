import { referencesOf } from './references';
import type { Resource, Template } from './template';

/** What each thing needs before it, by names: of a template's resources, by logical ids. */
export type Needs = ReadonlyMap<string, ReadonlySet<string>>;

/** What a resource needs before it, by DependsOn and by reference; parameters are among these. */
export function needsOf({ DependsOn = [], Properties }: Resource): string[] {
  return [DependsOn, referencesOf(Properties)].flat();
}

/** What each resource of a template needs of the others. */
export function needsIn({ Resources }: Template): Map<string, Set<string>> {
  return new Map(Object.entries(Resources).map(([id, resource]) => [id, new Set(needsOf(resource).filter(it => it in Resources))]));
}

/** All that something needs, directly or through others; itself only in a cycle. */
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

/** The steps in which all can be done, each thing as early as what it needs allows. */
export function stepsOf(needs: Needs): string[][] {
  const steps: string[][] = [];
  const done = new Set<string>();
  while (done.size < needs.size) {
    const step = [...needs].filter(([name, needed]) => !done.has(name) && [...needed].every(it => done.has(it))).map(([name]) => name);
    if (step.length === 0) {
      throw new Error(`these wait for each other: ${[...needs.keys()].filter(name => !done.has(name)).join(', ')}`);
    }
    steps.push(step);
    step.forEach(name => done.add(name));
  }
  return steps;
}
