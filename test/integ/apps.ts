import { readdirSync, readFileSync, rmSync } from 'fs';
import { join } from 'path';
import type { App } from 'aws-cdk-lib';
import { ModuleKind, ScriptTarget, transpile } from 'typescript';
import type { sandbox as Sandbox } from '../../integ/support/sandbox';
import { ROOT } from '../../tools/programs';
import type { Resource, Template } from '../../tools/template';

/** What an integration test is made of, as it is deployed. */
export interface SynthesizedApp {
  readonly subject: string;
  readonly source: string;
  /** The stack that is tested, and the one with the checks. */
  readonly tested: TemplateFile;
  readonly checks: TemplateFile;
}

/** A template, and where it is. */
export interface TemplateFile extends Template {
  readonly file: string;
  readonly Outputs: { [logicalId: string]: { Value: any } };
}

/** The subjects of integ/. */
export const SUBJECTS = readdirSync(join(ROOT, 'integ')).filter(it => it.endsWith('.integ.ts')).map(it => it.replace('.integ.ts', ''));

/**
 * Synthesizes an integration test in this process, without its assets.
 *
 * Its file is run each time, and what it imports is loaded once: CDK takes longer to load than to synthesize.
 */
export function synthesize(subject: string, environment: { [name: string]: string } = {}): SynthesizedApp {
  const source = readFileSync(join(ROOT, 'integ', `${subject}.integ.ts`), 'utf8');
  const apps: App[] = [];
  const load = (name: string) => {
    const module = jest.requireActual(name.startsWith('.') ? join(ROOT, 'integ', name) : name);
    return name === './support/sandbox' ? { ...module, sandbox: caught(module.sandbox) } : module;
  };
  const caught = (sandbox: typeof Sandbox) => (name: string) => {
    const made = sandbox(name);
    apps.push(made.app);
    return made;
  };
  const before = { ...process.env };
  Object.assign(process.env, { INTEG_TEMPLATES_ONLY: 'true' }, environment);
  new Function('require', 'exports', transpile(source, { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true }))(load, {});
  process.env = before;
  const { directory, stacks } = apps[0].synth();
  folders.push(directory);
  const [tested, checks] = stacks.map(it => ({ file: it.templateFullPath, Outputs: {}, ...it.template }));
  return { subject, source, tested, checks };
}

/** Each app writes its assembly into a folder for temporary files. */
const folders: string[] = [];
afterAll(() => folders.forEach(folder => rmSync(folder, { recursive: true, force: true })));

/** The resources of a type that starts so. */
export function ofType({ Resources }: TemplateFile, prefix: string): Resource[] {
  return Object.values(Resources).filter(it => it.Type.startsWith(prefix));
}
