import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { parse, parseAllDocuments } from 'yaml';
import { DEFAULT_PARAMETERS, INGRESS_RULES, type RuleParameters } from '../../src/rules/ingress-rules';

/** Where rules are enforced besides conftest and opa, whose verdict is always the expected one. */
export type Place = 'plugin' | 'admission' | 'constructor';

/** Manifests, and the rules that they break. */
export interface Fixture {
  /** What it shows. */
  readonly name: string;
  /** Its file. */
  readonly file: string;
  /** What differs from the default parameters. */
  readonly parameters: Partial<RuleParameters>;
  /** The manifests as YAML: one document or more. */
  readonly text: string;
  /** The documents of the text. */
  readonly documents: any[];
  /** The ids of the rules that are broken, sorted. */
  readonly expected: string[];
  /** Where the verdict differs, and why. */
  readonly exceptions: { readonly [place in Place]?: { readonly expected: string[]; readonly because: string } };
}

const FOLDER = join(__dirname, 'fixtures');

/** Parts of manifests. Its one entry is not a fixture. */
const DEFINITIONS = 'definitions.yaml';

/** All fixtures of all files. */
export const FIXTURES: Fixture[] = readdirSync(FOLDER).filter(file => file.endsWith('.yaml') && file !== DEFINITIONS).sort().flatMap(read);

/** All parameters of a fixture. */
export function parametersOf(fixture: Fixture): RuleParameters {
  return { ...DEFAULT_PARAMETERS, ...fixture.parameters };
}

/** The rules that a fixture breaks where `place` judges it. */
export function expectedAt(fixture: Fixture, place: Place): string[] {
  return exceptionAt(fixture, place)?.expected ?? fixture.expected;
}

/** The different verdict of `place`, if there is one. */
export function exceptionAt({ exceptions }: Fixture, place: Place): { readonly expected: string[]; readonly because: string } | undefined {
  return Object.hasOwn(exceptions, place) ? exceptions[place] : undefined; // every object inherits a `constructor`
}

/** The ids of rules that deny. */
export function denied(ids: string[]): string[] {
  return ids.filter(id => INGRESS_RULES.some(rule => rule.id === id && rule.severity === 'deny'));
}

function read(file: string): Fixture[] {
  // Read as one document with the definitions, which have the anchors.
  const entries: any[] = parse(readFileSync(join(FOLDER, DEFINITIONS), 'utf8') + readFileSync(join(FOLDER, file), 'utf8'), { merge: true, maxAliasCount: -1 });
  return entries.slice(1).map(({ name, parameters = {}, manifests = [], text, expected, exceptions = {} }) => {
    const json: string[] = manifests.map((it: unknown) => fill(JSON.stringify(it, undefined, 2)));
    const yaml = text === undefined ? json.join('\n---\n') : fill(text);
    const documents = text === undefined ? json.map(it => JSON.parse(it)) : parseAllDocuments(yaml).map(it => (it as any).toJS());
    return { name, file, parameters, text: yaml, documents, expected, exceptions };
  });
}

/** Replaces <7 KB> with 7 KB of text. */
function fill(yaml: string): string {
  return yaml.replace(/<(\d+) KB>/g, (_, size) => 'x'.repeat(Number(size) * 1024));
}
