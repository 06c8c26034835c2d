/** The page on ingresses: its code compiles and runs, and makes the manifests beside it. */
import { realpathSync } from 'fs';
import { join } from 'path';
import * as ts from 'typescript';
import { parse } from 'yaml';
import { ROOT } from '../../tools/programs';
import { Page } from '../support/page';
import { kubernetesObjects } from '../support/read';

const guide = new Page('docs/ingress.md');

/** What the compiler says of each of these texts, as a file of the repository's root. */
function complaintsAbout(...texts: string[]): string[][] {
  const files = new Map(texts.map((text, index) => [join(ROOT, `guide-${index}.ts`), text]));
  const guides = [...files.keys()];
  // CDK's own file reads every service, of which this needs a few.
  files.set(realpathSync(join(ROOT, 'node_modules/aws-cdk-lib/index.d.ts')), 'export * from \'./core\';');
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.dev.json'), path => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: guides }, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = path => files.has(path) || fileExists(path);
  host.readFile = path => files.get(path) ?? readFile(path);
  const program = ts.createProgram(guides, options, host);
  return guides.map(file => program.getSourceFile(file)!).map(source =>
    [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(it => ts.flattenDiagnosticMessageText(it.messageText, '\n')));
}

const made = kubernetesObjects(guide.template()).filter(it => it.metadata.annotations && ['Ingress', 'Service'].includes(it.kind));
const manifests = guide.blocksOf('yaml').map(block => parse(block));

test('the code of the guide compiles', () => {
  const wrong = guide.code.replace('host: \'app.example.com\'', 'host: 1');
  expect(complaintsAbout(guide.code, wrong)).toEqual([[], ['Type \'number\' is not assignable to type \'string\'.']]);
}, 180_000);

test('the guide has each of the patterns, and an NlbService', () => {
  expect([...guide.code.matchAll(/new eksplatform\.(\w+)\(stack/g)].map(([, name]) => name)).toEqual(
    ['EksPlatform', 'PublicWebApplication', 'InternalApi', 'GrpcService', 'PathBasedMicroservices', 'WebSocketApplication', 'NlbService']);
  expect(manifests).toHaveLength(6);
});

test.each(manifests.map(it => [it.kind, it.metadata.name, it] as const))('the %s %s of the guide is what the construct makes', (kind, name, manifest) => {
  expect(made.find(it => it.kind === kind && it.metadata.name === name)).toEqual(manifest);
});
