/** Stands for what is not said. */
const HIDDEN = '***';

/** Names of what holds a secret. */
const SECRET = /pass(word|wd|phrase)?s?$|secret|token|credential|private|(^|[a-z\d._-])keys?$|connection_?string/i;

/** Names of what only tells of a secret, or of where it is. */
const ABOUT = /(name|namespace|ref|path|file|dir|mount|type|class|kind|enabled|mode|policy|duration|seconds|audience|issuer|manager|arn|url)s?$/i;

/** Where Secrets and ConfigMaps have what is nobody's business. */
const DATA = ['data', 'stringData', 'binaryData'];

/** Shorter ones are words of other things too. */
const SHORTEST = 4;
const SHORTEST_LINE = 8;

/** What is secret whatever was deployed: the API server's and the registries' tokens, signatures, and passwords in addresses. */
const ALWAYS: [RegExp, string][] = [
  [/k8s-aws-v1\.[\w-]+/g, HIDDEN],
  [/(bearer|basic) [\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [/(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"']+/gi, `$1${HIDDEN}`],
  [/(\w:\/\/)[^/\s:@"']+:[^/\s@"']+@/g, `$1${HIDDEN}@`],
];

/** A text without the secrets, in none of the forms that Kubernetes and Helm write them. */
export function redact(text: string, secrets: string[]): string {
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const hidden = forms.reduce((rest, form) => rest.split(form).join(HIDDEN), text);
  return ALWAYS.reduce((rest, [pattern, put]) => rest.replace(pattern, put), hidden);
}

/** As it is, encoded, escaped, and line by line. */
function formsOf(secret: string): string[] {
  return [
    ...[secret, secret.trim(), Buffer.from(secret).toString('base64'), JSON.stringify(secret).slice(1, -1)].filter(it => it.length >= SHORTEST),
    ...secret.split('\n').map(it => it.trim()).filter(it => it.length >= SHORTEST_LINE),
  ];
}

/** What Kubernetes objects are called, which is said in any case. */
export function namesIn(value: unknown): string[] {
  return [value].flat().flatMap((it: any) => [it?.kind, it?.metadata?.name, it?.metadata?.namespace]).filter(it => typeof it === 'string');
}

/** What may be secret in Helm's values, or in Kubernetes objects. */
export function secretsIn(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(secretsIn);
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const object = value as { readonly [key: string]: unknown };
  // Of `env`, and of a JSON patch: a name here, its value there.
  const named = [object.name, object.path].some(it => typeof it === 'string' && isSecret(it));
  return Object.entries(object).flatMap(([key, inside]) => {
    if (object.kind === 'Secret' && DATA.includes(key) || key === 'stringData') {
      return leavesOf(inside).flatMap(it => [it, ...decoded(it)]);
    }
    if (object.kind === 'ConfigMap' && DATA.includes(key)) {
      return leavesOf(inside).filter(it => it.length >= SHORTEST_LINE); // a switch or a number of it would hide words of others
    }
    if (named && key === 'value' || isSecret(key) && !isSelector(object)) {
      return leavesOf(inside, ABOUT);
    }
    return secretsIn(inside);
  });
}

function isSecret(name: string): boolean {
  return SECRET.test(name) && !ABOUT.test(name);
}

/** The key of a label or of a taint is none of a lock. */
function isSelector(object: object): boolean {
  return ['operator', 'effect', 'topologyKey', 'values'].some(it => it in object);
}

/** All strings and numbers, but those with a name like that. */
export function leavesOf(value: unknown, but?: RegExp): string[] {
  if (typeof value === 'string' || typeof value === 'number') {
    return [`${value}`];
  }
  return Object.entries(value ?? {}).filter(([key]) => !but?.test(key)).flatMap(([, inside]) => leavesOf(inside, but));
}

/** What was encoded, if it is text. */
function decoded(text: string): string[] {
  const plain = /^[\w+/\s-]+=*\s*$/.test(text) ? Buffer.from(text, 'base64').toString() : '';
  return plain.includes('\ufffd') ? [] : [plain];
}
