import { expectNone } from '../../support/expect';
import { templateOf } from '../../template/assembly';
import { renameCleaners } from '../../template/changes';
import { goneByHand, makeByHand } from '../by-hand';
import type { Context } from '../context';
import { redeploy, stackIs } from '../deploy';
import { Planted } from '../planted';

/** Plants what the teardown and the drain are to find: in the account, and in the cluster. */
export async function plant(context: Context): Promise<string> {
  const { stack } = context.state.deployed;
  const planted = context.state.planted = new Planted(context, stack.stackName, templateOf(stack));
  return [await planted.plant(), await makeByHand(context)].join('; ');
}

/** Has the teardown and the drain replaced while the platform lives: they must delete nothing. */
export async function rename(context: Context): Promise<string> {
  let renamed: string[] = [];
  await redeploy(context, 'renamed', { template: template => { renamed = renameCleaners(template); } });
  await stackIs(context, 'UPDATE_COMPLETE');
  return `${renamed.join(' and ')} have other names; ${await plantedIsThere(context)}`;
}

/** All that was planted, as long as the platform lives. */
export async function plantedIsThere(context: Context): Promise<string> {
  const { planted } = context.state;
  if (!planted) {
    return 'nothing was planted';
  }
  const gone = [...await planted.differences(true), ...await goneByHand(context)];
  expectNone(gone, 'all that was planted to be there', context.emulator.log);
  return 'all that was planted is there';
}

/** What is others' is there after the platform, and then removed. What was made in the cluster was gone if the cluster was empty. */
export async function onlyOthersIsThere({ emulator, state: { planted } }: Context): Promise<string[]> {
  if (!planted) {
    return [];
  }
  const wrong = await planted.differences(false);
  await planted.remove();
  expectNone(wrong, 'what the cluster left to be gone, and what is others\' to be there', emulator.log);
  return ['what the cluster left is gone, what is others\' was there'];
}
