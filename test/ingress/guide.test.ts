/** The page on ingresses: its code compiles and runs, and makes the manifests beside it. */
import { mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Template } from 'aws-cdk-lib/assertions';
import * as ts from 'typescript';
import { parse } from 'yaml';
import * as eksplatform from '../../src';
import { kubernetesObjects } from '../support/read';

const ROOT = join(__dirname, '../..');
const guide = readFileSync(join(ROOT, 'docs/ingress.md'), 'utf8');
const blocksOf = (language: string) => [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, block]) => block);

/** All of the page's code, as one app. */
const code = `${blocksOf('ts').join('\n')}\nexport { stack };\n`;

/** What the page's code makes. */
function templateOfThePage(): Template {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  const folder = mkdtempSync(join(tmpdir(), 'ingress-'));
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

/** What the compiler says of each of these texts, as a file of the repository's root. */
function complaintsAbout(...texts: string[]): string[][] {
  const files = new Map(texts.map((text, index) => [join(ROOT, `guide-${index}.ts`), text]));
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.dev.json'), path => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [...files.keys()] }, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = path => files.has(path) || fileExists(path);
  host.readFile = path => files.get(path) ?? readFile(path);
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].map(file => program.getSourceFile(file)!).map(source =>
    [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(it => ts.flattenDiagnosticMessageText(it.messageText, '\n')));
}

const made = kubernetesObjects(templateOfThePage()).filter(it => it.metadata.annotations && ['Ingress', 'Service'].includes(it.kind));
const manifests = blocksOf('yaml').map(block => parse(block));

test('the code of the guide compiles', () => {
  const wrong = code.replace('host: \'app.example.com\'', 'host: 1');
  expect(complaintsAbout(code, wrong)).toEqual([[], ['Type \'number\' is not assignable to type \'string\'.']]);
}, 180_000);

test('the guide has each of the patterns, and an NlbService', () => {
  expect([...code.matchAll(/new eksplatform\.(\w+)\(stack/g)].map(([, name]) => name)).toEqual(
    ['EksPlatform', 'PublicWebApplication', 'InternalApi', 'GrpcService', 'PathBasedMicroservices', 'WebSocketApplication', 'NlbService']);
  expect(manifests).toHaveLength(6);
});

test.each(manifests.map(it => [it.kind, it.metadata.name, it] as const))('the %s %s of the guide is what the construct makes', (kind, name, manifest) => {
  expect(made.find(it => it.kind === kind && it.metadata.name === name)).toEqual(manifest);
});
