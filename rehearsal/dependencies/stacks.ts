import { readFileSync } from 'fs';
import type { Template } from '../../tools/template';
import type { AwsClient } from '../aws/client';
import type { Emulator } from '../emulator/emulator';
import { readEvents, type ResourceEvent } from '../report/timeline';
import { sleep } from '../support/processes';

/** How an action on a stack ended. */
export interface StackEnded {
  readonly status: string;
  /** The resources that failed, the first one first. */
  readonly failed: ResourceEvent[];
}

/** An account that is bootstrapped and has the assets of its stacks. */
export interface Account {
  readonly aws: AwsClient;
  readonly emulator: Pick<Emulator, 'account' | 'region' | 'eventsFile'>;
}

/** Creates a stack without the CDK CLI. Where it fails, it is deleted again. */
export function createStack(account: Account, name: string, template: Template): Promise<StackEnded> {
  return ended(account, async ({ aws, emulator }) => {
    const { StackId } = await aws.call('cloudformation', 'create_stack', {
      StackName: name, TemplateURL: await upload(aws, emulator, name, template), Capabilities: ['CAPABILITY_NAMED_IAM'], OnFailure: 'DELETE',
    });
    return StackId;
  });
}

/** Deletes a stack without the CDK CLI. */
export function deleteStack(account: Account, name: string): Promise<StackEnded> {
  return ended(account, async ({ aws }) => {
    const { Stacks: [{ StackId }] } = await aws.call('cloudformation', 'describe_stacks', { StackName: name });
    await aws.call('cloudformation', 'delete_stack', { StackName: name });
    return StackId;
  });
}

/** Puts a template where the CDK CLI puts it: CloudFormation takes no more than 51,200 bytes by themselves. @returns its address */
async function upload(aws: AwsClient, { account, region }: Account['emulator'], name: string, template: Template): Promise<string> {
  const bucket = `cdk-hnb659fds-assets-${account}-${region}`;
  await aws.call('s3', 'put_object', { Bucket: bucket, Key: `${name}.json`, Body: JSON.stringify(template) });
  return `https://s3.${region}.amazonaws.com/${bucket}/${name}.json`;
}

/** @param begin begins an action, and returns the id of the stack: a stack that is gone has its name no more */
async function ended(account: Account, begin: (account: Account) => Promise<string>): Promise<StackEnded> {
  const events = () => readEvents(readFileSync(account.emulator.eventsFile, 'utf8'));
  const before = events().length;
  const StackName = await begin(account);
  for (; ; await sleep(200)) {
    const { Stacks: [{ StackStatus: status }] } = await account.aws.call('cloudformation', 'describe_stacks', { StackName });
    // A stack that could not be created is rolled back first, and deleted then.
    if (!status.endsWith('_IN_PROGRESS') && !['CREATE_FAILED', 'ROLLBACK_COMPLETE'].includes(status)) {
      return { status, failed: events().slice(before).filter(it => it.event === 'fail') };
    }
  }
}
