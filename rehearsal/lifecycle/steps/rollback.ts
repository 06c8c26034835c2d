import { BROKEN_VALUE } from './update';
import { wasRolledBack } from './whole';
import type { Template } from '../../../tools/template';
import { CHARTS } from '../../charts/repository';
import { NotAsExpected } from '../../support/expect';
import { lastLines } from '../../support/processes';
import { templateOf } from '../../template/assembly';
import { addHelmValue } from '../../template/changes';
import { hasValue, releasesOf } from '../../template/platform';
import type { Context } from '../context';
import { stackIs, tryToDeploy } from '../deploy';

/** A version that no chart has. */
const NO_SUCH_VERSION = '99.99.99';

/** An image of which no container ever starts. */
const BROKEN_IMAGE = 'broken.invalid/controller';

/** How long Helm waits for it, and then for the old one. */
const BROKEN_SECONDS = 15;

/** All is changed, and one of the charts to a version that does not exist: all must be rolled back. */
export async function brokenVersion(context: Context): Promise<string> {
  const releases = releasesOf(templateOf(context.state.deployed.stack));
  const versioned = releases.filter(it => it.version !== undefined);
  const broken = versioned.find(it => it.wait) ?? versioned[0];
  if (!broken) {
    return 'no Helm release of a version that could break';
  }
  await isRolledBack(context, 'broken', NO_SUCH_VERSION, template => {
    releases.forEach(release => addHelmValue(template, release.name, BROKEN_VALUE.name, BROKEN_VALUE.value));
    template.Resources[broken.logicalId].Properties.Version = NO_SUCH_VERSION;
  });
  return `${broken.name} ${NO_SUCH_VERSION} is not to be had, UPDATE_ROLLBACK_COMPLETE`;
}

/** One of our charts has an image that can't be pulled: Helm must roll back its release, and CloudFormation the stack. */
export async function brokenImage(context: Context): Promise<string> {
  const template = templateOf(context.state.deployed.stack);
  const ours = releasesOf(template).filter(it => it.wait && CHARTS.some(chart => chart.name === it.name));
  const broken = ours.find(it => !hasValue(template, it, 'image'));
  if (!broken) {
    return 'no Helm release that is waited for and whose image could break';
  }
  await isRolledBack(context, 'broken-image', 'has been rolled back due to', changed => {
    addHelmValue(changed, broken.name, 'image', { repository: BROKEN_IMAGE });
    changed.Resources[broken.logicalId].Properties.Timeout = `${BROKEN_SECONDS}s`;
  });
  await wasRolledBack(context, broken);
  return `no pod of ${broken.name} gets ready within ${BROKEN_SECONDS} s, Helm rolls it back, UPDATE_ROLLBACK_COMPLETE`;
}

/** Deploys a change that fails, for a reason that the CDK CLI shows. */
async function isRolledBack(context: Context, name: string, reason: string, template: (template: Template) => void): Promise<void> {
  const { code, log, output } = await tryToDeploy(context, name, { template });
  if (code === 0) {
    throw new NotAsExpected(`the update to fail and to say: ${reason}`, 'it succeeded', log);
  }
  if (!output.includes(reason)) {
    throw new NotAsExpected(`the update to fail and to say: ${reason}`, lastLines(log, 10), log);
  }
  await stackIs(context, 'UPDATE_ROLLBACK_COMPLETE');
}
