import { wordsOf } from './cluster';
import { kubectl } from './kubectl';
import { itemsOf, managerOf, nameOf, signed, streamOf, type KubernetesObject } from './objects';
import { inNamespace, resourceOf, whatHolds } from './stuck';
import type { Work } from './work';
import { Unfinished } from '../shared/custom-resource';

/** Failures that pass: a definition is being registered, a namespace is new or still being deleted, a webhook's pods are starting. */
export const PASSING = /no matches for kind|serviceaccount "\S+" not found|because it is being terminated|failed calling webhook|object has been modified/;

/** How long that may take. */
const PATIENCE = 5 * 60_000;

const LONGEST_PAUSE = 10_000;

/** The kinds that are of use only after their pods run. */
const ROLLED_OUT = ['Deployment', 'DaemonSet', 'StatefulSet'];

/** How many pods of a workload are named. */
const PODS_TOLD = 3;

/**
 * Applies objects in their order.
 *
 * kubectl continues after an object that fails. So all failures are reported at once, and a second try finds what the first one created.
 *
 * @returns the objects as the cluster has them
 */
export async function apply(work: Work, objects: KubernetesObject[]): Promise<any[]> {
  const { clock, deadline, owner, request: { ResourceProperties: { SkipValidation } } } = work;
  const args = [
    'apply', '--server-side', '--force-conflicts', '--field-manager', managerOf(owner), '--output', 'json', '--filename', '-',
    ...SkipValidation?.toLowerCase() === 'true' ? ['--validate=false'] : [],
  ];
  const input = streamOf(objects.map(it => signed(work, it)));
  const end = clock.now() + PATIENCE;
  for (let pause = 1_000; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const ran = await kubectl(work, args, input);
    const living = ran.code === 0 ? itemsOf(ran.stdout) : [];
    const going: KubernetesObject[] = living.filter(it => it.metadata.deletionTimestamp !== undefined);
    if (ran.code === 0 && going.length === 0) {
      return living;
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
