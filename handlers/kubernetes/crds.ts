import { writeFileSync } from 'fs';
import { join } from 'path';
import { wordsOf } from './cluster';
import { kubectl } from './kubectl';
import type { Ran } from './programs';
import { whatHolds } from './stuck';
import type { Work } from './work';

/** How long the API server may take to serve a new kind, in seconds. */
const UNTIL_ESTABLISHED = 60;

/** How long the deletion of a CRD and of all objects of its kind may take, in seconds. */
const UNTIL_GONE = 120;

/**
 * Applies the CRDs of a chart: Helm itself only creates them, and never updates them.
 *
 * This comes before the chart's own objects of these kinds. Existing custom resources stay.
 */
export async function applyCrds(work: Work, chart: string): Promise<void> {
  const shown = await work.programs.helm(['show', 'crds', chart], { deadline: work.deadline });
  if (shown.code !== 0) {
    throw new Error(`helm show crds failed: ${wordsOf(shown)}`);
  }
  if (!/^[^#\s-]/m.test(shown.stdout)) { // no CRDs
    return;
  }
  const file = join(work.folder, 'crds.yaml');
  writeFileSync(file, shown.stdout);
  const ran = await kubectl(work, ['apply', '--server-side', '--force-conflicts', '--field-manager', managerOf(work), '--filename', file]);
  if (ran.code !== 0 && !areNewer(ran)) {
    throw new Error(`kubectl apply of the chart's CRDs failed: ${wordsOf(ran)}`);
  }
  await run(work, 'wait', '--for', 'condition=Established', '--timeout', `${UNTIL_ESTABLISHED}s`, '--filename', file);
}

/** Whether all that was refused are CRDs of a newer version, in which objects are stored: an earlier release left them. They are not downgraded. */
function areNewer(ran: Ran): boolean {
  const words = wordsOf(ran);
  console.log(words);
  return words.split(/\n(?=error:|Error from server|The \S+ ")/).every(it => /status\.storedVersions.*missing from spec\.versions/s.test(it));
}

/** Deletes the CRDs that this release applied and nobody else manages, and with them all objects of their kinds. */
export async function deleteCrds(work: Work): Promise<string[]> {
  const applied = (await managersOfCrds(work)).filter(({ managers }) => managers.includes(managerOf(work)));
  const isOthers = (manager: string) => manager !== managerOf(work);
  applied.forEach(({ name, managers }) => managers.filter(isOthers).forEach(it => console.log(`keeps the CRD ${name}, which ${it} manages, too`)));
  const ours = applied.filter(({ managers }) => !managers.some(isOthers)).map(it => it.name);
  if (ours.length > 0) {
    console.log('deletes the CRDs', ...ours);
    const ran = await kubectl(work, ['delete', 'customresourcedefinitions', ...ours, '--ignore-not-found', '--timeout', `${UNTIL_GONE}s`]);
    if (ran.code !== 0) {
      const held = await Promise.all(ours.map(async name =>
        `${name}: ${await whatHolds(work, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name })}`));
      throw new Error(`CRDs cannot be deleted: ${wordsOf(ran)}. ${held.join('. ')}`);
    }
  }
  return ours;
}

/** Who set a field of each CRD, but for its status, which the API server sets. */
async function managersOfCrds(work: Work): Promise<{ name: string; managers: string[] }[]> {
  // A manager's name may have spaces.
  const crds = await run(work, 'get', 'customresourcedefinitions', '--show-managed-fields', '--output',
    'jsonpath={range .items[*]}{.metadata.name}{range .metadata.managedFields[*]}{"\\t"}{.subresource}:{.manager}{end}{"\\n"}{end}');
  return crds.split('\n').map(line => {
    const [name, ...entries] = line.split('\t');
    return { name, managers: entries.filter(it => !it.startsWith('status:')).map(it => it.slice(it.indexOf(':') + 1)) };
  });
}

function managerOf({ owner }: Work): string {
  return `eks-platform-${owner}`;
}

async function run(work: Work, ...args: string[]): Promise<string> {
  const ran = await kubectl(work, args);
  if (ran.code !== 0) {
    throw new Error(`kubectl ${args[0]} of the chart's CRDs failed: ${wordsOf(ran)}`);
  }
  return ran.stdout;
}
