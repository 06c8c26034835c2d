import { inventory } from '../../aws/inventory';
import { NotAsExpected } from '../../support/expect';
import { lastLines } from '../../support/processes';
import { templateOf } from '../../template/assembly';
import type { Context } from '../context';
import { deploy, stackIs } from '../deploy';

/** Bootstraps the account, and notes what is in it then. */
export async function bootstrap({ aws, cdk, emulator: { account, region }, state }: Context): Promise<string> {
  await cdk.run(['bootstrap', `aws://${account}/${region}`]);
  state.before = await inventory(aws);
  return `account ${account}, ${region}`;
}

export async function firstDeployment(context: Context): Promise<string> {
  await deploy(context);
  await stackIs(context, 'CREATE_COMPLETE');
  return `${Object.keys(templateOf(context.state.deployed.stack).Resources).length} resources, CREATE_COMPLETE`;
}

export async function diffIsEmpty({ cdk, state: { deployed: { assembly, stack } } }: Context): Promise<string> {
  const { code, log } = await cdk.try(['diff', stack.id, '--app', assembly, '--fail']);
  if (code !== 0) {
    throw new NotAsExpected('`cdk diff` to find no difference', `exit code ${code}:\n${lastLines(log, 20)}`, log);
  }
  return 'no difference';
}
