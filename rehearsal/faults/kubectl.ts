import { Refused, type ApiServer, type KubernetesObject } from './api-server';
import { CAUSE, type Failure } from './calls';
import { jsonPatched, mergePatched } from './fields';
import type { Files } from './files';
import { jsonPath } from './json-path';
import { kindOf } from './kinds';
import type { Ended } from './sandbox';

/** Options of kubectl that have a value. */
const WITH_VALUE = [
  'field-manager', 'field-selector', 'filename', 'for', 'namespace', 'output', 'patch', 'patch-file', 'raw', 'request-timeout', 'selector', 'timeout', 'type',
  'grace-period', 'cascade', 'subresource',
];

const SHORT: { readonly [option: string]: string } = { f: 'filename', l: 'selector', n: 'namespace', o: 'output', p: 'patch', A: 'all-namespaces' };

/** A command line, taken apart. */
export interface Command {
  readonly words: readonly string[];
  readonly options: { readonly [name: string]: string };
}

/** What a command ended with, or is still waiting for: asked again and again, it says whether that has come. */
export type Outcome = { readonly ended: Ended } | { readonly isOver: () => Ended | undefined; readonly timeout: number; readonly late: string };

export function parse(args: readonly string[], withValue: readonly string[] = WITH_VALUE): Command {
  const words: string[] = [];
  const options: { [name: string]: string } = {};
  for (let at = 0; at < args.length; at++) {
    const [, long, short, given] = /^(?:--([\w-]+)|-([a-zA-Z]))(?:=(.*))?$/s.exec(args[at]) ?? [];
    const name = long ?? SHORT[short];
    if (name === undefined) {
      words.push(args[at]);
    } else {
      options[name] = given ?? (withValue.includes(name) ? args[++at] : 'true');
    }
  }
  return { words, options };
}

/** What kubectl says when a call failed through no fault of its caller's. */
export function failed(how: Failure): Ended {
  const stderr = {
    'error': `Error from server (InternalError): an error on the server ("${CAUSE}") has prevented the request from succeeding`,
    'throttling': `Error from server (TooManyRequests): the server has received too many requests and has asked us to try again later (${CAUSE})`,
    'time-out': `Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers) (${CAUSE})`,
  }[how];
  return { code: 1, stdout: '', stderr };
}

/** Runs a command against the API server. */
export function kubectl(api: ApiServer, files: Files, args: readonly string[], input: string): Outcome {
  if (!api.isThere) {
    return { ended: { code: 1, stdout: '', stderr: 'Unable to connect to the server: dial tcp: lookup shop.eks.amazonaws.com: no such host' } };
  }
  const command = parse(args);
  const [verb] = command.words;
  const run = VERBS[verb];
  if (run === undefined) {
    throw new Error(`rehearsal/faults/kubectl.ts does not know kubectl ${verb}: teach it what the real one does`);
  }
  try {
    if (command.options.raw !== undefined) {
      return ended(JSON.stringify(raw(api, verb, command.options.raw, input)));
    }
    return run({ api, files, ...command, words: command.words.slice(1), input });
  } catch (error) {
    if (error instanceof Refused) {
      return { ended: refused(error) };
    }
    throw error;
  }
}

interface Run extends Command {
  readonly api: ApiServer;
  readonly files: Files;
  readonly input: string;
}

const VERBS: { readonly [verb: string]: (run: Run) => Outcome } = {
  apply: run => each(run, 'serverside-applied', it => run.api.apply(it, run.options['field-manager'] ?? 'kubectl', run.options['force-conflicts'] === 'true')),
  create: run => each(run, 'created', it => run.api.create(it, run.options['field-manager'] ?? 'kubectl-create')),
  replace: run => each(run, 'replaced', it => run.api.replace(it, run.options['field-manager'] ?? 'kubectl-replace')),
  get: run => ended(get(run)),
  delete: remove,
  patch: run => {
    const [object] = named(run);
    const { type = 'strategic' } = run.options;
    const patch = run.options.patch ?? run.files.read(run.options['patch-file']);
    const living = run.api.get(object);
    // A strategic patch is a merge patch but for lists, of which our patches have none.
    const next = type === 'json' ? jsonPatch(living, JSON.parse(patch)) : mergePatched(living, JSON.parse(patch));
    const patched = run.api.replace(next, run.options['field-manager'] ?? 'kubectl-patch');
    return ended(run.options.output === 'json' ? JSON.stringify(patched) : `${patched.kind.toLowerCase()}/${patched.metadata.name} patched`);
  },
  label: run => {
    const [kind, ...labels] = run.words;
    const objects = listed(run, kind);
    for (const living of objects) {
      const patch = Object.fromEntries(labels.map(it => it.endsWith('-') ? [it.slice(0, -1), null] : it.split('=')));
      run.api.replace(mergePatched(living, { metadata: { labels: patch } }), 'kubectl-label');
    }
    return ended(objects.map(it => `${kind}/${it.metadata.name} labeled`).join('\n'));
  },
  wait: run => {
    const objects = run.options.filename === undefined ? named(run) : read(run);
    const isThere = () => objects.every(it => run.api.find(it) !== undefined);
    return isThere() ? ended('condition met') : { ended: { code: 1, stdout: '', stderr: 'Error from server (NotFound): not found' } };
  },
  rollout: run => ended(`${run.words[1]} successfully rolled out`),
};

