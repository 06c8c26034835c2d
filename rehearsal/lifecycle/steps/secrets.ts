import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { expectNone } from '../../support/expect';
import type { Context } from '../context';
import { objects } from '../kubernetes';
import { leaks, secretsOf, type Texts } from '../leaks';
import { plantSecrets, type PlantedSecrets } from '../planted-secrets';

/** Looks whether a secret of the cluster, one of a user, a token or a key stands where it can be read: in logs, templates, events, outputs and answers. */
export async function noSecretIsTold(context: Context): Promise<string> {
  const { secrets: planted, answers, remove } = await plant(context);
  try {
    const secrets = { ...secretsOf(await objects(context, 'secrets')), ...Object.assign({}, ...planted.map(it => it.forms)) };
    const template = readFileSync(context.state.deployed.stack.templateFile, 'utf8');
    const texts = { ...logs(context), ...await readable(context), ...answers, 'the template': template };
    expectNone(leaks(texts, secrets), 'no secret in a log, a template, an event, an output or an answer', context.logs);
    return `${planted.length} planted secrets and ${Object.keys(secrets).length} forms of values are in none of ${Object.keys(texts).length} logs, templates, events, outputs and answers, `
      + 'nor are tokens and keys';
  } finally {
    await remove();
  }
}

/** Gives secrets to the platform's own function, as it runs in the emulator. */
async function plant({ aws }: Context): Promise<PlantedSecrets> {
  const { Functions } = await aws.call('lambda', 'list_functions');
  const { FunctionName, Environment } = Functions.find((it: any) => it.Handler === 'kubernetes/index.handler');
  return plantSecrets(Environment.Variables.CLUSTER_NAME, event => aws.call('lambda', 'invoke', { FunctionName, Payload: JSON.stringify(event) }));
}

/** What the parts of the rehearsal say, the CDK CLI among them; the API server's own log is not a user's. */
function logs({ logs: folder }: Context): Texts {
  const files = readdirSync(folder).filter(name => name.endsWith('.log') && !name.startsWith('kube-') && !name.startsWith('etcd'));
  return Object.fromEntries(files.map(name => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** What CloudFormation says of the stack, and what functions wrote into their logs. */
async function readable({ aws, state }: Context): Promise<Texts> {
  const StackName = state.deployed.stack.stackName;
  const stack = await aws.call('cloudformation', 'describe_stacks', { StackName });
  const events = await aws.call('cloudformation', 'describe_stack_events', { StackName });
  const texts: { [name: string]: string } = { 'the stack and its outputs': JSON.stringify(stack), 'the stack\'s events': JSON.stringify(events) };
  for (const { logGroupName } of (await aws.call('logs', 'describe_log_groups')).logGroups) {
    const found = await aws.call('logs', 'filter_log_events', { logGroupName });
    texts[`log group ${logGroupName}`] = found.events.map((it: any) => it.message).join('\n');
  }
  return texts;
}
