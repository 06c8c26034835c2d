import { readdirSync, readFileSync, rmSync } from 'fs';
import { join } from 'path';
import type { App } from 'aws-cdk-lib';
import type { Resource, Template } from '../../tools/template';
import { ROOT } from '../support/run';

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

process.setMaxListeners(50); // each copy of CDK listens for the end of the process

/** Synthesizes an integration test in this process, without its assets. */
export function synthesize(subject: string, environment: { [name: string]: string } = {}): SynthesizedApp {
  const source = join(ROOT, 'integ', `${subject}.integ.ts`);
  const before = { ...process.env };
  Object.assign(process.env, { INTEG_TEMPLATES_ONLY: 'true' }, environment);
  const apps: App[] = [];
  jest.isolateModules(() => {
    const sandbox = jest.requireActual('../../integ/support/sandbox');
    const original = sandbox.sandbox;
    sandbox.sandbox = (name: string) => {
      const made = original(name);
      apps.push(made.app);
      return made;
    };
    jest.requireActual(source);
  });
  process.env = before;
  const { directory, stacks } = apps[0].synth();
  folders.push(directory);
  const [tested, checks] = stacks.map(it => ({ file: it.templateFullPath, Outputs: {}, ...it.template }));
  return { subject, source: readFileSync(source, 'utf8'), tested, checks };
}

/** Each app writes its assembly into a folder for temporary files. */
const folders: string[] = [];
afterAll(() => folders.forEach(folder => rmSync(folder, { recursive: true, force: true })));

/** The resources of a type that starts so. */
export function ofType({ Resources }: TemplateFile, prefix: string): Resource[] {
  return Object.values(Resources).filter(it => it.Type.startsWith(prefix));
}
