import { existsSync, readFileSync, rmSync } from 'fs';
import { join } from 'path';
import { logOfEmulator, platformIsWhole, stackIs } from './whole';
import { deployCommand } from '../../environment/cdk';
import { expectNone, NotAsExpected } from '../../support/expect';
import { sleep } from '../../support/processes';
import { changed, templateOf, type SynthesizedStack, type Template } from '../../template/assembly';
import { releasesOf, setKubernetesVersion } from '../../template/platform';
import { helm, objects, type Context } from '../context';
import type { Step } from '../lifecycle';

/** What is deployed, and changes with an upgrade. */
interface Deployed {
  assembly: string;
  stack: SynthesizedStack;
  template: Template;
}

/** What is deployed first: the app as it is, or on the Kubernetes that it is upgraded from. */
export function firstOf(context: Context): Deployed {
  const { assembly, stack, upgrade } = context;
  if (!upgrade) {
    return { assembly, stack, template: templateOf(stack) };
  }
  const older = join(context.folder, 'older-kubernetes');
  const changedStack = changed(assembly, older, stack, { template: template => setKubernetesVersion(template, upgrade.from) });
  return { assembly: older, stack: changedStack, template: templateOf(changedStack) };
}

/** The upgrade to the Kubernetes of the app, where it is asked for. */
export function upgradeSteps(context: Context, deployed: Deployed): Step[] {
  const { upgrade } = context;
  return upgrade ? [
    { name: `Kubernetes ${upgrade.from} to ${upgrade.to}`, work: () => runUpgrade(context, deployed) },
    { name: 'whole after the upgrade', work: () => platformIsWhole(context, deployed.template) },
  ] : [];
}

async function runUpgrade(context: Context, deployed: Deployed): Promise<string> {
  const { from, to } = context.upgrade!;
  const before = { nodes: await nodesOf(context), releases: await revisions(context, deployed.template) };
  let done = false;
  const deployment = context.cdk.run(deployCommand(context.assembly, context.stack)).finally(() => done = true);
  const exchange = exchangeWhenAsked(context, () => done);
  await deployment;
  if (!await exchange) {
    throw new NotAsExpected(`the control plane to be upgraded to ${to}`, 'an update of the stack without it', logOfEmulator(context));
  }
  await stackIs(context, 'UPDATE_COMPLETE');
  Object.assign(deployed, { assembly: context.assembly, stack: context.stack, template: templateOf(context.stack) });

  const after = { nodes: await nodesOf(context), releases: await revisions(context, deployed.template) };
  const old = after.nodes.filter(({ version }) => !version.startsWith(`v${to}.`)).map(({ name, version }) => `${name} has ${version}`);
  expectNone(old, `every node to have Kubernetes ${to}`, logOfEmulator(context));
  const kept = after.nodes.filter(({ name }) => before.nodes.some(it => it.name === name)).map(({ name }) => `${name} is the same`);
  expectNone(kept, 'every node to be replaced', logOfEmulator(context));
  const touched = Object.keys(after.releases).filter(name => after.releases[name] !== before.releases[name]);
  expectNone(touched, 'no Helm release to be changed', logOfEmulator(context));
  return `the API server of ${to} on the data of ${from}, ${after.nodes.length} new nodes, no Helm release changed, UPDATE_COMPLETE`;
}

/** Plays EKS's part of an upgrade: another API server on the same data, as soon as the emulator's cluster is to have it. */
async function exchangeWhenAsked({ emulator, controlPlane, upgrade }: Context, isOver: () => boolean): Promise<boolean> {
  while (!existsSync(emulator.upgradeFile) || readFileSync(emulator.upgradeFile, 'utf8') !== upgrade!.to) {
    if (isOver()) {
      return false;
    }
    await sleep(200);
  }
  await controlPlane.upgrade(upgrade!.kubeBin);
  rmSync(emulator.upgradeFile);
  return true;
}

async function nodesOf(context: Context): Promise<{ name: string; version: string }[]> {
  return (await objects(context, 'nodes')).map(node => ({ name: node.metadata.name, version: node.status.nodeInfo.kubeletVersion }));
}

async function revisions(context: Context, template: Template): Promise<{ [release: string]: string }> {
  const found: any[] = await helm(context, 'list', '--all-namespaces');
  return Object.fromEntries(releasesOf(template).map(({ name }) => [name, `${found.find(it => it.name === name)?.revision}`]));
}
