import { CfnResource, type Stack } from 'aws-cdk-lib';
import { needsOf } from '../tools/order';
import type { Resource, Resources } from '../tools/template';

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
