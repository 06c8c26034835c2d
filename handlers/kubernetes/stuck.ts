import type { Work } from './work';

/** Names one object of the cluster. */
export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** The program that removes a finalizer. */
interface Server {
  readonly finalizer: RegExp;
  readonly words: string;
  /** The label `app.kubernetes.io/name` of its Deployment, if it has one. */
  readonly app?: string;
}

const SERVERS: Server[] = [
  { finalizer: /(^|\.)k8s\.aws\//, words: 'the AWS Load Balancer Controller removes', app: 'aws-load-balancer-controller' },
  { finalizer: /^service\.kubernetes\.io\/load-balancer-cleanup$/, words: 'a load balancer controller removes' },
  { finalizer: /^kubernetes\.io\/pvc?-protection$/, words: 'Kubernetes removes once nothing uses it' },
  { finalizer: /^foregroundDeletion$/, words: 'Kubernetes removes once all that it owns is gone' },
  { finalizer: /^customresourcecleanup\.apiextensions\.k8s\.io$/, words: 'Kubernetes removes once no object of this kind is there' },
];

/** The annotations that set a load balancer's attributes. */
const ATTRIBUTES: { readonly [kind: string]: string | undefined } = {
  Ingress: 'alb.ingress.kubernetes.io/load-balancer-attributes',
  Service: 'service.beta.kubernetes.io/aws-load-balancer-attributes',
};

/** How long a request to the cluster may take after the deadline: it uses some of the time kept for the answer, and makes the answer useful. */
const AT_LEAST = 5_000;

/** How many of the objects that hold a namespace are named. */
const NAMED_AT_MOST = 3;

/**
 * Says why an object that is being deleted is still there, and which command helps.
 *
 * Always returns a text, and does not throw: if the reason can't be found out, the text says so.
 */
export async function whatHolds(work: Work, object: ObjectName): Promise<string> {
  const found = await getJson(work, [resourceOf(object), object.name, ...inNamespace(object.namespace)]);
  if (found.missing) {
    return 'it is gone';
  }
  if (found.error !== undefined) {
    return `it can't be read: ${found.error}`;
  }
  const words = await holdersOf(work, found.json);
  return words.length > 0 ? words.join('; ') : 'nothing that is known holds it: see '
    + `kubectl get ${resourceOf(object)} ${object.name}${inNamespace(object.namespace).map(it => ` ${it}`).join('')} -o yaml`;
}

/** The kind as kubectl's argument, with its group, because kinds of other groups may have the same name. */
export function resourceOf({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${version}.${group}`;
}

/** kubectl's option for a namespace; nothing for an object outside of namespaces. */
export function inNamespace(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : ['--namespace', namespace];
}

/** What the last event since a given time says. */
export function lastWords(events: any[], since: string): string | undefined {
  const when = (event: any): string => event.lastTimestamp ?? event.series?.lastObservedTime ?? event.eventTime ?? event.metadata.creationTimestamp;
  const [last] = events.filter(it => when(it) >= since).sort((one, other) => when(other).localeCompare(when(one)));
  return last && `${last.reason}: ${last.message}`;
}

/** Whether a controller that has to remove one of the finalizers is not running. */
export async function isControllerAway(work: Work, finalizers: string[]): Promise<boolean> {
  const apps = SERVERS.filter(it => it.app !== undefined && finalizers.some(finalizer => it.finalizer.test(finalizer))).map(it => it.app!);
  return (await Promise.all(apps.map(app => stateOf(work, app)))).some(it => it !== '');
}

/** Whether a controller's message says that a load balancer is protected against deletion. */
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

/** The commands against a protection. Both are needed: the controller refuses because of the annotation, AWS because of the attribute. */
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
      return `${finalizer}, which only the program that set it removes`;
    }
    return `${finalizer}, which ${server.words}${server.app === undefined ? '' : await stateOf(work, server.app)}`;
  }));
  const options = inNamespace(name.namespace).map(it => ` ${it}`).join('');
  return [
    `it has the finalizer ${served.join(', and ')}`,
    'if nothing will remove it, and what it protects may stay behind: '
    + `kubectl patch ${resourceOf(name)} ${name.name}${options} --type merge --patch '{"metadata":{"finalizers":null}}'`,
  ];
}

/** What keeps a controller from its work; empty if it runs, or if that can't be found out. */
async function stateOf(work: Work, app: string): Promise<string> {
  const { json } = await getJson(work, ['deployments', '--all-namespaces', '--selector', `app.kubernetes.io/name=${app}`]);
  if (json === undefined) {
    return '';
  }
  if (json.items.length === 0) {
    return ', but it is gone';
  }
  return json.items.some((it: any) => it.status?.availableReplicas > 0) ? '' : ', but it is not running';
}

/** What holds a namespace: Kubernetes deletes it only after all of its objects, and only while every API says which objects it has. */
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
      held.push(`${item.kind} ${item.metadata.name} is still in it: ${words.join('; ') || 'nothing that is known holds it'}`);
    }
  }
  return [...conditions, ...away, ...held];
}

/** The APIs that programs in the cluster serve, and that do not answer. */
async function apisAway(work: Work): Promise<string[]> {
  const { json } = await getJson(work, ['apiservices.apiregistration.k8s.io']);
  const isAway = (it: any) => it.status?.conditions?.some((condition: any) => condition.type === 'Available' && condition.status !== 'True');
  return (json?.items ?? []).filter(isAway).map(({ metadata: { name } }: any) =>
    `the API ${name} does not answer: start the program that serves it again or, if that is gone for good, kubectl delete apiservice ${name}`);
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
