import { readFileSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { ModuleKind, transpileModule } from 'typescript';
import { PlatformProfile } from '../../src';
import { pack } from '../../tools/compiled';
import { emptyFolder, newestVersion, npmInstall } from '../../tools/npm';
import { ROOT, run } from '../../tools/programs';
import { platformFixture } from '../support/fixtures';
import { describeUnless } from '../support/run';

/** Where templates may differ, and why. */
const DIFFERENCES = [
  { path: /^Resources\/\w+\/Properties\/Code\/S3Key$/, reason: 'the code of CDK\'s own Lambda functions, named by its hash' },
];

const PROFILES = ['DEV', 'STAGING', 'PROD'] as const;

jest.setTimeout(300_000);

const newest = newestVersion('aws-cdk-lib@2');

describeUnless(newest ? undefined : 'the npm registry does not answer')(`aws-cdk-lib ${newest}, the newest`, () => {
  let folder: string;
  beforeAll(() => {
    folder = emptyFolder();
    npmInstall(folder, pack(folder).tarball, `aws-cdk-lib@${newest}`, 'constructs@10');
    // The fixture of all tests, on the packed library. Deprecated CDK API fails there, too.
    writeFileSync(join(folder, 'fixtures.js'), transpile('test/support/fixtures.ts').replace('../../src', '@org/eks-platform'));
    writeFileSync(join(folder, 'main.js'), [
      'const { PlatformProfile } = require("@org/eks-platform");',
      'const { platformFixture } = require("./fixtures");',
      'const templates = process.argv.slice(2).map(name => [name, platformFixture({ profile: PlatformProfile[name] }).template().toJSON()]);',
      'require("fs").writeFileSync("templates.json", JSON.stringify(Object.fromEntries(templates)));',
    ].join('\n'));
    run(process.execPath, ['main.js', ...PROFILES], { cwd: folder });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is what the library runs with', () => {
    expect(run(process.execPath, ['-p', 'require("aws-cdk-lib/package.json").version'], { cwd: folder }).trim()).toBe(newest);
  });

  test.each(PROFILES)('gives the template of %s that the oldest one gives, except for listed differences', profile => {
    const templates = JSON.parse(readFileSync(join(folder, 'templates.json'), 'utf8'));
    const ours = platformFixture({ profile: PlatformProfile[profile] }).template().toJSON();
    expect(values(ours).length).toBeGreaterThan(500);
    expect(values(templates[profile])).toEqual(values(ours));
  });
});

function transpile(file: string): string {
  return transpileModule(readFileSync(join(ROOT, file), 'utf8'), { compilerOptions: { module: ModuleKind.CommonJS } }).outputText;
}

/** All values of a template, each with its path, except those that may differ. */
function values(template: object): string[] {
  const walk = (value: any, path: string): string[] => typeof value === 'object' && value !== null && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, child]) => walk(child, path ? `${path}/${key}` : key))
    : [`${path} = ${JSON.stringify(value)}`];
  return walk(template, '').filter(line => !DIFFERENCES.some(({ path }) => path.test(line.split(' = ')[0]))).sort();
}
