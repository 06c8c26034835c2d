import { join } from 'path';
import { onlyOthersIsThere } from './planting';
import { CLUSTER, ofType } from '../../../tools/template';
import { inventory, leftOver } from '../../aws/inventory';
import { eventually, expectNone } from '../../support/expect';
import { templateOf } from '../../template/assembly';
import type { Context } from '../context';
import { destroyCommand } from '../deploy';
import { objects } from '../kubernetes';
import { divideRemains, readRemains } from '../remains';

export async function destroy(context: Context): Promise<string> {
  const { aws, cdk, emulator, state } = context;
  await cdk.run(destroyCommand(state.deployed));
  const { StackSummaries } = await aws.call('cloudformation', 'list_stacks');
  const own = stackNames(context);
  const left = StackSummaries.filter((it: any) => own.includes(it.StackName) && it.StackStatus !== 'DELETE_COMPLETE');
  expectNone(left.map((it: any) => `${it.StackName} is ${it.StackStatus}`), `${own.join(', ')} to be gone`, emulator.log);
  return own.length === 1 ? 'the stack is gone' : `${own.join(', ')} are gone`;
}

export async function nothingIsLeft(context: Context): Promise<string> {
  return [...await onlyOthersIsThere(context), await accountIsEmpty(context), await clusterWasEmpty(context)].join('; ');
}

async function accountIsEmpty(context: Context): Promise<string> {
  const { aws, emulator, state } = context;
  const after = await inventory(aws);
  const logGroups = stackNames(context).map(name => `log group /aws/lambda/${name}-`);
  const isLambdas = (it: string) => logGroups.some(group => it.startsWith(group));
  const [lambdas, others] = [true, false].map(own => leftOver(state.before, after).filter(it => isLambdas(it) === own));
  expectNone(others, 'nothing of the platform in the account', emulator.log);
  return `${Object.keys(after).length} kinds of AWS resources as before`
    + (lambdas.length > 0 ? `, but for ${lambdas.length} log groups that Lambda itself made, as in AWS` : '');
}

/** When it was deleted, and not only because it was. */
async function clusterWasEmpty(context: Context): Promise<string> {
  const { emulator, logs, state } = context;
  const template = templateOf(state.deployed.stack);
  if (ofType(template, CLUSTER).length === 0) {
    return 'no cluster of its own';
  }
  const { wrong, right } = divideRemains(readRemains(emulator.remainsFile), template);
  expectNone(wrong, 'nothing of the platform in Kubernetes when the cluster was deleted', emulator.log);
  return eventually(async () => {
    const left = [...await objects(context, 'nodes'), ...await objects(context, 'pods')];
    expectNone(left.map(it => `${it.kind} ${it.metadata.name}`), 'no node and no pod', join(logs, 'kube-apiserver.log'));
    return `Kubernetes was empty when the cluster went${right.length > 0 ? `, but for what goes with it: ${right.join(', ')}` : ''}`;
  });
}

/** The names of the stack and of those that it needs. */
function stackNames({ state: { deployed: { stack } } }: Context): string[] {
  return [stack, ...stack.needs].map(it => it.stackName);
}