/** Does something with each object of the input; continues after one that is refused, as kubectl does. */
function each(run: Run, done: string, change: (object: KubernetesObject) => KubernetesObject): Outcome {
  const living: KubernetesObject[] = [];
  const failures: Ended[] = [];
  for (const object of read(run)) {
    try {
      living.push(change(object));
    } catch (error) {
      if (!(error instanceof Refused)) {
        throw error;
      }
      failures.push(refused(error, run.words[0]));
    }
  }
  const output = living.length === 1 ? living[0] : { apiVersion: 'v1', kind: 'List', items: living };
  const stdout = living.length === 0 ? '' : run.options.output === 'json' ? JSON.stringify(output) : living.map(it => `${it.kind}/${it.metadata.name} ${done}`).join('\n');
  return { ended: { code: failures.length > 0 ? 1 : 0, stdout, stderr: failures.map(it => it.stderr).join('\n') } };
}

function get(run: Run): string {
  const { api, options, words } = run;
  const [kind, name] = words;
  const isOne = kind?.includes('/') || name !== undefined;
  const wanted = options.filename !== undefined ? read(run) : isOne ? named(run) : undefined;
  const ignores = options['ignore-not-found'] === 'true';
  const found = wanted === undefined ? listed(run, kind) : wanted.flatMap(it => (ignores ? api.find(it) : api.get(it)) ?? []);
  const items = options['show-managed-fields'] === 'true' ? found : found.map(({ metadata: { managedFields, ...metadata }, ...rest }) => ({ ...rest, metadata }));
  const list = { apiVersion: 'v1', kind: 'List', items };
  const output = wanted?.length === 1 ? items[0] : list;
  if (options.output?.startsWith('jsonpath=')) {
    return output === undefined ? '' : jsonPath(options.output.slice('jsonpath='.length), output);
  }
  return output === undefined || wanted !== undefined && items.length === 0 ? '' : JSON.stringify(output);
}

/** A request as it is, by its address: what is sent and what comes back is one object, or a list. */
function raw(api: ApiServer, verb: string, path: string, input: string): KubernetesObject {
  const { pathname, searchParams } = new URL(path, 'https://kubernetes');
  const [, apiVersion, namespace, plural, name] = /^\/apis?\/((?:[a-z0-9.-]+\/)?v\w+)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
  const kind = api.kinds().find(it => it.apiVersion === apiVersion && it.plural === plural);
  if (kind === undefined) {
    throw new Refused('NotFound', 'the server could not find the requested resource');
  }
  const object = { apiVersion, kind: kind.kind, metadata: { name, namespace } };
  switch (verb) {
    case 'create': return api.create(JSON.parse(input), 'kubectl');
    case 'replace': return api.replace(JSON.parse(input), 'kubectl');
    case 'delete': {
      const { resourceVersion } = JSON.parse(input || '{}').preconditions ?? {};
      api.checkVersion({ ...object, metadata: { ...object.metadata, resourceVersion } }, api.get(object));
      api.delete(object);
      return { kind: 'Status', status: 'Success' };
    }
    default: {
      const terms = (searchParams.get('labelSelector') ?? '').split(',').filter(Boolean);
      const items = () => api.list(kind, namespace).filter(it => terms.every(term => matches(it.metadata.labels ?? {}, term)));
      return name === undefined ? { items: items() } : api.get(object);
    }
  }
}

