import { claim, isTrue } from './claim';
import { wordsOf } from './cluster';
import { kubectl } from './kubectl';
import { itemsOf, managerOf, nameOf, streamOf, type KubernetesObject } from './objects';
import type { Ran } from './programs';
import { inNamespace, resourceOf, whatHolds } from './stuck';
import type { Work } from './work';
import { Unfinished } from '../shared/custom-resource';

/** Something got the name of an object, or left it, since the object was claimed. */
const CLAIMED_ANEW = 'object has been modified|uid mismatch|metadata\\.uid: Invalid value';

/** Failures that pass: a definition is being registered, a namespace is new or still being deleted, a webhook's pods are starting. */
export const PASSING = new RegExp(`no matches for kind|serviceaccount "\\S+" not found|because it is being terminated|failed calling webhook|${CLAIMED_ANEW}`);

/** How long that may take. */
const PATIENCE = 5 * 60_000;

const LONGEST_PAUSE = 10_000;

/** The kinds that are of use only after their pods run. */
const ROLLED_OUT = ['Deployment', 'DaemonSet', 'StatefulSet'];

/** Where there is nothing to apply, or not yet. */
const NOTHING_RAN: Ran = { code: 0, stdout: '', stderr: '', interrupted: false };

/** How many pods of a workload are named. */
const PODS_TOLD = 3;

/**
 * Applies objects in their order.
 *
 * kubectl continues after an object that fails. So all failures are reported at once, and a second try finds what the first one created.
 *
 * @param before the objects that CloudFormation has in its record of this resource
 * @returns the objects as the cluster has them, and what was left as it is
 */
export async function apply(work: Work, objects: KubernetesObject[], before: KubernetesObject[]): Promise<{ living: any[]; kept: string[] }> {
  const { clock, deadline } = work;
  const end = clock.now() + PATIENCE;
  for (let pause = 1_000, isFirst = true; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const { applied, kept, going: foreign } = await claim(work, objects, before, isFirst);
    const ran = foreign.length > 0 || applied.length === 0 ? NOTHING_RAN : await kubectl(work, commandOf(work), streamOf(applied));
    isFirst &&= ran === NOTHING_RAN;
    const living = ran.code === 0 ? itemsOf(ran.stdout) : [];
    const going: KubernetesObject[] = [...foreign, ...living.filter(it => it.metadata.deletionTimestamp !== undefined)];
    if (ran.code === 0 && going.length === 0) {
      return { living, kept };
    }
    const words = ran.code === 0 ? `${going.map(nameOf).join(', ')} existed before and is still being deleted` : wordsOf(ran);
    if (ran.code !== 0 && !passes(words, objects) || clock.now() + pause >= end) {
      throw new Error(`${words}${await helpFor(work, words, going)}`);
    }
    if (clock.now() + pause >= deadline) {
      throw new Unfinished(words);
    }
    console.log(`again in ${pause / 1000} s: ${words}`);
    await clock.sleep(pause);
  }
}

function commandOf({ owner, request: { ResourceProperties: { SkipValidation } } }: Work): string[] {
  return [
    'apply', '--server-side', '--force-conflicts', '--field-manager', managerOf(owner), '--output', 'json', '--filename', '-',
    ...isTrue(SkipValidation) ? ['--validate=false'] : [],
  ];
}

/** Whether all that failed may work later. */
function passes(words: string, objects: KubernetesObject[]): boolean {
  const ours = objects.filter(it => it.kind === 'Namespace').map(it => `namespaces "${it.metadata.name}" not found`);
  return words.split(/\n(?=error:|Error from server|The \S+ ")/).every(it => PASSING.test(it) || ours.some(namespace => it.includes(namespace)));
}

/** Says what an object waits for, and why that does not come. */
async function helpFor(work: Work, words: string, going: KubernetesObject[]): Promise<string> {
  const namespace = /in namespace (\S+) because it is being terminated/.exec(words)?.[1];
  const held = namespace === undefined ? going[0] : { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  if (held !== undefined) {
    const { apiVersion, kind, metadata } = held;
    return `. ${nameOf(held)}: ${await whatHolds(work, { apiVersion, kind, name: metadata.name, namespace: metadata.namespace })}`;
  }
  return /no matches for kind/.test(words) ? `. Nothing registered the kind within ${PATIENCE / 60_000} minutes.` : '';
}

/** Waits until definitions are served and workloads have rolled out. */
export async function ready(work: Work, living: any[]): Promise<void> {
  for (const object of living) {
    const [group] = object.apiVersion.split('/');
    if (object.kind === 'CustomResourceDefinition') {
      await until(work, object, ['wait', '--for=condition=Established', `crd/${object.metadata.name}`]);
    }
    // With OnDelete, pods are replaced only when somebody deletes them.
    if (group === 'apps' && ROLLED_OUT.includes(object.kind) && object.spec.updateStrategy?.type !== 'OnDelete') {
      const { name, namespace } = object.metadata;
      await until(work, object, ['rollout', 'status', `${resourceOf(object)}/${name}`, ...inNamespace(namespace)]);
    }
  }
}

async function until(work: Work, object: KubernetesObject, args: string[]): Promise<void> {
  const seconds = Math.max(1, Math.floor((work.deadline - work.clock.now()) / 1000) - 5);
  const ran = await kubectl(work, [...args, `--timeout=${seconds}s`]);
  if (ran.code === 0) {
    return;
  }
  const words = `${nameOf(object)} is not ready: ${ran.stdout.trim().split('\n').pop() || wordsOf(ran)}${await podsOf(work, object)}`;
  throw /timed out waiting/.test(ran.stderr) ? new Unfinished(words) : new Error(`${words} (${wordsOf(ran)})`);
}

/** What the pods of a workload wait for. */
async function podsOf(work: Work, object: KubernetesObject): Promise<string> {
  const labels = Object.entries(object.spec?.selector?.matchLabels ?? {}).map(([name, value]) => `${name}=${value}`).join(',');
  if (labels === '') {
    return '';
  }
  const { code, stdout } = await kubectl(work, ['get', 'pods', ...inNamespace(object.metadata.namespace), '--selector', labels, '--output', 'json']);
  const waiting = (code === 0 ? itemsOf(stdout) : []).flatMap(({ metadata: { name }, status }) => {
    const said = [
      ...(status.conditions ?? []).filter((it: any) => it.type === 'PodScheduled' && it.status === 'False'),
      ...[...status.initContainerStatuses ?? [], ...status.containerStatuses ?? []].flatMap(it => it.state?.waiting ?? []),
    ].map(({ reason, message }) => [reason, message].filter(it => it).join(': '));
    return said.length > 0 ? [`${name}: ${said.join(', ')}`] : [];
  });
  return waiting.slice(0, PODS_TOLD).map(it => `; pod ${it}`).join('');
}
