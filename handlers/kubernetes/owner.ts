import { createHash } from 'crypto';

/** What names a resource of CloudFormation. */
export interface ResourceName {
  readonly StackId: string;
  readonly LogicalResourceId: string;
}

/** The name of a resource in the cluster: it never changes, and no other resource has it. */
export function ownerOf({ StackId, LogicalResourceId }: ResourceName): string {
  return hash(`${StackId}/${LogicalResourceId}`);
}

/** The name of a stack in the cluster. A stack that is deleted and created again gets another one. */
export function stackOf({ StackId }: Pick<ResourceName, 'StackId'>): string {
  return hash(StackId);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
