import type { Dependency } from './dependency';
import { reachBack, without, type Edge } from './graph';
import { needsIn, reach, type Needs } from '../../tools/order';
import type { Template } from '../../tools/template';

/** A template without some dependencies. */
export interface Adverse {
  readonly template: Template;
  /** Those that are gone from it, and whose resources come in the opposite order. */
  readonly dropped: Dependency[];
  /** Those that can't be turned round together with the others. */
  readonly postponed: Dependency[];
}

/**
 * Drops dependencies from a template, and makes the order the worst that CloudFormation might then choose.
 *
 * What has lost a dependency comes first of all but what it needs, what it depended on comes last of all but what
 * needs that; deletion runs backwards. `DependsOn` says so: any order that it allows is this one.
 *
 * What neither depends on the one nor is needed for it is left out: the loss can't reach it.
 */
export function adverse(template: Template, dependencies: Dependency[]): Adverse {
  const free = without(template, dependencies.flatMap(it => it.edges));
  const needs = needsIn(free);
  const added: Edge[] = [];
  const later = (from: string, to: string): boolean => {
    if (from === to || reach(needs, to).has(from)) {
      return false;
    }
    if (!needs.get(from)!.has(to)) {
      needs.get(from)!.add(to);
      added.push({ from, to });
    }
    return true;
  };
  const kept = affected(needs, dependencies.flatMap(it => it.lost));
  const dropped = dependencies.filter(({ lost }) => {
    const before = new Map([...needs].map(([id, ids]) => [id, new Set(ids)]));
    const turned = lost.every(({ from, to }) => later(to, from));
    if (!turned) {
      before.forEach((ids, id) => needs.set(id, ids));
    }
    return turned;
  });
  const postponed = dependencies.filter(it => !dropped.includes(it));
  if (postponed.length > 0 && dropped.length > 0) {
    return { ...adverse(template, dropped), postponed };
  }
  const lost = dropped.flatMap(it => it.lost);
  new Set(lost.map(it => it.from)).forEach(early => kept.forEach(id => later(id, early)));
  new Set(lost.map(it => it.to)).forEach(late => kept.forEach(id => later(late, id)));
  return { template: write(free, kept, added), dropped, postponed };
}

/** What has lost something, what needs that, what was lost, and all that these need. */
function affected(needs: Needs, lost: Edge[]): Set<string> {
  const seeds = lost.flatMap(({ from, to }) => [from, to, ...reachBack(needs, from)]);
  return new Set(seeds.flatMap(id => [id, ...reach(needs, id)]));
}

/** Without outputs, which may be of what is left out. */
function write({ Conditions, Resources }: Template, kept: Set<string>, added: Edge[]): Template {
  const resources = Object.entries(Resources).filter(([id]) => kept.has(id)).map(([id, { DependsOn = [], ...resource }]) => {
    const needed = [...[DependsOn].flat(), ...added.filter(it => it.from === id).map(it => it.to)];
    return [id, { ...resource, DependsOn: needed.filter(to => kept.has(to)) }];
  });
  return { ...Conditions && { Conditions }, Resources: Object.fromEntries(resources) };
}
