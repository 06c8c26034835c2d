import { wordsOf } from './cluster';
import { kubectl } from './kubectl';
import { inNamespace, isControllerAway, lastWords, resourceOf, tellsOfProtection, whatHolds } from './stuck';
import type { Serve, Work } from './work';
import { NOTHING, Unfinished } from '../shared/custom-resource';

/** A kind of objects for which a controller creates something in AWS, and deletes that before the object is deleted. */
interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  /** Whether an object of the kind is one of these. */
  isMeant(object: any, albClasses: string[]): boolean;
}

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const ALB_CONTROLLER = 'ingress.k8s.aws/alb';

const KINDS: Kind[] = [
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    plural: 'ingresses',
    isMeant: (it, albClasses) => isHeld(it) || albClasses.includes(it.spec.ingressClassName ?? it.metadata.annotations?.[CLASS_ANNOTATION]),
  },
  { apiVersion: 'v1', kind: 'Service', plural: 'services', isMeant: it => isHeld(it) || it.spec.type === 'LoadBalancer' },
  {
    apiVersion: 'elbv2.k8s.aws/v1beta1',
    kind: 'TargetGroupBinding',
    plural: 'targetgroupbindings',
    // Those that belong to Ingresses and Services are deleted with them.
    isMeant: it => !Object.keys(it.metadata.labels ?? {}).some(label => /k8s\.aws.*\/stack/.test(label)),
  },
  { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', plural: 'gateways', isMeant: isHeld },
  { apiVersion: 'aga.k8s.aws/v1beta1', kind: 'GlobalAccelerator', plural: 'globalaccelerators', isMeant: isHeld },
];

/** How long the deletion of objects may take. A load balancer takes seconds, and its controller tries again after a minute or two. */
const PATIENCE = 10 * 60_000;

/** How long a controller may be away: its pod may just be moving to another node. */
const CONTROLLER_PATIENCE = 60_000;

const LONGEST_PAUSE = 10_000;

/** How many objects are described in full: CloudFormation accepts only a short message. */
const TOLD_IN_FULL = 3;

/** Words of an error that another try would not change. */
const REFUSED = /AccessDenied|UnauthorizedOperation|OperationNotPermitted|not authorized to perform/;

/** The states of a stack that is being deleted, or whose creation is being rolled back. */
const GOING = ['DELETE_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS'];

/**
 * While the controllers still run, deletes the objects for which they created something in AWS, and of which CloudFormation
 * knows nothing: people or programs in the cluster made them.
 *
 * Deletes nothing unless the whole stack is being deleted. An update or its rollback may delete this resource too, if it was
 * renamed, or if only one of two versions of the library has it: the platform then lives on, with all that runs on it.
 */
export const serveDrain: Serve = async work => {
  const { request: { RequestType, PhysicalResourceId = NOTHING }, owner } = work;
  if (RequestType !== 'Delete') {
    return { id: `drain-${owner}` };
  }
  const id = PhysicalResourceId;
  if (id === NOTHING) {
    return { id };
  }
  const status = await statusOfStack(work);
  return { id, reason: GOING.includes(status) ? await drain(work) : `Left everything alone: the stack is not being deleted (${status})` };
};

/** If the status can't be found out, nothing may be deleted. The teardown then deletes what the controllers leave behind. */
async function statusOfStack({ aws, request: { StackId } }: Work): Promise<string> {
  try {
    const { Stacks: [stack] } = await aws.call('cloudformation', 'describeStacks', { StackName: StackId });
    return stack.StackStatus;
  } catch (error: any) {
    return `status unknown: ${error?.name}: ${error?.message}`;
  }
}

async function drain(work: Work): Promise<string> {
  const { clock, deadline } = work;
  const classes = await list(work, 'networking.k8s.io/v1', 'ingressclasses');
  const albClasses = ['alb', ...classes.filter(it => it.spec?.controller === ALB_CONTROLLER).map(it => it.metadata.name)];
  const began = clock.now();
  const deleted = new Set<string>();
  const since = new Map<string, number>();
  for (let pause = 1_000; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const found = await find(work, albClasses);
    if (found.length === 0) {
      return `${deleted.size} deleted`;
    }
    await remove(work, found, deleted);
    const now = clock.now();
    found.forEach(it => since.set(it.metadata.uid, since.get(it.metadata.uid) ?? now));
    if (now >= began + PATIENCE || await areHopeless(work, found, began, it => now - since.get(it.metadata.uid)!)) {
      const names = (await find(work, albClasses)).map(nameOf);
      const still = found.filter(it => it.metadata.deletionTimestamp === undefined || names.includes(nameOf(it)));
      if (still.length > 0) {
        throw new Error(await tell(work, still, deleted));
      }
      continue; // they are gone by now
    }
    if (now + pause >= deadline) {
      throw new Unfinished(`waiting for ${found.map(nameOf).join(', ')}`);
    }
    console.log(`waiting for ${found.length}: ${found.slice(0, TOLD_IN_FULL).map(nameOf).join(', ')}`);
    await clock.sleep(pause);
  }
}

