import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { everythingHere, everythingIn, recordEverything } from './everything/everything';
import { go as inGo } from './everything/go';
import { quickStartIn, quickStartTemplate, readmeBlock } from './support/snippets';
import { cliEnvironment, ENVIRONMENTS, starterFolder, templatesIn, typescriptTemplates } from './support/starter';
import { BUILD, goModules, npmPackage, QUIET } from '../../tools/packages';
import { run, tryToRun } from '../../tools/programs';
import { describeUnless } from '../support/run';

jest.setTimeout(600_000);

const found = tryToRun('go', ['version']);

describeUnless(found === undefined ? 'go is not here' : undefined)('the Go module', () => {
  const STARTER = starterFolder('go');
  let consumer: string;
  const go = (args: string[], env = {}) => run('go', args, { cwd: consumer, env: { ...QUIET, GOFLAGS: '-mod=mod', ...env } });

  beforeAll(() => {
    consumer = join(BUILD, 'consumer-go');
    rmSync(consumer, { recursive: true, force: true });
    cpSync(STARTER, consumer, { recursive: true });
    for (const folder of goModules(npmPackage().id)) {
      const [, module] = readFileSync(join(folder, 'go.mod'), 'utf8').match(/^module (\S+)/)!;
      appendFileSync(join(consumer, 'go.mod'), `\nreplace ${module} => ${folder}\n`);
    }
    go(['mod', 'tidy']);
  });

  test('gives, in the starter, the templates that TypeScript gives', () => {
    const outdir = join(consumer, 'cdk.out');
    go(['run', '.'], cliEnvironment(STARTER, outdir));
    const ours = typescriptTemplates(join(BUILD, 'typescript-for-go'));
    for (const environment of ENVIRONMENTS) {
      expect(templatesIn(outdir)[environment]).toEqual(ours[environment]);
    }
  });

  test('gives, with every prop set, the templates that TypeScript gives', async () => {
    const { recording } = await recordEverything();
    const folder = join(consumer, 'everything');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'main.go'), inGo(recording));
    go(['mod', 'tidy']);
    go(['run', './everything'], { CDK_OUTDIR: join(folder, 'cdk.out') });
    expect(everythingIn(join(folder, 'cdk.out'))).toEqual(everythingHere(join(folder, 'typescript.out')));
  });

  test('gives, with the README\'s quick start, the template that TypeScript gives', () => {
    const folder = join(consumer, 'quick-start');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'main.go'), readmeBlock('go'));
    go(['run', './quick-start'], { CDK_OUTDIR: join(folder, 'cdk.out') });
    expect(quickStartIn(join(folder, 'cdk.out'))).toEqual(quickStartTemplate(join(folder, 'typescript.out')));
  });

  test('passes the starter\'s own tests, which vet its code', () => {
    expect(go(['test', './...'])).toMatch(/^ok/m);
  });
});
