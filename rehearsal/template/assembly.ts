import { createHash } from 'crypto';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { readTemplate, type Template } from '../../tools/template';

/** A stack in a synthesized app. */
export interface SynthesizedStack {
  /** The name by which the CDK CLI selects it. */
  readonly id: string;
  readonly stackName: string;
  readonly environment: string;
  readonly templateFile: string;
  readonly terminationProtection: boolean;
  /** The stacks that are deployed with it, as it needs them: what they need themselves comes first. */
  readonly needs: NeededStack[];
}

/** A stack that another one needs. */
export type NeededStack = Pick<SynthesizedStack, 'id' | 'stackName'>;

/** A synthesized app, and the stack in it that is rehearsed. */
export interface SynthesizedApp {
  /** Its folder. */
  readonly assembly: string;
  readonly stack: SynthesizedStack;
}

/** The stacks of a synthesized app, nested assemblies not among them. */
export function stacksOf(assembly: string): SynthesizedStack[] {
  const { artifacts = {} } = readJson(join(assembly, 'manifest.json'));
  const isStack = (id: string) => artifacts[id]?.type === 'aws:cloudformation:stack';
  const named = (id: string): NeededStack => ({ id: artifacts[id].displayName ?? id, stackName: artifacts[id].properties.stackName ?? id });
  const needsOf = (id: string): string[] => [...new Set<string>((artifacts[id].dependencies ?? []).filter(isStack)
    .flatMap((needed: string) => [...needsOf(needed), needed]))];
  return Object.keys(artifacts).filter(isStack).map(id => ({
    ...named(id),
    environment: artifacts[id].environment,
    templateFile: join(assembly, artifacts[id].properties.templateFile),
    terminationProtection: artifacts[id].properties.terminationProtection ?? false,
    needs: needsOf(id).map(named),
  }));
}

/** A stack's template. */
export function templateOf(stack: SynthesizedStack): Template {
  return readTemplate(stack.templateFile);
}

/** The resources' constructs, by their logical ids: paths below the stack. */
export function constructNames({ Resources }: Template): { [logicalId: string]: string } {
  return Object.fromEntries(Object.entries(Resources).flatMap(([logicalId, { Metadata }]) => {
    const path: unknown = Metadata?.['aws:cdk:path'];
    return typeof path === 'string' ? [[logicalId, path.split('/').slice(1).filter(it => !['Resource', 'Default'].includes(it)).join('/')]] : [];
  }));
}

/** What is changed of a synthesized stack. */
export interface Change {
  readonly template?: (template: Template) => void;
  readonly terminationProtection?: boolean;
}

/**
 * Copies a synthesized app and changes its stack, as a change to its source would.
 *
 * @param copy the folder of the copy
 */
export function changed({ assembly, stack }: SynthesizedApp, copy: string, change: Change): SynthesizedApp {
  cpSync(assembly, copy, { recursive: true });
  const manifestFile = join(copy, 'manifest.json');
  const manifest = readJson(manifestFile);
  const [id, artifact] = Object.entries<any>(manifest.artifacts).find(([, { properties }]) =>
    properties?.templateFile && stack.templateFile === join(assembly, properties.templateFile))!;
  const templateFile = join(copy, artifact.properties.templateFile);
  const template = readTemplate(templateFile);
  change.template?.(template);
  const text = JSON.stringify(template, undefined, 1);
  writeFileSync(templateFile, text);
  renameTemplateAsset(copy, artifact, text);
  artifact.properties.terminationProtection = change.terminationProtection ?? artifact.properties.terminationProtection;
  writeFileSync(manifestFile, JSON.stringify(manifest, undefined, 1));
  return { assembly: copy, stack: stacksOf(copy).find(it => it.id === (artifact.displayName ?? id))! };
}

/** The CLI uploads a template under its hash, and not again what is there. */
function renameTemplateAsset(assembly: string, artifact: any, text: string) {
  const hash = createHash('sha256').update(text).digest('hex');
  const file = readdirSync(assembly).find(it => it.endsWith('.assets.json')
    && Object.values<any>(readJson(join(assembly, it)).files ?? {}).some(asset => asset.source.path === artifact.properties.templateFile));
  if (!file) {
    return; // an app with a legacy synthesizer sends its template along
  }
  const assets = readJson(join(assembly, file));
  const [old] = Object.entries<any>(assets.files).find(([, asset]) => asset.source.path === artifact.properties.templateFile)!;
  const renamed = (value: any) => JSON.parse(JSON.stringify(value).replaceAll(old, hash));
  writeFileSync(join(assembly, file), JSON.stringify(renamed(assets), undefined, 1));
  artifact.properties.stackTemplateAssetObjectUrl = renamed(artifact.properties.stackTemplateAssetObjectUrl ?? '') || undefined;
}

function readJson(file: string): any {
  if (!existsSync(file)) {
    throw new Error(`there is no ${file}`);
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}
