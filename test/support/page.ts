import { mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Template } from 'aws-cdk-lib/assertions';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import * as eksplatform from '../../src';
import { ROOT } from '../../tools/programs';

/** A page of the documentation. */
export class Page {
  /** The page. */
  public readonly text: string;

  /** All of its TypeScript, as one app whose stack it exports. */
  public readonly code: string;

  constructor(file: string) {
    this.text = readFileSync(join(ROOT, file), 'utf8');
    this.code = `${this.blocksOf('ts').join('\n')}\nexport { stack };\n`;
  }

  /** Its blocks of a language. */
  public blocksOf(language: string): string[] {
    return [...this.text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, block]) => block);
  }

  /** What its code makes, when it is run as the CDK CLI runs an app. */
  public template(): Template {
    const { outputText } = transpileModule(this.code, {
      compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
    });
    const folder = mkdtempSync(join(tmpdir(), 'page-'));
    const environment = { CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:disable-asset-staging': true }) };
    const before = Object.fromEntries(Object.keys(environment).map(name => [name, process.env[name]]));
    Object.assign(process.env, environment);
    try {
      const exported: any = {};
      const load = (module: string) => module === '@org/eks-platform' ? eksplatform : jest.requireActual(module);
      new Function('require', 'exports', outputText)(load, exported);
      return Template.fromStack(exported.stack);
    } finally {
      Object.entries(before).forEach(([name, value]) => value === undefined ? delete process.env[name] : process.env[name] = value);
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
