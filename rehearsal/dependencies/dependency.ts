import { CfnResource, type Stack } from 'aws-cdk-lib';
import { Dependable, type IConstruct, type IDependable } from 'constructs';
import { without, type Edge } from './graph';
import { needsIn, reach } from '../../tools/order';
import type { Template } from '../../tools/template';

/** Does nothing by itself: what takes it depends on it, and has dependencies of its own. */
const INERT = 'AWS::IAM::Role';

/** CDK's `KubectlReadyBarrier`, a mark: what it depends on is all that counts. */
const MARK = 'AWS::SSM::Parameter';

/** A dependency as source declares it, and what it makes of a template. */
export interface Dependency {
  /** Paths of constructs below the platform or the stack, with a star for numbers: what a loop declares is one dependency. */
  readonly from: string;
  readonly to: string;
  /** Each `DependsOn` of the template that is there for this dependency alone. */
  readonly edges: Edge[];
  /** Those of them without which CloudFormation might take another order. */
  readonly lost: Edge[];
}

/**
 * All dependencies of a stack that are declared as such, and so are no reference.
 *
 * Throws if a `DependsOn` of the template comes from nowhere: all of them are to be rehearsed.
 */
export function dependenciesOf(stack: Stack, template: Template): Dependency[] {
  const found = new Map<string, { from: string; to: string; edges: Edge[] }>();
  const add = (from: IConstruct, to: IConstruct, edges: Edge[]) => {
    const names = { from: nameOf(stack, from), to: nameOf(stack, to) };
    const one = found.get(keyOf(names)) ?? { ...names, edges: [] };
    one.edges.push(...edges.filter(edge => !one.edges.some(it => isSame(it, edge))));
    found.set(keyOf(names), one);
  };
  const idOf = (resource: CfnResource): string => stack.resolve(resource.logicalId);
  const written = Object.entries(template.Resources).flatMap(([from, { DependsOn = [] }]) => [DependsOn].flat().map(to => ({ from, to })));
  const wasWritten = (edge: Edge) => written.some(it => isSame(it, edge));

  for (const from of stack.node.findAll()) {
    for (const to of rootsOf(from)) {
      const pairs = resourcesIn(from).flatMap(source => resourcesIn(to).map(target => ({ from: idOf(source), to: idOf(target) })));
      add(from, to, pairs.filter(wasWritten));
    }
  }
  const declared = [...found.values()].flatMap(it => it.edges);
  for (const source of resourcesIn(stack)) {
    for (const target of source.obtainDependencies().filter(CfnResource.isCfnResource)) {
      const edge = { from: idOf(source), to: idOf(target) };
      if (wasWritten(edge) && !declared.some(it => isSame(it, edge))) {
        add(source, target, [edge]);
      }
    }
  }
  const all = [...found.values()].filter(it => it.edges.length > 0);
  const unknown = written.filter(edge => !all.some(it => it.edges.some(other => isSame(other, edge))));
  if (unknown.length > 0) {
    throw new Error(`no construct declares ${unknown.map(({ from, to }) => `that ${from} depends on ${to}`).join(', ')}`);
  }
  return all.map(one => {
    const others = all.filter(it => it !== one).flatMap(it => it.edges);
    const edges = one.edges.filter(edge => !others.some(it => isSame(it, edge)));
    const needs = needsIn(without(template, edges));
    const isLost = ({ from, to }: Edge) => {
      const meant = template.Resources[to].Type === MARK ? [...reach(needs, to)] : [to];
      return ![INERT, MARK].includes(template.Resources[from].Type) && meant.some(it => !reach(needs, from).has(it));
    };
    const lost = edges.filter(isLost);
    return { ...one, edges, lost };
  });
}

/** What identifies a dependency. */
export function keyOf({ from, to }: { from: string; to: string }): string {
  return `${from} -> ${to}`;
}

/** What a construct depends on; of a group, each of its constructs. */
function rootsOf({ node }: IConstruct): IConstruct[] {
  const own: Iterable<IDependable> = node.dependencies;
  return [...own].flatMap(it => Dependable.of(it).dependencyRoots);
}

function resourcesIn(construct: IConstruct): CfnResource[] {
  return construct.node.findAll().filter(CfnResource.isCfnResource);
}

/** A construct's main resource is named as that. */
function nameOf(stack: Stack, { node }: IConstruct): string {
  const path = node.path.slice(stack.node.path.length + 1).replace(/^Platform\//, '').replace(/\/Resource$/, '');
  return path.replace(/(?<=[a-z])(\d+|[0-9a-f]{8})(?=\/|$)/g, '*');
}

function isSame(one: Edge, other: Edge): boolean {
  return one.from === other.from && one.to === other.to;
}
