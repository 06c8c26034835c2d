import { join } from 'path';
import type { Context } from './context';
import type { Ended } from '../environment/cdk';
import { NotAsExpected } from '../support/expect';
import { changed, type Change, type SynthesizedApp } from '../template/assembly';

/** Deploys what is said to be deployed. */
export async function deploy({ cdk, state }: Context): Promise<void> {
  await cdk.run(deployCommand(state.deployed));
}

/**
 * Changes a copy of the app, as a change to its source would, and deploys that.
 *
 * @param name of the copy's folder
 */
export async function redeploy(context: Context, name: string, change: Change): Promise<void> {
  const { folder, state } = context;
  state.deployed = changed(state.deployed, join(folder, name), change);
  await deploy(context);
}

/** Deploys a changed copy of the app, which may fail: what is deployed stays as it was. */
export function tryToDeploy({ cdk, folder, state }: Context, name: string, change: Change): Promise<Ended> {
  return cdk.try(deployCommand(changed(state.deployed, join(folder, name), change)));
}

export function deployCommand({ assembly, stack: { id } }: SynthesizedApp): string[] {
  return ['deploy', id, '--app', assembly, '--require-approval', 'never', '--progress', 'events'];
}

/** Of the stack and of those that it needs. */
export function destroyCommand({ assembly, stack: { id, needs } }: SynthesizedApp): string[] {
  return ['destroy', id, ...needs.map(it => it.id), '--app', assembly, '--force', '--progress', 'events'];
}

/** Checks the status of the stack; a stack that is gone has none. */
export async function stackIs({ aws, emulator, state }: Context, status: string): Promise<void> {
  const { stackName } = state.deployed.stack;
  const { Stacks: [stack] } = await aws.call('cloudformation', 'describe_stacks', { StackName: stackName });
  if (stack.StackStatus !== status) {
    throw new NotAsExpected(`the stack ${stackName} to be ${status}`, `${stack.StackStatus}: ${stack.StackStatusReason ?? ''}`, emulator.log);
  }
}