/** Deletes, and waits until all is gone, unless it is told not to. */
function remove(run: Run): Outcome {
  const { api, options } = run;
  const objects = options.filename === undefined ? named(run) : read(run);
  const failures: Ended[] = [];
  const going = objects.filter(object => {
    try {
      api.delete(object);
      return true;
    } catch (error) {
      if (!(error instanceof Refused) || options['ignore-not-found'] !== 'true' || /no matches for kind/.test(error.message)) {
        failures.push(refused(error as Refused));
      }
      return false;
    }
  }).map(it => ({ ...it, uid: api.find(it)?.metadata.uid }));
  if (failures.length > 0) {
    return { ended: { code: 1, stdout: '', stderr: failures.map(it => it.stderr).join('\n') } };
  }
  const names = objects.map(it => it.metadata.name).join(', ');
  const words = objects.map(it => `${it.kind.toLowerCase()} "${it.metadata.name}" deleted`).join('\n');
  const isGone = (it: KubernetesObject) => it.uid === undefined || !api.isThere || api.find(it)?.metadata.uid !== it.uid;
  const isOver = () => going.every(isGone) ? ended(words).ended : undefined;
  const timeout = parseInt(options.timeout ?? '0', 10) * 1000 || Infinity;
  return options.wait === 'false' ? ended(words) : { isOver, timeout, late: `error: timed out waiting for the condition on ${names}` };
}

/** The objects that kubectl is given: one JSON after the other. */
function read({ options, files, input }: Run): KubernetesObject[] {
  const text = options.filename === '-' ? input : files.read(options.filename);
  const objects = text.split('\n').filter(it => it.startsWith('{')).map(it => JSON.parse(it));
  return objects.map(it => {
    const { namespace = options.namespace } = it.metadata;
    if (options.namespace !== undefined && namespace !== options.namespace) {
      throw new Refused('Conflict', `the namespace from the provided object "${namespace}" does not match the namespace "${options.namespace}". `
        + `You must pass '--namespace=${namespace}' to perform this operation.`);
    }
    return namespace === undefined ? it : { ...it, metadata: { ...it.metadata, namespace } };
  });
}

/** Those that the words name: `KIND NAME...` or `KIND/NAME`. */
function named({ api, words, options }: Run): KubernetesObject[] {
  const pairs = words[0].includes('/') ? words.map(it => it.split('/')) : words.slice(1).map(it => [words[0], it]);
  return pairs.map(([word, name]) => {
    const { apiVersion, kind } = known(api, word);
    return { apiVersion, kind, metadata: { name, namespace: options.namespace ?? 'default' } };
  });
}

function listed({ api, options }: Run, word: string): KubernetesObject[] {
  const kind = known(api, word);
  const namespace = options['all-namespaces'] === 'true' ? undefined : options.namespace ?? 'default';
  const fields = Object.fromEntries((options['field-selector'] ?? '').split(',').filter(Boolean).map(it => it.split('=')));
  return api.list(kind, namespace)
    .filter(it => (options.selector ?? '').split(',').filter(Boolean).every(term => matches(it.metadata.labels ?? {}, term)))
    .filter(it => Object.entries(fields).every(([path, value]) => jsonPath(`{.${path}}`, it) === value));
}

function matches(labels: { [name: string]: string }, term: string): boolean {
  const [, name, operator, value] = /^([^!=]+)(!=|==?)?(.*)$/.exec(term)!;
  return operator === undefined ? name in labels : (labels[name] === value) === (operator !== '!=');
}

function known(api: ApiServer, word: string) {
  const kind = kindOf(word, api.kinds());
  if (kind === undefined) {
    throw new Refused('NotFound', `the server doesn't have a resource type "${word}"`);
  }
  return kind;
}

function jsonPatch(living: KubernetesObject, patch: any): KubernetesObject {
  try {
    return jsonPatched(living, patch);
  } catch (error: any) {
    throw new Refused('Invalid', error.message);
  }
}

function refused(error: Refused, from?: string): Ended {
  const plain = /no matches for kind|doesn't have a resource type|does not match the namespace|Apply failed|request is invalid/.test(error.message);
  const where = from === undefined && error.reason !== 'AlreadyExists' ? '' : 'error when creating "STDIN": ';
  return { code: 1, stdout: '', stderr: plain ? `error: ${error.message}` : `Error from server (${error.reason}): ${where}${error.message}` };
}

function ended(stdout: string): { readonly ended: Ended } {
  return { ended: { code: 0, stdout, stderr: '' } };
}
