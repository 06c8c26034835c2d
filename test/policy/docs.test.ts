/** The page on network policies: its code runs, and Cilium takes what comes of it. */
import { mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Template } from 'aws-cdk-lib/assertions';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { judgeTemplates } from '../../rehearsal/checks/cilium-objects';
import { isBuilt, programIn } from '../../rehearsal/checks/programs';
import { cacheFolder } from '../../rehearsal/support/paths';
import * as eksplatform from '../../src';
import { kubernetesObjects } from '../support/read';
import { describeUnless } from '../support/run';

const page = readFileSync(join(__dirname, '../../docs/network-policies.md'), 'utf8');
const judge = programIn(cacheFolder(), 'judge');

/** What the page's code defines, all of it in one app. */
function templateOfThePage(): Template {
  const typescript = [...page.matchAll(/^```ts\n([^]*?)^```/gm)].map(([, code]) => code).join('\n');
  const { outputText } = transpileModule(`${typescript}\nexport { stack };`, {
    compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
  });
  const folder = mkdtempSync(join(tmpdir(), 'network-policies-'));
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

const template = templateOfThePage();

test('each recipe makes its policy', () => {
  const names = [...page.matchAll(/(?:addPolicy\(|policyName: )'([^']+)'/g)].map(([, name]) => name);
  const policies = kubernetesObjects(template).filter(it => /^Cilium.*NetworkPolicy$/.test(it.kind)).map(it => it.metadata.name);
  expect(names.length).toBeGreaterThan(9);
  expect(policies.sort()).toEqual([...names, 'allowances'].sort());
});

test('the recipe for foreign load balancers makes an allowance', () => {
  const allowances = kubernetesObjects(template).find(it => it.metadata.name === 'allowances');
  expect(allowances.specs.at(-1).endpointSelector).toEqual({ matchLabels: { app: 'shop-chart' } });
});

describeUnless(isBuilt(cacheFolder(), 'judge') ? undefined : 'the rehearsal has not built its judge')('Cilium\'s own code', () => {
  test('accepts all of them', () => {
    expect(judgeTemplates(judge, [template.toJSON() as any]).findings).toEqual([]);
  });
});
