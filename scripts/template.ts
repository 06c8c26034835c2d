import * as fs from 'fs';
import * as path from 'path';

/** A resource as CloudFormation gets it. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: any;
  readonly DependsOn?: string | string[];
}

/** The resources of a template, by logical id. */
export type Resources = { readonly [logicalId: string]: Resource };

/** What can be counted of a template. */
export interface Counts {
  readonly resources: number;
  readonly customResources: number;
  readonly lambdaFunctions: number;
  readonly nestedStacks: number;
  /** As CDK writes the file, which is what CloudFormation gets. */
  readonly templateBytes: number;
}

/** Counts what a template file holds. */
export function countTemplate(file: string): Counts {
  const resources = Object.values(readResources(file));
  const count = (matches: (type: string) => boolean) => resources.filter(resource => matches(resource.Type)).length;
  return {
    resources: resources.length,
    customResources: count(type => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource'),
    lambdaFunctions: count(type => type === 'AWS::Lambda::Function'),
    nestedStacks: count(type => type === 'AWS::CloudFormation::Stack'),
    templateBytes: fs.statSync(file).size,
  };
}

/** The resources in a template file. */
export function readResources(file: string): Resources {
  return JSON.parse(fs.readFileSync(path.resolve(file), 'utf8')).Resources;
}

/** The logical ids that a resource needs before it: by DependsOn, Ref, Fn::GetAtt and Fn::Sub. */
export function needsOf(resource: Resource): string[] {
  return [resource.DependsOn ?? []].flat().concat(references(resource.Properties));
}

function references(value: any): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(references);
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const direct = [value.Ref, [value['Fn::GetAtt']].flat()[0]].filter(id => typeof id === 'string').map(id => id.split('.')[0]);
  const [sub] = [value['Fn::Sub']].flat();
  const inText = typeof sub === 'string' ? [...sub.matchAll(/\$\{(\w+)[.}]/g)].map(match => match[1]) : [];
  return [...direct, ...inText, ...Object.values(value).flatMap(references)];
}
