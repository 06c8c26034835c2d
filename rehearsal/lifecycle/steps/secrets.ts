import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { expectNone } from '../../support/expect';
import type { Context } from '../context';
import { objects } from '../kubernetes';

/** How tokens for Kubernetes and keys look. */
const PATTERNS = { 'a token for Kubernetes': /k8s-aws-v1\.[\w-]{20,}/, 'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/ };

/** Shorter values are words that stand anywhere. */
const SHORTEST = 12;

/** Helm's own record of a release is no secret of anybody's, and in every log as what it says. */
const HELM_RECORD = 'helm.sh/release.v1';

/** What someone may read: by what it is called. */
export type Texts = { readonly [name: string]: string };

/** Looks whether a secret of the cluster, a token or a key stands where it can be read: in logs, templates, events and outputs. */
export async function noSecretIsTold(context: Context): Promise<string> {
  const secrets = secretsOf(await objects(context, 'secrets'));
  const texts = { ...logs(context), ...await readable(context), 'the template': readFileSync(context.state.deployed.stack.templateFile, 'utf8') };
  expectNone(leaks(texts, secrets), 'no secret in a log, a template, an event or an output', context.logs);
  return `${Object.keys(secrets).length} values of Secrets, tokens and keys are in none of ${Object.keys(texts).length} logs, templates, events and outputs`;
}

/** The values in Secrets, as they are and as the API has them, by where they are. */
export function secretsOf(secrets: any[]): Texts {
  return Object.fromEntries(secrets.filter(it => it.type !== HELM_RECORD).flatMap(({ metadata, data = {} }) =>
    Object.entries<string>(data).flatMap(([key, encoded]) => {
      const name = `${key} of Secret ${metadata.namespace}/${metadata.name}`;
      return [[name, Buffer.from(encoded, 'base64').toString()], [`${name}, encoded`, encoded]];
    })).filter(([, value]) => value.length >= SHORTEST && !isPublic(value)));
}

/** A certificate is shown to everyone who connects. */
function isPublic(value: string): boolean {
  const text = value.startsWith('LS0t') ? Buffer.from(value, 'base64').toString() : value;
  return /^-----BEGIN CERTIFICATE-----/.test(text) && !PATTERNS['a private key'].test(text);
}

/** What stands where it should not, without saying it again. */
export function leaks(texts: Texts, secrets: Texts): string[] {
  return Object.entries(texts).flatMap(([place, text]) => [
    ...Object.entries(secrets).filter(([, value]) => text.includes(value)).map(([name]) => `${name} is in ${place}`),
    ...Object.entries(PATTERNS).filter(([, pattern]) => pattern.test(text)).map(([name]) => `${name} is in ${place}`),
  ]);
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
