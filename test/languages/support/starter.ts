import { readFileSync, mkdirSync, rmSync } from 'fs';
import { join } from 'path';
import { App } from 'aws-cdk-lib';
import { shop } from '../../../examples/typescript/main';
import { ROOT } from '../../../tools/programs';

/** The environments of each starter. */
export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;

/** A starter's folder. */
export function starterFolder(language: string): string {
  return join(ROOT, 'examples', language);
}

/** What the CDK CLI gives to an app: the context of its cdk.json, and where to write to. */
export function cliEnvironment(starter: string, outdir: string): { [name: string]: string } {
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  return { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(contextOf(starter)) };
}

/** The templates in a cloud assembly, by environment. */
export function templatesIn(outdir: string): { [environment: string]: any } {
  return Object.fromEntries(ENVIRONMENTS.map(name => [name, JSON.parse(readFileSync(join(outdir, `shop-${name}.template.json`), 'utf8'))]));
}

/** The templates that the TypeScript starter gives in this process. */
export function typescriptTemplates(outdir: string): { [environment: string]: any } {
  rmSync(outdir, { recursive: true, force: true });
  const app = new App({ outdir, context: contextOf(starterFolder('typescript')) });
  shop(app);
  app.synth();
  return templatesIn(outdir);
}

function contextOf(starter: string) {
  return JSON.parse(readFileSync(join(starter, 'cdk.json'), 'utf8')).context;
}
