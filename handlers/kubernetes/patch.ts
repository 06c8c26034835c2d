import { writeFileSync } from 'fs';
import { join } from 'path';
import { wordsOf } from './cluster';
import { kubectl } from './kubectl';
import type { Serve } from './work';

/** What a patch finds no more when it should be taken back. */
const GONE = /\(NotFound\)|the server doesn't have a resource type|no matches for kind/;

/**
 * Changes an object that others made, and changes it back when the resource is deleted.
 *
 * The id names the object, so that CloudFormation takes the patch back where another object is patched instead.
 */
export const servePatch: Serve = async work => {
  const { folder, owner, request: { RequestType, PhysicalResourceId, ResourceProperties } } = work;
  const { ResourceName, ResourceNamespace, ApplyPatchJson, RestorePatchJson, PatchType = 'strategic' } = ResourceProperties;
  const isDelete = RequestType === 'Delete';
  const id = `patch-${owner}/${ResourceNamespace}/${ResourceName}`;
  const file = join(folder, 'patch.json');
  writeFileSync(file, (isDelete ? RestorePatchJson : ApplyPatchJson)!, { mode: 0o600 });
  const ran = await kubectl(work, [
    'patch', ResourceName!, '--namespace', ResourceNamespace ?? 'default', '--type', PatchType, '--patch-file', file, '--field-manager', `eks-platform-${owner}`,
  ]);
  if (!isDelete) {
    if (ran.code !== 0) {
      throw new Error(wordsOf(ran));
    }
    return { id, reason: 'Patched' };
  }
  // A patch that was never known to be applied may be wrong, and must not keep the stack from being rolled back.
  if (ran.code !== 0 && !GONE.test(ran.stderr) && PhysicalResourceId === id) {
    throw new Error(wordsOf(ran));
  }
  return { id: PhysicalResourceId!, reason: ran.code === 0 ? 'Taken back' : `There is nothing to take back: ${wordsOf(ran)}` };
};
