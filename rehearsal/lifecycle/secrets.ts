import { readdirSync, readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { aws, objects, type Context } from './context';
import { expectNone } from './expect';
import { leaks, secretsOf, type Texts } from './leaks';
import { plantSecrets, type PlantedSecrets } from './planted-secrets';

/** Looks whether a secret of the cluster, one of a user, a token or a key stands where it can be read: in logs, templates, events, outputs and answers. */
export async function nothingIsTold(context: Context, templateFile: string): Promise<string> {
  const { secrets: planted, answers, remove } = await plant(context);
  try {
    const secrets = { ...secretsOf(await objects(context, 'secrets')), ...Object.assign({}, ...planted.map(it => it.forms)) };
    const texts = { ...logs(context), ...await told(context), ...answers, 'the template': readFileSync(templateFile, 'utf8') };
    expectNone(leaks(texts, secrets), 'no secret in a log, a template, an event, an output or an answer', context.logs);
    return `${planted.length} planted secrets and ${Object.keys(secrets).length} forms of values are in none of ${Object.keys(texts).length} logs, templates, events, outputs and answers, `
      + 'nor are tokens and keys';
  } finally {
    await remove();
  }
}

/** Gives secrets to the platform's own function, as it runs in the emulator. */
async function plant(context: Context): Promise<PlantedSecrets> {
  const { Functions } = await aws(context, 'lambda', 'list-functions');
  const { FunctionName, Environment } = Functions.find((it: any) => it.Handler === 'kubernetes/index.handler');
  return plantSecrets(Environment.Variables.CLUSTER_NAME, event => {
    const payload = join(context.folder, 'planted-event.json');
    writeFileSync(payload, JSON.stringify(event));
    return aws(context, 'lambda', 'invoke', '--function-name', FunctionName, '--payload', `fileb://${payload}`, join(context.folder, 'planted-answer.json'));
  });
}

/** What the parts of the rehearsal say, the CDK CLI among them; the API server's own log is not a user's. */
function logs({ logs: folder }: Context): Texts {
  const files = readdirSync(folder).filter(name => name.endsWith('.log') && !name.startsWith('kube-') && !name.startsWith('etcd'));
  return Object.fromEntries(files.map(name => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** What CloudFormation tells of the stack, and what functions wrote into their logs. */
async function told(context: Context): Promise<Texts> {
  const { stackName } = context.stack;
  const stack = await aws(context, 'cloudformation', 'describe-stacks', '--stack-name', stackName);
  const events = await aws(context, 'cloudformation', 'describe-stack-events', '--stack-name', stackName);
  const texts: { [name: string]: string } = { 'the stack and its outputs': JSON.stringify(stack), 'the stack\'s events': JSON.stringify(events) };
  for (const { logGroupName } of (await aws(context, 'logs', 'describe-log-groups')).logGroups) {
    const found = await aws(context, 'logs', 'filter-log-events', '--log-group-name', logGroupName);
    texts[`log group ${logGroupName}`] = found.events.map((it: any) => it.message).join('\n');
  }
  return texts;
}
