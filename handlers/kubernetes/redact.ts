import { PASSING } from './apply';
import { NOT_YET_KNOWN, UNREACHABLE } from './cluster';

/** What replaces a value. */
const HIDDEN = '***';

/** Properties of requests that are JSON, with values that a user gave. */
const GIVEN = ['Manifest', 'Values', 'ApplyPatchJson', 'RestorePatchJson'];

/** Fields that say what an error is about: what names objects and kinds. */
const NAMES = /(^|[./_-])(name|namespace|kind|apiVersion|apiGroup|group|plural|resource|verb|fieldPath)s?$|[a-z](Name|Namespace|Kind)s?$|ameOverride$|^existing(Secret|ConfigMap|Claim)$/;

/** Words of Kubernetes' and Helm's own sentences. A value that is one of them is hidden in quotes only. */
const WORDS = new Set((
  'already array because being boolean cannot chart condition conflict could create data delete deleted denied deployed error execution '
  + 'exists expected failed field fields forbidden found from have install integer internal invalid list must names number object objects '
  + 'patch pending ready release request required resource schema server should spec status still string supported template that this type '
  + 'unknown unsupported update upgrade upgraded user valid value values wait want watch were with'
).split(' '));

/** What we know failures by, which stays whole. */
const KNOWN = [UNREACHABLE, NOT_YET_KNOWN, PASSING, /Error from server \(\w+\)|timed out waiting|release: not found|the server doesn't have a resource type|status\.storedVersions|missing from spec\.versions/]
  .map(it => it.source).join('|');

/** In characters: a shorter value is hidden only in quotes, as else it would be a part of words. */
const SHORTEST = 4;

/** In characters: a longer value is hidden within words, too. */
const LONG = 8;

/** What is longer is hidden piece by piece, as an expression can't be of any length. The last piece is not so short that it could be a word. */
const LONGEST = /[^]{1,1000}(?=[^]{50}|$)/g;

/** How many values an expression has. */
const AT_ONCE = 300;

/** What is always hidden: tokens of the API server and of registries, signatures, keys, passwords in addresses, and parts of values. */
const ALWAYS: [RegExp, string][] = [
  [/k8s-aws-v1\.[\w-]+/g, HIDDEN],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*KEY-----)?/g, HIDDEN],
  [/(!!\w+ `)[^`]+/g, `$1${HIDDEN}`], // YAML's parser quotes the start of a value
  [/(bearer|basic) [\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [/(X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"']+/gi, `$1${HIDDEN}`],
  [/(\w:\/\/)[^/\s:@"']*:[^/\s@"']+@/g, `$1${HIDDEN}@`],
];

/** What a user gave. */
interface Given {
  /** What is hidden. */
  readonly values: Set<string>;
  /** What is not, though it may be in a value. */
  readonly names: Set<string>;
  readonly fields: Set<string>;
}

/**
 * Hides each value that the properties of a request have, in whichever form Kubernetes and Helm write it: all but names, booleans and numbers.
 *
 * An error then still says which object it is about, which field, and why.
 */
export function hiding(...requests: { readonly [property: string]: string | undefined }[]): (text: string) => string {
  const given: Given = { values: new Set(), names: new Set(), fields: new Set() };
  for (const properties of requests) {
    const { ResourceName = '', Release, Chart, ClusterName, Namespace, ResourceNamespace } = properties;
    const isData = /^(secret|configmap|cm)s?(\.|\/)/i.test(ResourceName);
    GIVEN.forEach(name => read(parsed(properties[name]), given, '', isData && name.endsWith('PatchJson')));
    [...ResourceName.split('/'), Release, Chart, ClusterName, Namespace, ResourceNamespace].forEach(it => given.names.add(it ?? ''));
  }
  given.names.delete('');
  const isHidden = (it: string) => it !== '' && !given.names.has(it) && !/^(true|false|null)$/.test(it);
  const forms = [...given.names, ...[...given.values].filter(isHidden).flatMap(formsOf)].sort((one, other) => other.length - one.length);
  const hide = (text: string) => {
    let hidden = text;
    // An expression of all of them would be too large, and most are not there.
    for (let found = forms.filter(form => (form.match(/[A-Za-z0-9]+/g) ?? []).every(word => text.includes(word))); found.length > 0; found = found.slice(AT_ONCE)) {
      const pattern = found.slice(0, AT_ONCE).map(it => given.names.has(it) ? inWords(patternOf(it)) : hiddenIn(it, given.fields)).join('|');
      hidden = hidden.replace(new RegExp(`(${KNOWN})|${pattern}`, 'g'), (it, known) => known !== undefined || given.names.has(it) ? it : HIDDEN);
    }
    return ALWAYS.reduce((rest, [pattern, put]) => rest.replace(pattern, put), hidden);
  };
  return text => {
    try {
      return hide(text);
    } catch { // the error itself would have the values
      return 'What went wrong can\'t be shown, as it has too many values';
    }
  };
}

/** A value as it is, but for a text, which is hidden line by line; and encoded. */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const encoded = value.length < SHORTEST ? [] : [bytes.toString('base64'), encodeURIComponent(`${bytes}`)];
  return [...new Set([...value.includes('\n') ? [] : [value], ...encoded])].flatMap(it => it.match(LONGEST) ?? []);
}

/** Collects the leaves of a value. In `data`, everything is a value. */
function read(value: unknown, given: Given, field: string, isData: boolean): void {
  if (typeof value === 'string') {
    if (!isData && NAMES.test(field)) {
      given.names.add(value);
    } else {
      partsOf(value).forEach(it => given.values.add(it));
      read(/^\s*[[{]/.test(value) ? parsed(value) : undefined, given, field, true);
    }
  } else if (typeof value === 'number' && isData) { // Kubernetes repeats it where it wants text
    given.values.add(`${value}`);
  } else if (Array.isArray(value)) {
    value.forEach(it => read(it, given, field, isData));
  } else if (typeof value === 'object' && value !== null) {
    const { kind, op } = value as any;
    for (const [key, inside] of Object.entries(value)) {
      given.fields.add(key);
      const isOwn = /^(Secret|ConfigMap)$/.test(kind) && /^(data|stringData|binaryData)$/.test(key) || key === 'stringData';
      if (!/^(add|copy|move|remove|replace|test)$/.test(op) || !/^(op|path|from)$/.test(key)) { // those of a JSON patch name a field
        read(inside, given, key, isData || isOwn);
      }
    }
  }
}

/** A value, and what may be quoted of it: its lines, what comes after a name, the end of an address, what is encoded in it. */
function partsOf(text: string): string[] {
  const plain = /^[\w+/\s-]{4,}=*\s*$/.test(text) ? Buffer.from(text, 'base64').toString() : '';
  const texts = [text, ...plain === '' || /[^\t\n\r -~\u00a0-\ufffc]/.test(plain) ? [] : [plain]];
  return texts.flatMap(it => [
    ...it.split('\n').map(line => line.trim()),
    ...[...it.matchAll(/[=:]\s*["']?([^\s"'=:;&@,]{4,})/g)].map(match => match[1]),
    ...[...it.matchAll(/:([^\s/@]+)@/g)].map(match => match[1]),
    ...[...it.matchAll(/:\/\/[^\s/]+\/(\S{8,})/g)].map(match => match[1]),
    it,
  ]);
}

function hiddenIn(form: string, fields: Set<string>): string {
  const pattern = patternOf(form);
  if (form.length < SHORTEST || fields.has(form) || WORDS.has(form.toLowerCase())) {
    return `(?<=["'\`])${pattern}(?=["'\`\\\\])`;
  }
  return form.length < LONG || /^[A-Za-z]{1,40}$/.test(form) ? inWords(pattern) : pattern;
}

/** A pattern that matches whole words. What JSON escapes is no part of one. */
function inWords(pattern: string): string {
  return `(?:(?<=\\\\(?:[nrt]|u\\w{4}))|(?<![\\w-]|\\w\\.))${pattern}(?![\\w-]|\\.\\w)`;
}

/** An expression for a text as it is, and as JSON, Go and YAML escape it, however often. */
function patternOf(text: string): string {
  return text.replace(/\s+|[^\0-\x7f]+|\W/gu, it => { // a run has one expression: one for each character takes minutes to compile
    switch (true) {
      case /\s/.test(it): return '[\\s\\\\][\\s\\\\nrt]*?';
      case it === '"': return '\\\\*"';
      case it === '\\': return '\\\\+';
      case /[<>&']/.test(it): return `(?:${it}{1,2}|\\\\*u00${it.charCodeAt(0).toString(16)})`;
      case it.charCodeAt(0) < 128: return `\\${it}`;
      default: return `(?:[${it}]|\\\\+[uUx]\\w{2,8}){${[...it].length},${it.length}}`;
    }
  });
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? 'null');
  } catch { // the function that serves the type reports it
    return undefined;
  }
}
