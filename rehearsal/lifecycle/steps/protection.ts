import { readFileSync } from 'fs';
import { plantedIsThere } from './planting';
import { platformIsWhole } from './whole';
import { readEvents, spansOf } from '../../report/timeline';
import { expectNone, NotAsExpected } from '../../support/expect';
import { lastLines } from '../../support/processes';
import { templateOf } from '../../template/assembly';
import { unprotect } from '../../template/changes';
import { isGuarded } from '../../template/platform';
import type { Context } from '../context';
import { destroyCommand, redeploy } from '../deploy';

/** By the stack's protection or by the cluster's, whichever is there; by the guard before anything is deleted. */
export async function destroyIsRefused(context: Context): Promise<string> {
  const start = Date.now();
  const { deployed } = context.state;
  const template = templateOf(deployed.stack);
  const { output, log } = await context.cdk.try(destroyCommand(deployed));
  const said = output.split('\n').find(line => /terminationprotection|deletion protection/i.test(line));
  if (!said) {
    throw new NotAsExpected('`cdk destroy` to be refused for its protection', lastLines(log, 10), log);
  }
  if (!deployed.stack.terminationProtection && isGuarded(template)) {
    nothingWasDeleted(context, start);
  }
  await plantedIsThere(context);
  return `refused; ${await platformIsWhole(context, template)}`;
}

/** @param since milliseconds since 1970 */
function nothingWasDeleted({ emulator }: Context, since: number): void {
  const deleted = spansOf(readEvents(readFileSync(emulator.eventsFile, 'utf8')))
    .filter(it => it.action === 'delete' && it.outcome === 'done' && it.end >= since);
  expectNone(deleted.map(it => `${it.logicalId} (${it.type})`), 'no resource to be deleted', emulator.log);
}

export async function unprotectAll(context: Context): Promise<string> {
  await redeploy(context, 'unprotected', { template: unprotect, terminationProtection: false });
  return 'deletion protection of the cluster, termination protection of the stack';
}

export async function unprotectStack(context: Context): Promise<string> {
  await redeploy(context, 'without-termination-protection', { terminationProtection: false });
  return 'the termination protection of the stack; the cluster keeps its own';
}

/** As the guard's refusal says: CloudFormation does not update a stack whose deletion has failed. */
export async function unprotectCluster({ aws }: Context): Promise<string> {
  const { clusters: [name] } = await aws.call('eks', 'list_clusters');
  await aws.call('eks', 'update_cluster_config', { name, deletionProtection: false });
  return `aws eks update-cluster-config --name ${name} --no-deletion-protection`;
}
