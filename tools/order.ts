import { referencesOf } from './references';
import type { Resource, Template } from './template';

/** What each thing needs before it, by name. For the resources of a template, names are logical ids. */
export type Needs = ReadonlyMap<string, ReadonlySet<string>>;

/** What a resource needs before it, from DependsOn and references, including parameters. */
export function needsOf({ DependsOn = [], Properties }: Resource): string[] {
  return [DependsOn, referencesOf(Properties)].flat();
}

/** Which other resources each resource of a template needs. */
export function needsIn({ Resources }: Template): Map<string, Set<string>> {
  return new Map(Object.entries(Resources).map(([id, resource]) => [id, new Set(needsOf(resource).filter(it => it in Resources))]));
}

/** Everything that a thing needs, directly or through others. It contains the thing itself only in a cycle. */
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

/** The steps in which all things can be done, each as early as its needs allow. */
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
