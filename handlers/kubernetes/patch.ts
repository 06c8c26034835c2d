import { writeFileSync } from 'fs';
import { join } from 'path';
import { wordsOf } from './cluster';
import { kubectl } from './kubectl';
import { managerOf } from './objects';
import type { Serve, Work } from './work';

/** What kubectl says if the object of a patch does not exist any more. */
const GONE = /\(NotFound\)|the server doesn't have a resource type|no matches for kind/;

/**
 * Changes an object that others made, and changes it back when the resource is deleted.
 *
 * The id names the object. So if an update patches another object instead, CloudFormation deletes the old id, which reverts the old patch.
 */
export const servePatch: Serve = async work => {
  const { folder, owner, request: { RequestType, PhysicalResourceId, ResourceProperties } } = work;
  const { ResourceName, ResourceNamespace, ApplyPatchJson, RestorePatchJson, PatchType = 'strategic' } = ResourceProperties;
  const isDelete = RequestType === 'Delete';
  const id = `patch-${owner}/${ResourceNamespace}/${ResourceName}`;
  if (isDelete && PhysicalResourceId !== id && !await hasPatched(work)) {
    return { id: PhysicalResourceId!, reason: 'There is nothing to revert: this resource patched nothing' };
  }
  const file = join(folder, 'patch.json');
  writeFileSync(file, (isDelete ? RestorePatchJson : ApplyPatchJson)!, { mode: 0o600 });
  const ran = await kubectl(work, [
    'patch', ResourceName!, '--namespace', ResourceNamespace ?? 'default', '--type', PatchType, '--patch-file', file, '--field-manager', managerOf(owner),
  ]);
  if (!isDelete) {
    if (ran.code !== 0) {
      throw new Error(wordsOf(ran));
    }
    return { id, reason: 'Patched' };
  }
  // A patch that may never have been applied may be wrong, and must not stop the rollback of the stack.
  if (ran.code !== 0 && !GONE.test(ran.stderr) && PhysicalResourceId === id) {
    throw new Error(wordsOf(ran));
  }
  return { id: PhysicalResourceId!, reason: ran.code === 0 ? 'Reverted' : `There is nothing to revert: ${wordsOf(ran)}` };
};

/** Whether an object has fields of this resource: CloudFormation does not know whether a creation that never answered patched anything. */
async function hasPatched(work: Work): Promise<boolean> {
  const { ResourceName, ResourceNamespace } = work.request.ResourceProperties;
  const args = ['get', ResourceName!, '--namespace', ResourceNamespace ?? 'default', '--show-managed-fields', '--output', 'jsonpath={.metadata.managedFields[*].manager}'];
  return (await kubectl(work, args)).stdout.split(' ').includes(managerOf(work.owner));
}
