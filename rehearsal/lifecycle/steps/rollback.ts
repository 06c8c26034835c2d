import { join } from 'path';
import { stackIs, wasRolledBack } from './whole';
import { CHARTS } from '../../charts/repository';
import { deployCommand } from '../../environment/cdk';
import { NotAsExpected } from '../../support/expect';
import { lastLines } from '../../support/processes';
import { changed, type SynthesizedStack, type Template } from '../../template/assembly';
import { addHelmValue, hasValue, releasesOf } from '../../template/platform';
import type { Context } from '../context';

/** A Helm value that all three charts take and the library does not set, which must be nowhere after a rollback. */
export const BROKEN_VALUE = { name: 'imagePullSecrets', value: [{ name: 'broken' }] };

/** A version that no chart has. */
const NO_SUCH_VERSION = '99.99.99';

/** An image of which no container ever starts. */
const BROKEN_IMAGE = 'broken.invalid/controller';

/** How long Helm waits for it, and then for the old one. */
const BROKEN_SECONDS = 15;

/** What is deployed. */
export interface Deployed {
  readonly assembly: string;
  readonly stack: SynthesizedStack;
  readonly template: Template;
}

/** All is changed, and one of the charts to a version that does not exist: all must go back. */
export async function brokenVersion(context: Context, deployed: Deployed): Promise<string> {
  const releases = releasesOf(deployed.template);
  const versioned = releases.filter(it => it.version !== undefined);
  const broken = versioned.find(it => it.wait) ?? versioned[0];
  if (!broken) {
    return 'no Helm release of a version that could break';
  }
  await failsAndGoesBack(context, deployed, 'broken', NO_SUCH_VERSION, template => {
    releases.forEach(release => addHelmValue(template, release.name, BROKEN_VALUE.name, BROKEN_VALUE.value));
    template.Resources[broken.logicalId].Properties.Version = NO_SUCH_VERSION;
  });
  return `${broken.name} ${NO_SUCH_VERSION} is not to be had, UPDATE_ROLLBACK_COMPLETE`;
}

/** One of our charts has an image that can't be pulled: Helm must take its release back, and CloudFormation the stack. */
export async function brokenImage(context: Context, deployed: Deployed): Promise<string> {
  const ours = releasesOf(deployed.template).filter(it => it.wait && CHARTS.some(chart => chart.name === it.name));
  const broken = ours.find(it => !hasValue(deployed.template, it, 'image'));
  if (!broken) {
    return 'no Helm release that is waited for and whose image could break';
  }
  await failsAndGoesBack(context, deployed, 'broken-image', 'has been rolled back due to', template => {
    addHelmValue(template, broken.name, 'image', { repository: BROKEN_IMAGE });
    template.Resources[broken.logicalId].Properties.Timeout = `${BROKEN_SECONDS}s`;
  });
  await wasRolledBack(context, broken);
  return `no pod of ${broken.name} gets ready within ${BROKEN_SECONDS} s, Helm rolls it back, UPDATE_ROLLBACK_COMPLETE`;
}

/** Deploys a change that fails, for a reason that the CDK CLI shows. */
async function failsAndGoesBack(
  context: Context, { assembly, stack }: Deployed, name: string, reason: string, template: (template: Template) => void,
): Promise<void> {
  const folder = join(context.folder, name);
  const { code, log, output } = await context.cdk.try(deployCommand(folder, changed(assembly, folder, stack, { template })));
  if (code === 0) {
    throw new NotAsExpected(`the update to fail and to say: ${reason}`, 'it succeeded', log);
  }
  if (!output.includes(reason)) {
    throw new NotAsExpected(`the update to fail and to say: ${reason}`, lastLines(log, 10), log);
  }
  await stackIs(context, 'UPDATE_ROLLBACK_COMPLETE');
}
