import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import type { Context } from '../lifecycle/context';
import { readEvents, type ResourceEvent } from '../report/timeline';
import { run } from '../support/run';
import type { Template } from '../template/assembly';

/** How an action on a stack ended. */
export interface StackEnded {
  readonly status: string;
  /** The resources that failed, the first one first. */
  readonly failed: ResourceEvent[];
}

type Account = Pick<Context, 'toolchain' | 'emulator' | 'folder'>;

/** Creates a stack without the CDK CLI, in an account that is bootstrapped and has its assets. Where it fails, it is deleted again. */
export function createStack(account: Account, name: string, template: Template): Promise<StackEnded> {
  const file = join(account.folder, `${name}.template.json`);
  writeFileSync(file, JSON.stringify(template));
  const { account: id, region } = account.emulator;
  return act(account, 'create', name, file, `cdk-hnb659fds-assets-${id}-${region}`);
}

/** Deletes a stack without the CDK CLI. */
export function deleteStack(account: Account, name: string): Promise<StackEnded> {
  return act(account, 'delete', name);
}

async function act({ toolchain, emulator }: Account, action: 'create' | 'delete', ...args: string[]): Promise<StackEnded> {
  const events = () => readEvents(readFileSync(emulator.eventsFile, 'utf8'));
  const before = events().length;
  const env = { ...emulator.env, PYTHONPATH: join(toolchain.opt, 'awscli') };
  const status = (await run(toolchain.python, [join(__dirname, 'stacks.py'), action, ...args], { env })).trim();
  return { status, failed: events().slice(before).filter(it => it.event === 'fail') };
}