async function find(work: Work, albClasses: string[]): Promise<any[]> {
  const found = [];
  for (const { apiVersion, kind, plural, isMeant } of KINDS) {
    const objects = await list(work, apiVersion, plural);
    found.push(...objects.filter(it => isMeant(it, albClasses)).map(it => ({ ...it, apiVersion, kind })));
  }
  return found;
}

/** All objects of a kind; none if the cluster does not know it. Asks by address: by name, kubectl finds no kind while any API is away. */
async function list(work: Work, apiVersion: string, plural: string): Promise<any[]> {
  const address = `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}/${plural}`;
  const ran = await kubectl(work, ['get', '--raw', address]);
  if (ran.code !== 0) {
    if (/\(NotFound\)/.test(ran.stderr)) {
      return [];
    }
    throw new Error(`${plural} can't be listed: ${wordsOf(ran)}`);
  }
  return JSON.parse(ran.stdout).items;
}

/** Deletes all objects of one kind and namespace with one call. What a webhook refuses to delete is found again in the next round. */
async function remove(work: Work, found: any[], deleted: Set<string>): Promise<void> {
  const staying = found.filter(it => it.metadata.deletionTimestamp === undefined);
  for (const group of Object.values(groupBy(staying, it => `${it.kind} ${it.metadata.namespace}`))) {
    const [{ metadata: { namespace }, ...object }] = group;
    const resource = resourceOf(object);
    const args = ['delete', resource, ...group.map(it => it.metadata.name), ...inNamespace(namespace), '--wait=false', '--ignore-not-found'];
    const ran = await kubectl(work, args);
    if (ran.code !== 0) {
      const refused = wordsOf(ran);
      group.forEach(it => { it.refused = refused; });
      console.log(`${resource} in ${namespace} can't be deleted: ${refused}`);
      continue;
    }
    group.map(nameOf).filter(it => !deleted.has(it)).forEach(it => console.log(`deleted ${it}`));
    group.forEach(it => deleted.add(nameOf(it)));
  }
}

/**
 * Whether waiting is of no use for any of the objects. If one of them may still be deleted, the drain waits.
 *
 * @param began when the drain began: the cause of an earlier warning may be repaired
 */
async function areHopeless(work: Work, found: any[], began: number, age: (object: any) => number) {
  const isAway = found.every(it => age(it) < CONTROLLER_PATIENCE) ? undefined : await isControllerAway(work, found.flatMap(finalizersOf));
  const warnings: { [kind: string]: any[] } = {};
  const start = new Date(began).toISOString().slice(0, -'.000Z'.length); // events are dated by the second
  for (const object of found) {
    const { kind, metadata } = object;
    const { deletionTimestamp } = metadata;
    if (isAway && age(object) >= CONTROLLER_PATIENCE && isHeld(object)) {
      continue;
    }
    warnings[kind] ??= await warningsOf(work, kind);
    const own = warnings[kind].filter(it => it.involvedObject.uid === metadata.uid);
    const words = deletionTimestamp === undefined ? undefined : lastWords(own, deletionTimestamp > start ? deletionTimestamp : start);
    if (words === undefined || !(tellsOfProtection(words) || REFUSED.test(words))) {
      return false;
    }
  }
  return true;
}

async function warningsOf({ programs, deadline }: Work, kind: string): Promise<any[]> {
  const selector = `type=Warning,involvedObject.kind=${kind}`;
  const { code, stdout } = await programs.kubectl(['get', 'events', '--all-namespaces', '--field-selector', selector, '--output', 'json'], { deadline });
  return code === 0 ? JSON.parse(stdout).items : [];
}

async function tell(work: Work, found: any[], deleted: Set<string>): Promise<string> {
  const words: string[] = [];
  for (const object of found.slice(0, TOLD_IN_FULL)) {
    const { apiVersion, kind, metadata: { name, namespace }, refused } = object;
    words.push(`${nameOf(object)}: ${refused ?? await comesBack(object, deleted) ?? await whatHolds(work, { apiVersion, kind, name, namespace })}`);
  }
  const others = found.slice(TOLD_IN_FULL).map(nameOf);
  return `${found.length} left in the cluster, which only its controllers can clean up. ${[...words, ...others].join('. ')}. Then delete the stack again.`;
}

/** Names the program that makes an object again each time it is deleted. */
async function comesBack({ metadata, ...object }: any, deleted: Set<string>): Promise<string | undefined> {
  const manager = (metadata.managedFields ?? []).find((it: any) => it.subresource === undefined)?.manager ?? 'something';
  return metadata.deletionTimestamp === undefined && deleted.has(nameOf({ ...object, metadata }))
    ? `${manager} makes it again each time it is deleted: stop that first` : undefined;
}

/** Whether a load balancer controller has something to clean up before an object is deleted. */
function isHeld(object: any): boolean {
  return finalizersOf(object).some(it => /k8s\.aws\/|load-balancer-cleanup/.test(it));
}

function finalizersOf({ metadata }: any): string[] {
  return metadata.finalizers ?? [];
}

function nameOf({ kind, metadata: { namespace, name } }: any): string {
  return `${kind} ${namespace}/${name}`;
}

function groupBy<T>(items: T[], key: (item: T) => string): { [key: string]: T[] } {
  const groups: { [key: string]: T[] } = {};
  items.forEach(it => (groups[key(it)] ??= []).push(it));
  return groups;
}
