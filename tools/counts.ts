import * as fs from 'fs';
import { readTemplate } from './template';

/** What can be counted in a template. */
export interface Counts {
  readonly resources: number;
  readonly customResources: number;
  readonly lambdaFunctions: number;
  readonly nestedStacks: number;
  /** As CDK writes the file, which is what CloudFormation gets. */
  readonly templateBytes: number;
}

/** Counts what a template file contains. */
export function countTemplate(file: string): Counts {
  const types = Object.values(readTemplate(file).Resources).map(resource => resource.Type);
  const count = (matches: (type: string) => boolean) => types.filter(matches).length;
  return {
    resources: types.length,
    customResources: count(type => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource'),
    lambdaFunctions: count(type => type === 'AWS::Lambda::Function'),
    nestedStacks: count(type => type === 'AWS::CloudFormation::Stack'),
    templateBytes: fs.statSync(file).size,
  };
}
