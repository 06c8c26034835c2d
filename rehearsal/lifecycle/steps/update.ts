import { hasHelmValue, platformIsWhole } from './whole';
import { CHARTS, nextPatch } from '../../charts/repository';
import { templateOf } from '../../template/assembly';
import { addHelmValue, addNode, setChartVersions } from '../../template/changes';
import { releasesOf } from '../../template/platform';
import type { Context } from '../context';
import { redeploy, stackIs } from '../deploy';

/** A Helm value that all three charts take and the library does not set. */
const VALUE = { name: 'podLabels', value: { rehearsal: 'updated' } };

/** Such a value that updates which fail have, and which must be nowhere after the rollback. */
export const BROKEN_VALUE = { name: 'imagePullSecrets', value: [{ name: 'broken' }] };

/** A Helm value in each release, a node more, and the next version of our charts. */
export async function update(context: Context): Promise<string> {
  await redeploy(context, 'updated', {
    template: template => {
      releasesOf(template).forEach(release => addHelmValue(template, release.name, VALUE.name, VALUE.value));
      setChartVersions(template, ({ name, version }) => isOurs(name, version!) ? nextPatch(version!) : version!);
      addNode(template);
    },
  });
  await stackIs(context, 'UPDATE_COMPLETE');
  const releases = releasesOf(templateOf(context.state.deployed.stack));
  return `a Helm value, one node more, ${releases.map(it => `${it.name} ${it.version ?? 'as an asset'}`).join(', ')}`;
}

export async function updateIsWhole(context: Context): Promise<string> {
  const template = templateOf(context.state.deployed.stack);
  const seen = await platformIsWhole(context, template);
  for (const release of releasesOf(template)) {
    await hasHelmValue(context, release, VALUE.name, VALUE.value);
    await hasHelmValue(context, release, BROKEN_VALUE.name, undefined);
  }
  return seen;
}

/** Only our own charts are served at a next version. */
function isOurs(name: string, version: string): boolean {
  return CHARTS.some(chart => chart.name === name && chart.version === version);
}
