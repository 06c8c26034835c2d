import { cpSync, readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { cliEnvironment, ENVIRONMENTS, starterFolder, templatesIn, typescriptTemplates } from './support/starter';
import { emptyFolder, newestVersion } from '../../tools/npm';
import { BUILD, npmPackage } from '../../tools/packages';
import { run } from '../../tools/programs';
import { describeUnless } from '../support/run';

jest.setTimeout(600_000);

describeUnless(newestVersion('constructs@10') === undefined ? 'the npm registry does not answer' : undefined)('the npm package', () => {
  const STARTER = starterFolder('typescript');
  let consumer: string;

  beforeAll(() => {
    consumer = emptyFolder(); // outside of the project, so that nothing is found in its node_modules
    cpSync(STARTER, consumer, { recursive: true });
    const file = join(consumer, 'package.json');
    const project = JSON.parse(readFileSync(file, 'utf8'));
    project.dependencies['@org/eks-platform'] = `file:${npmPackage().tarball}`;
    project.dependencies['aws-cdk-lib'] = '2.270.0'; // that of this process
    writeFileSync(file, JSON.stringify(project));
    run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: consumer });
  });
  afterAll(() => rmSync(consumer, { recursive: true, force: true }));

  test('gives, in the starter, the templates that its sources give', () => {
    const outdir = join(consumer, 'cdk.out');
    run('npx', ['ts-node', 'main.ts'], { cwd: consumer, env: cliEnvironment(STARTER, outdir) });
    const ours = typescriptTemplates(join(BUILD, 'typescript-for-npm'));
    for (const environment of ENVIRONMENTS) {
      expect(templatesIn(outdir)[environment]).toEqual(ours[environment]);
    }
  });

  test('passes the starter\'s own tests', () => {
    run('npm', ['test'], { cwd: consumer, env: { NODE_OPTIONS: '' } });
  });
});
