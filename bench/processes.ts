import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import * as ts from 'typescript';
import type { Measurement } from './measure';

const ROOT = path.join(__dirname, '..');
const MODULES = ['measure', 'cdk-classes', 'hand-written', 'hand-written-values', 'library', 'ingresses', 'eks-blueprints'];

/** Whether `lib/` is there and newer than its source: what users load is what is measured. */
export function isCompiled(): boolean {
  const compiled = fs.statSync(path.join(ROOT, 'lib/index.js'), { throwIfNoEntry: false });
  const sources = fs.readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return compiled !== undefined && sources.every(file => fs.statSync(path.join(ROOT, 'src', file)).mtimeMs <= compiled.mtimeMs);
}

/** Compiles the library. */
export function compile(): void {
  run('npx', ['projen', 'compile'], ROOT);
}

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

/** Measures in a fresh process. Neither validation nor the copying of assets counts: they cost all apps the same. */
export function measure(folder: string, what: 'require' | 'synth', module: string): Measurement {
  const { context } = JSON.parse(fs.readFileSync(path.join(ROOT, 'examples/typescript/cdk.json'), 'utf8'));
  const stdout = run(process.execPath, ['measure.js', what, module], folder, {
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'aws:cdk:disable-asset-staging': true }),
    CDK_OUTDIR: outdir(folder, module),
  });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

/** The template that a module's last synthesis wrote. */
export function templateOf(folder: string, module: string): string {
  return path.join(outdir(folder, module), 'Shop.template.json');
}

function outdir(folder: string, module: string): string {
  return path.join(folder, `${path.basename(module)}.out`);
}

/** Runs a program to its end and gives what it wrote. */
export function run(program: string, args: string[], cwd: string, env: { [name: string]: string } = {}): string {
  const result = spawnSync(program, args, { cwd, encoding: 'utf8', env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 });
  if (result.status !== 0) {
    throw new Error(`${program} ${args.join(' ')} failed: ${result.error?.message ?? result.stderr}`);
  }
  return result.stdout;
}
