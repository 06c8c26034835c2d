/** What replaces a secret. */
const HIDDEN = '***';

/** Names of fields that hold a secret. */
const SECRET = /pass(word|wd|phrase)?s?$|secret|token|credential|private|(^|[a-z\d._-])keys?$|connection_?string/i;

/** Names of fields that only describe a secret, or say where it is. */
const ABOUT = /(name|namespace|ref|path|file|dir|mount|type|class|kind|enabled|mode|policy|duration|seconds|audience|issuer|manager|arn|url)s?$/i;

/** The fields of Secrets and ConfigMaps that hold their contents. */
const DATA = ['data', 'stringData', 'binaryData'];

/** In characters: shorter texts also stand for other things. */
const SHORTEST = 4;
const SHORTEST_LINE = 8;

/** What is always secret: tokens of the API server and of registries, signatures, and passwords in addresses. */
const ALWAYS: [RegExp, string][] = [
  [/k8s-aws-v1\.[\w-]+/g, HIDDEN],
  [/(bearer|basic) [\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [/(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"']+/gi, `$1${HIDDEN}`],
  [/(\w:\/\/)[^/\s:@"']+:[^/\s@"']+@/g, `$1${HIDDEN}@`],
];

/** A text without the secrets, in whichever form Kubernetes and Helm write them. */
export function redact(text: string, secrets: string[]): string {
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const hidden = forms.reduce((rest, form) => rest.split(form).join(HIDDEN), text);
  return ALWAYS.reduce((rest, [pattern, put]) => rest.replace(pattern, put), hidden);
}

/** A secret as it is, encoded, escaped, and line by line. */
function formsOf(secret: string): string[] {
  return [
    ...[secret, secret.trim(), Buffer.from(secret).toString('base64'), JSON.stringify(secret).slice(1, -1)].filter(it => it.length >= SHORTEST),
    ...secret.split('\n').map(it => it.trim()).filter(it => it.length >= SHORTEST_LINE),
  ];
}

/** The names of Kubernetes objects, which are never hidden. */
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
  // In `env` and in a JSON patch, a name and its value are two fields.
  const named = [object.name, object.path].some(it => typeof it === 'string' && isSecret(it));
  return Object.entries(object).flatMap(([key, inside]) => {
    if (object.kind === 'Secret' && DATA.includes(key) || key === 'stringData') {
      return leavesOf(inside).flatMap(it => [it, ...decoded(it)]);
    }
    if (object.kind === 'ConfigMap' && DATA.includes(key)) {
      return leavesOf(inside).filter(it => it.length >= SHORTEST_LINE); // a short value, such as "true", would hide words that are not secret
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

/** Whether `key` means the key of a label or of a taint, which is no secret. */
function isSelector(object: object): boolean {
  return ['operator', 'effect', 'topologyKey', 'values'].some(it => it in object);
}

/** All strings and numbers, except in fields whose name matches `but`. */
export function leavesOf(value: unknown, but?: RegExp): string[] {
  if (typeof value === 'string' || typeof value === 'number') {
    return [`${value}`];
  }
  return Object.entries(value ?? {}).filter(([key]) => !but?.test(key)).flatMap(([, inside]) => leavesOf(inside, but));
}

/** The text that is encoded as base64; nothing if it is no text. */
function decoded(text: string): string[] {
  const plain = /^[\w+/\s-]+=*\s*$/.test(text) ? Buffer.from(text, 'base64').toString() : '';
  return plain.includes('\ufffd') ? [] : [plain];
}
