import { join } from 'path';
import type { Args } from './args';
import { CLUSTER, ofType } from '../../tools/template';
import { namedProgram } from '../controller/real-controller';
import type { Emulator } from '../emulator/emulator';
import type { Cdk } from '../environment/cdk';
import { callersFolder, ROOT } from '../support/paths';
import { lastLines } from '../support/processes';
import { changed, stacksOf, templateOf, type SynthesizedApp, type SynthesizedStack } from '../template/assembly';
import { setKubernetesVersion } from '../template/changes';
import { kubernetesVersions } from '../template/platform';

/**
 * Synthesizes the starter, or the user's own app, and finds the stack with the platform.
 *
 * @param folder of this rehearsal
 */
export async function synthesize(cdk: Cdk, args: Args, folder: string, emulator: Pick<Emulator, 'account' | 'region'>): Promise<SynthesizedApp> {
  const assembly = join(folder, 'synthesized');
  const ended = args.app === undefined
    ? await cdk.try(['synth', `shop-${args.profile}`, '--quiet', '--app', starter(args.profile), '--output', assembly], join(ROOT, 'examples/typescript'))
    : await cdk.try(['synth', '--quiet', '--app', args.app, '--output', assembly], callersFolder());
  if (ended.code !== 0) {
    throw new Error(`the app does not synthesize, \`cdk synth\` ended with ${ended.code}:\n${lastLines(ended.log, 30)}`);
  }
  return withKubernetes(args, { assembly, stack: platformStack(args, stacksOf(assembly), emulator) }, join(folder, 'other-kubernetes'));
}

/** The starter, or one with Ingresses where the real controller runs. The CLI takes quotes around the whole for its own. */
function starter(profile: string): string {
  const main = namedProgram() === undefined ? 'main.ts' : `"${join(ROOT, 'rehearsal/apps/ingresses.ts')}" ${profile}`;
  return `node "${join(ROOT, 'node_modules/.bin/ts-node')}" -P "${join(ROOT, 'tsconfig.dev.json')}" ${main}`;
}

/** The stack that is rehearsed: the only one with a cluster, or the one that was named. */
export function platformStack(
  { app, stack, profile }: Pick<Args, 'app' | 'stack' | 'profile'>,
  stacks: SynthesizedStack[],
  { account, region }: Pick<Emulator, 'account' | 'region'>,
): SynthesizedStack {
  const wanted = stack ?? (app === undefined ? `shop-${profile}` : undefined);
  const found = wanted === undefined
    ? stacks.filter(it => ofType(templateOf(it), CLUSTER).length > 0)
    : stacks.filter(it => [it.id, it.stackName].includes(wanted));
  const names = (of: SynthesizedStack[]) => of.map(it => it.id).join(', ') || 'none';
  if (found.length !== 1) {
    throw new Error(wanted === undefined
      ? `\`--stack\` must name the stack to rehearse; those with a cluster are: ${names(found)}; all are: ${names(stacks)}`
      : `\`--stack\` must name a stack of the app (${names(stacks)}), got: ${wanted}`);
  }
  const [only] = found;
  const unknown = 'aws://unknown-account/unknown-region';
  if (![unknown, `aws://${account}/${region}`, `aws://unknown-account/${region}`, `aws://${account}/unknown-region`].includes(only.environment)) {
    throw new Error(`${only.id} is bound to ${only.environment}: rehearse it without \`env\`, or with account ${account} and region ${region}`);
  }
  return only;
}

/** The starter takes any Kubernetes; an own app says which it wants. */
function withKubernetes({ app, kubernetes }: Args, synthesized: SynthesizedApp, copy: string): SynthesizedApp {
  const { stack } = synthesized;
  const other = kubernetesVersions(templateOf(stack)).find(version => version !== kubernetes);
  if (other === undefined) {
    return synthesized;
  }
  if (app !== undefined) {
    throw new Error(`${stack.id} asks for Kubernetes ${other}, and ${kubernetes} is rehearsed: give --kubernetes ${other}`);
  }
  return changed(synthesized, copy, { template: template => setKubernetesVersion(template, kubernetes) });
}
