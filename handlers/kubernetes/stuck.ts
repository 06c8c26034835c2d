import type { Work } from './work';

/** Names one object of the cluster. */
export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Who takes a finalizer away. */
interface Server {
  readonly finalizer: RegExp;
  readonly words: string;
  /** The label of its Deployment, where it is one. */
  readonly app?: string;
}

const SERVERS: Server[] = [
  { finalizer: /(^|\.)k8s\.aws\//, words: 'the AWS Load Balancer Controller', app: 'aws-load-balancer-controller' },
  { finalizer: /^service\.kubernetes\.io\/load-balancer-cleanup$/, words: 'a load balancer controller' },
  { finalizer: /^kubernetes\.io\/pvc?-protection$/, words: 'Kubernetes, once nothing uses it' },
  { finalizer: /^foregroundDeletion$/, words: 'Kubernetes, once all that it owns is gone' },
  { finalizer: /^customresourcecleanup\.apiextensions\.k8s\.io$/, words: 'Kubernetes, once no object of this kind is there' },
];

/** The annotations by which a load balancer gets its attributes. */
const ATTRIBUTES: { readonly [kind: string]: string | undefined } = {
  Ingress: 'alb.ingress.kubernetes.io/load-balancer-attributes',
  Service: 'service.beta.kubernetes.io/aws-load-balancer-attributes',
};

/** What a question may take where the time is up: a little of what is kept for the answer, which is worth more with it. */
const AT_LEAST = 5_000;

/** How many of the things that hold a namespace are named. */
const NAMED_AT_MOST = 3;

/**
 * Says why an object that is being deleted does not go, and which command helps.
 *
 * Words in any case: what can't be found out is said, too.
 */
export async function whatHolds(work: Work, object: ObjectName): Promise<string> {
  const found = await getJson(work, [resourceOf(object), object.name, ...inNamespace(object.namespace)]);
  if (found.missing) {
    return 'it is gone';
  }
  if (found.error !== undefined) {
    return `it can't be looked at: ${found.error}`;
  }
  const words = await holdersOf(work, found.json);
  return words.length > 0 ? words.join('; ') : 'nothing that is known holds it: look at it by '
    + `kubectl get ${resourceOf(object)} ${object.name}${inNamespace(object.namespace).map(it => ` ${it}`).join('')} -o yaml`;
}

/** What kubectl takes for a kind, also where kinds of other groups have its name. */
export function resourceOf({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${version}.${group}`;
}

/** The options by which kubectl finds an object. */
export function inNamespace(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : ['--namespace', namespace];
}

/** What the last of some events says, of those that came since a time. */
export function lastWords(events: any[], since: string): string | undefined {
  const when = (event: any): string => event.lastTimestamp ?? event.series?.lastObservedTime ?? event.eventTime ?? event.metadata.creationTimestamp;
  const [last] = events.filter(it => when(it) >= since).sort((one, other) => when(other).localeCompare(when(one)));
  return last && `${last.reason}: ${last.message}`;
}

/** Whether a controller that should take a finalizer away does not run. */
export async function isControllerAway(work: Work, finalizers: string[]): Promise<boolean> {
  const apps = SERVERS.filter(it => it.app !== undefined && finalizers.some(finalizer => it.finalizer.test(finalizer))).map(it => it.app!);
  return (await Promise.all(apps.map(app => stateOf(work, app)))).some(it => it !== '');
}

/** Whether words of a controller tell of a load balancer that is protected against deletion. */
export function tellsOfProtection(words: string): boolean {
  return /deletion.?protection/i.test(words);
}

async function holdersOf(work: Work, object: any): Promise<string[]> {
  const { kind, metadata } = object;
  if (!metadata.deletionTimestamp) {
    return ['it is not being deleted'];
  }
  const name = { apiVersion: object.apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
  const selector = `type=Warning,involvedObject.kind=${kind},involvedObject.name=${name.name}`;
  const { json } = await getJson(work, ['events', ...inNamespace(name.namespace ?? 'default'), '--field-selector', selector]);
  const warning = lastWords(json?.items ?? [], metadata.deletionTimestamp);
  return [
    ...warning === undefined ? [] : [`"${warning}"`],
    ...warning !== undefined && tellsOfProtection(warning) ? unprotect(object) : await finalizersOf(work, name, metadata.finalizers ?? []),
    ...kind === 'Namespace' ? await heldNamespace(work, object) : conditionsOf(object, /^Terminating$/),
  ];
}

/** Both have to go: the annotation, by which the controller refuses, and the attribute, by which AWS does. */
function unprotect({ apiVersion, kind, metadata, status }: any): string[] {
  const annotation = ATTRIBUTES[kind];
  const host = status?.loadBalancer?.ingress?.[0]?.hostname;
  const arn = host === undefined ? 'ARN'
    : `$(aws elbv2 describe-load-balancers --query "LoadBalancers[?DNSName=='${host}'].LoadBalancerArn" --output text)`;
  return [
    `aws elbv2 modify-load-balancer-attributes --attributes Key=deletion_protection.enabled,Value=false --load-balancer-arn ${arn}`,
    ...annotation === undefined ? [] : [
      `and kubectl annotate ${resourceOf({ apiVersion, kind })} ${metadata.name} --namespace ${metadata.namespace} --overwrite `
      + `${annotation}=deletion_protection.enabled=false`,
    ],
  ];
}

async function finalizersOf(work: Work, name: ObjectName, finalizers: string[]): Promise<string[]> {
  if (finalizers.length === 0) {
    return [];
  }
  const served = await Promise.all(finalizers.map(async finalizer => {
    const server = SERVERS.find(it => it.finalizer.test(finalizer));
    if (server === undefined) {
      return `${finalizer}, which only what has set it takes away`;
    }
    return `${finalizer}, which ${server.words} takes away${server.app === undefined ? '' : await stateOf(work, server.app)}`;
  }));
  const options = inNamespace(name.namespace).map(it => ` ${it}`).join('');
  return [
    `it has the finalizer ${served.join(', and ')}`,
    'where nothing will, and what it would have cleaned up may stay: '
    + `kubectl patch ${resourceOf(name)} ${name.name}${options} --type merge --patch '{"metadata":{"finalizers":null}}'`,
  ];
}

/** Whether a controller is there to do its work. */
async function stateOf(work: Work, app: string): Promise<string> {
  const { json } = await getJson(work, ['deployments', '--all-namespaces', '--selector', `app.kubernetes.io/name=${app}`]);
  if (json === undefined) {
    return '';
  }
  if (json.items.length === 0) {
    return ' but is gone';
  }
  return json.items.some((it: any) => it.status?.availableReplicas > 0) ? '' : ' but does not run';
}

/** A namespace goes once all that is in it is gone, and only if all APIs can be asked what there is. */
async function heldNamespace(work: Work, namespace: any): Promise<string[]> {
  const conditions = conditionsOf(namespace, /Failure$/);
  const away = conditions.length > 0 ? await apisAway(work) : [];
  const remaining = (namespace.status?.conditions ?? []).find((it: any) => it.type === 'NamespaceContentRemaining' && it.status === 'True');
  const resources = [...(remaining?.message ?? '').matchAll(/([a-z0-9.-]+) has \d+ resource instances/g)].map(match => match[1]);
  const held: string[] = [];
  for (const resource of resources) {
    const { json } = await getJson(work, [resource, ...inNamespace(namespace.metadata.name)]);
    for (const item of (json?.items ?? []).slice(0, NAMED_AT_MOST - held.length)) {
      const words = await holdersOf(work, item);
      held.push(`${item.kind} ${item.metadata.name} in it stays: ${words.join('; ') || 'nothing that is known holds it'}`);
    }
  }
  return [...conditions, ...away, ...held];
}

/** APIs that other programs serve, and that do not answer. */
async function apisAway(work: Work): Promise<string[]> {
  const { json } = await getJson(work, ['apiservices.apiregistration.k8s.io']);
  const isAway = (it: any) => it.status?.conditions?.some((condition: any) => condition.type === 'Available' && condition.status !== 'True');
  return (json?.items ?? []).filter(isAway).map(({ metadata: { name } }: any) =>
    `the API ${name} does not answer: bring back what serves it, or, where it is gone for good: kubectl delete apiservice ${name}`);
}

function conditionsOf(object: any, types: RegExp): string[] {
  return (object.status?.conditions ?? [])
    .filter((it: any) => types.test(it.type) && it.status === 'True')
    .map(({ reason, message }: any) => `${reason}: ${message}`);
}

async function getJson({ programs, clock, deadline }: Work, args: string[]): Promise<{ json?: any; missing?: boolean; error?: string }> {
  const { code, stdout, stderr } = await programs.kubectl(['get', ...args, '--output', 'json'], { deadline: Math.max(deadline, clock.now() + AT_LEAST) });
  if (code === 0) {
    return { json: JSON.parse(stdout) };
  }
  return /\(NotFound\)|the server doesn't have a resource type/.test(stderr) ? { missing: true } : { error: stderr.trim() || `exit code ${code}` };
}
