import { existsSync, readFileSync, rmSync } from 'fs';
import { expectNone, NotAsExpected } from '../../support/expect';
import { sleep } from '../../support/processes';
import { templateOf } from '../../template/assembly';
import { releasesOf } from '../../template/platform';
import type { Context } from '../context';
import { deploy, stackIs } from '../deploy';
import { helm, objects } from '../kubernetes';

/** Deploys the app as it is, on the Kubernetes that it asks for. */
export async function upgrade(context: Context): Promise<string> {
  const { emulator: { log }, state } = context;
  const { from, to } = context.upgrade!;
  const before = { nodes: await nodesOf(context), releases: await revisions(context) };
  state.deployed = context.app;
  let done = false;
  const deployment = deploy(context).finally(() => done = true);
  const exchange = exchangeWhenAsked(context, () => done);
  await deployment;
  if (!await exchange) {
    throw new NotAsExpected(`the control plane to be upgraded to ${to}`, 'an update of the stack without it', log);
  }
  await stackIs(context, 'UPDATE_COMPLETE');

  const after = { nodes: await nodesOf(context), releases: await revisions(context) };
  const old = after.nodes.filter(({ version }) => !version.startsWith(`v${to}.`)).map(({ name, version }) => `${name} has ${version}`);
  expectNone(old, `every node to have Kubernetes ${to}`, log);
  const kept = after.nodes.filter(({ name }) => before.nodes.some(it => it.name === name)).map(({ name }) => `${name} is the same`);
  expectNone(kept, 'every node to be replaced', log);
  const touched = Object.keys(after.releases).filter(name => after.releases[name] !== before.releases[name]);
  expectNone(touched, 'no Helm release to be changed', log);
  return `the API server of ${to} on the data of ${from}, ${after.nodes.length} new nodes, no Helm release changed, UPDATE_COMPLETE`;
}

/** Plays EKS's part of an upgrade: another API server on the same data, as soon as the emulator's cluster is to have it. */
async function exchangeWhenAsked({ emulator, controlPlane, upgrade: asked }: Context, isOver: () => boolean): Promise<boolean> {
  while (!existsSync(emulator.upgradeFile) || readFileSync(emulator.upgradeFile, 'utf8') !== asked!.to) {
    if (isOver()) {
      return false;
    }
    await sleep(200);
  }
  await controlPlane.upgrade(asked!.kubeBin);
  rmSync(emulator.upgradeFile);
  return true;
}

async function nodesOf(context: Context): Promise<{ name: string; version: string }[]> {
  return (await objects(context, 'nodes')).map(node => ({ name: node.metadata.name, version: node.status.nodeInfo.kubeletVersion }));
}

async function revisions(context: Context): Promise<{ [release: string]: string }> {
  const found: any[] = await helm(context, 'list', '--all-namespaces');
  const releases = releasesOf(templateOf(context.state.deployed.stack));
  return Object.fromEntries(releases.map(({ name }) => [name, `${found.find(it => it.name === name)?.revision}`]));
}
