import { readFileSync } from 'fs';
import { AwsCalls } from '../../aws/client';
import { readEvents, spansOf } from '../../report/timeline';
import { expectNone } from '../../support/expect';
import type { Template } from '../../template/assembly';
import { ofType } from '../../template/platform';
import { goneByHand, makeByHand } from '../by-hand';
import { logOfEmulator } from './whole';
import type { Context } from '../context';
import { Leftovers } from '../planted';

const [TEARDOWN, DRAIN, GUARD] = ['Custom::EksPlatformTeardown', 'Custom::EksPlatformDrain', 'Custom::EksPlatformDeletionGuard'];

/** Whether a template has what deletes on its own deletion. */
export function hasCleaners(template: Template): boolean {
  return [TEARDOWN, DRAIN].every(type => ofType(template, type).length > 0);
}

/** Whether a guard refuses the deletion of the stack. */
export function isGuarded(template: Template): boolean {
  return ofType(template, GUARD).length > 0;
}

/**
 * Renames what deletes on its own deletion, as if its construct had another id.
 *
 * Its function keeps its name: CloudFormation refuses another function for a resource that is there.
 *
 * @returns the names before
 */
export function renameCleaners(template: Template): string[] {
  const ids = [TEARDOWN, DRAIN].flatMap(type => ofType(template, type)).map(it => it.logicalId);
  const renamed: Template = JSON.parse(JSON.stringify(template).replace(new RegExp(`"(${ids.join('|')})"`, 'g'), '"$1Renamed"'));
  ids.forEach(id => delete template.Resources[id]);
  Object.assign(template.Resources, renamed.Resources);
  return ids;
}

/** What was planted for the teardown and the drain, and what became of it. */
export class Cleaners {
  private leftovers?: Leftovers;

  constructor(private readonly context: Context) {}

  /** In the account, and in the cluster. */
  async plant(template: Template): Promise<string> {
    this.leftovers = new Leftovers(this.context, template);
    return [await this.leftovers.plant(), await makeByHand(this.context)].join('; ');
  }

  async didNothing(): Promise<string> {
    if (!this.leftovers) {
      return 'nothing was planted';
    }
    const gone = [...await this.leftovers.differences(true), ...await goneByHand(this.context)];
    expectNone(gone, 'all that was planted to be there', logOfEmulator(this.context));
    return 'all that was planted is there';
  }

  /** Others' are there, and are removed then. What was made in the cluster was gone if it was empty. */
  async didTheirWork(): Promise<string[]> {
    if (!this.leftovers) {
      return [];
    }
    const wrong = await this.leftovers.differences(false);
    await this.leftovers.remove();
    expectNone(wrong, 'what the cluster left to be gone, and what is others\' to be there', logOfEmulator(this.context));
    return ['what the cluster left is gone, what is others\' was there'];
  }

  /** @param since milliseconds since 1970 */
  deletedNothing(since: number): void {
    const deleted = spansOf(readEvents(readFileSync(this.context.emulator.eventsFile, 'utf8')))
      .filter(it => it.action === 'delete' && it.outcome === 'done' && it.end >= since);
    expectNone(deleted.map(it => `${it.logicalId} (${it.type})`), 'no resource to be deleted', logOfEmulator(this.context));
  }

  /** As the guard's refusal says: CloudFormation does not update a stack whose deletion has failed. */
  async unprotectCluster(): Promise<string> {
    const calls = new AwsCalls(this.context.toolchain.python, this.context.emulator.env);
    const { clusters: [name] } = await calls.call('eks', 'list_clusters');
    await calls.call('eks', 'update_cluster_config', { name, deletionProtection: false });
    calls.end();
    return `aws eks update-cluster-config --name ${name} --no-deletion-protection`;
  }
}
