import { cpSync, mkdirSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { everythingHere, everythingIn, recordEverything } from './everything/everything';
import { python as inPython } from './everything/python';
import { quickStartIn, quickStartTemplate, readmeBlock, readmeInPython } from './support/snippets';
import { cliEnvironment, ENVIRONMENTS, starterFolder, templatesIn, typescriptTemplates } from './support/starter';
import { BUILD, QUIET } from '../../tools/packages';
import { run, tryToRun } from '../../tools/programs';
import { pythonWithLibrary } from '../../tools/python';
import { describeUnless } from '../support/run';

jest.setTimeout(600_000);

const found = tryToRun('python3', ['-c', 'import ensurepip, venv']);

describeUnless(found === undefined ? 'python3 with venv is not here' : undefined)('the Python package', () => {
  const STARTER = starterFolder('python');
  let python: string;
  let consumer: string;

  beforeAll(() => {
    python = pythonWithLibrary();
    consumer = join(BUILD, 'consumer-python');
    rmSync(consumer, { recursive: true, force: true });
    cpSync(STARTER, consumer, { recursive: true });
  });

  test('gives, in the starter, the templates that TypeScript gives', () => {
    const outdir = join(consumer, 'cdk.out');
    run(python, ['app.py'], { cwd: consumer, env: { ...QUIET, ...cliEnvironment(STARTER, outdir) } });
    const ours = typescriptTemplates(join(BUILD, 'typescript-for-python'));
    for (const environment of ENVIRONMENTS) {
      expect(templatesIn(outdir)[environment]).toEqual(ours[environment]);
    }
  });

  test('gives, with every prop set, the templates that TypeScript gives', async () => {
    const { recording } = await recordEverything();
    const folder = join(BUILD, 'everything-python');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'everything.py'), inPython(recording));
    run(python, ['everything.py'], { cwd: folder, env: { ...QUIET, CDK_OUTDIR: join(folder, 'cdk.out') } });
    expect(everythingIn(join(folder, 'cdk.out'))).toEqual(everythingHere(join(folder, 'typescript.out')));
  });

  test('gives, with the README\'s quick start, the template that TypeScript gives', () => {
    const folder = join(BUILD, 'quick-start-python');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'app.py'), readmeBlock('python'));
    run(python, ['app.py'], { cwd: folder, env: { ...QUIET, CDK_OUTDIR: join(folder, 'cdk.out') } });
    expect(quickStartIn(join(folder, 'cdk.out'))).toEqual(quickStartTemplate(join(folder, 'typescript.out')));
  });

  test('is shown right in the README, as it is translated', () => {
    const files = readmeInPython(join(BUILD, 'readme-python'));
    expect(files.length).toBeGreaterThan(3);
    expect(run(python, [join(__dirname, 'support/check_names.py'), ...files], { env: QUIET })).toBe('');
  });

  test('passes the starter\'s own tests', () => {
    expect(run(python, ['-m', 'pytest', '-q'], { cwd: consumer, env: QUIET })).toMatch(/\d passed/);
  });
});
