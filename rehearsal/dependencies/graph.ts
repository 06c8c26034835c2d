import { needsIn, reach, type Needs } from '../../tools/order';
import type { Template } from '../../tools/template';

/** A resource that needs another one, by logical ids. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** A template that does not declare some edges as `DependsOn`. */
export function without(template: Template, edges: Edge[]): Template {
  const resources = Object.entries(template.Resources).map(([id, { DependsOn = [], ...resource }]) => {
    const declared = [DependsOn].flat().filter(to => !edges.some(it => it.from === id && it.to === to));
    return [id, { ...resource, DependsOn: declared }];
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}

/** Resources of a template with all that they need, and nothing else. */
export function withNeeds(template: Template, ids: string[]): Template {
  const { Conditions, Resources } = template;
  const needs = needsIn(template);
  const kept = new Set(ids.flatMap(id => [id, ...reach(needs, id)]));
  return { ...Conditions && { Conditions }, Resources: Object.fromEntries(Object.entries(Resources).filter(([id]) => kept.has(id))) };
}

/** All that needs a resource, directly or through others. */
export function reachBack(needs: Needs, to: string): Set<string> {
  const backwards = new Map([...needs.keys()].map(id => [id, new Set<string>()]));
  needs.forEach((ids, from) => ids.forEach(id => backwards.get(id)!.add(from)));
  return reach(backwards, to);
}
