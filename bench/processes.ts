import * as fs from 'fs';
import * as path from 'path';
import * as ts from 'typescript';
import type { Measurement } from './measure';
import { ROOT, run } from '../tools/programs';

const MODULES = ['measure', 'cdk-classes', 'platform-class', 'hand-written', 'hand-written-values', 'library', 'ingresses', 'eks-blueprints'];

/** Translates this folder's modules, so that the translation is not measured, to where they find the library by its name. */
export function translateModules(): string {
  const folder = path.join(ROOT, 'build/bench');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(path.join(folder, 'node_modules/@org'), { recursive: true });
  fs.symlinkSync(ROOT, path.join(folder, 'node_modules/@org/eks-platform'), 'junction');
  for (const name of MODULES) {
    const source = fs.readFileSync(path.join(__dirname, `${name}.ts`), 'utf8');
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true },
    });
    fs.writeFileSync(path.join(folder, `${name}.js`), outputText);
  }
  return folder;
}

/** Measures in a fresh process. */
export function measure(folder: string, what: 'require' | 'synth', module: string): Measurement {
  const stdout = run(process.execPath, ['measure.js', what, module], { cwd: folder, env: cliEnvironment('typescript', outdir(folder, module)) });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

/** What the CDK CLI gives to an app, with the context of a starter. Neither validation nor the copying of assets counts: they cost all apps the same. */
export function cliEnvironment(starter: string, output: string): { [name: string]: string } {
  const { context } = JSON.parse(fs.readFileSync(path.join(ROOT, 'examples', starter, 'cdk.json'), 'utf8'));
  return {
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'aws:cdk:disable-asset-staging': true }),
    CDK_OUTDIR: output,
  };
}

/** The template that a module's last synthesis wrote. */
export function templateOf(folder: string, module: string): string {
  return path.join(outdir(folder, module), 'Shop.template.json');
}

function outdir(folder: string, module: string): string {
  return path.join(folder, `${path.basename(module)}.out`);
}
