import { CfnResource, type Stack } from 'aws-cdk-lib';
import { needsOf, type Resource, type Resources } from './template';

/** A part of the platform: one construct directly in it or beside it, with all of its resources. */
export interface Part {
  readonly name: string;
  readonly resources: Resource[];
  /** The names of the parts that it waits for. */
  readonly needs: Set<string>;
}

/** The parts of a platform, with what each waits for, read from the references in its template. */
export function partsOf(platform: string, stack: Stack, resources: Resources): Part[] {
  const owner = new Map<string, string>();
  for (const construct of stack.node.findAll().filter(CfnResource.isCfnResource)) {
    const path = construct.node.path.split('/');
    // The guard stands beside the platform, under a name with a hash.
    const name = path.includes(platform) ? path[path.indexOf(platform) + 1] : path[1].replace(/[0-9a-f]{8}$/, '');
    owner.set(stack.resolve(construct.logicalId), name);
  }
  const parts = new Map<string, Part>();
  for (const [logicalId, resource] of Object.entries(resources)) {
    const name = owner.get(logicalId)!;
    const part = parts.get(name) ?? { name, resources: [], needs: new Set() };
    parts.set(name, part);
    part.resources.push(resource);
    needsOf(resource).map(id => owner.get(id)).filter(other => other !== undefined && other !== name).forEach(other => part.needs.add(other!));
  }
  return [...parts.values()];
}

/** The steps of a deployment: the parts of each wait for parts of the steps before, and for no others. */
export function stepsOf(parts: Part[]): Part[][] {
  const steps: Part[][] = [];
  const done = new Set<string>();
  while (done.size < parts.length) {
    const step = parts.filter(part => !done.has(part.name) && [...part.needs].every(name => done.has(name)));
    if (step.length === 0) {
      throw new Error(`these parts wait for each other: ${parts.map(part => part.name).filter(name => !done.has(name)).join(', ')}`);
    }
    steps.push(step);
    step.forEach(part => done.add(part.name));
  }
  return steps;
}
