import { awscdk, github, javascript } from 'projen';
import { integTests } from './projenrc/integ';
import { optionalStruct } from './projenrc/optional-struct';
import { rooms, SIDE_HOUSES } from './projenrc/rooms';
import { tests } from './projenrc/tests';
import { verifyWorkflow } from './projenrc/verify-workflow';

/** The oldest aws-cdk-lib that users may have: tests run against it. */
const CDK_VERSION = '2.270.0';

const project = new awscdk.AwsCdkConstructLibrary({
  name: '@org/eks-platform',
  description: 'An EKS cluster whose whole network is Cilium, from one cdk deploy',
  author: 'eks-platform maintainers',
  authorAddress: 'https://github.com/org/eks-platform',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/org/eks-platform.git',
  license: 'Apache-2.0',
  copyrightOwner: 'eks-platform maintainers',
  copyrightPeriod: '2026',
  stability: 'experimental',
  keywords: ['aws', 'cdk', 'awscdk', 'aws-cdk', 'constructs', 'eks', 'kubernetes', 'cilium', 'networking', 'hubble', 'external-dns', 'load-balancer'],
  defaultReleaseBranch: 'main',
  projenrcTs: true,
  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.0.0',
  // Users need 20 or newer; the release tools ask for 22.
  workflowNodeVersion: '22',

  cdkVersion: CDK_VERSION,
  // The newest cloud assembly that a CLI must read: aws-cdk 3 reads older schemas only.
  cdkCliVersion: '2.1148.1',
  constructsVersion: '10.5.1',
  jsiiVersion: '~5.9.0',
  typescriptVersion: '~5.9.0',
  // The default kubectl layer comes with the library: `npm install` brings all that is needed.
  peerDeps: ['@aws-cdk/lambda-layer-kubectl-v36@^2.0.1'],
  devDeps: [
    '@aws-cdk/aws-service-spec@^0.1',
    '@aws-cdk/cloudformation-diff@^2',
    '@aws-cdk/integ-tests-alpha@2.245.0-alpha.0',
    '@aws-cdk/lambda-layer-kubectl-v34@^2',
    '@aws-cdk/lambda-layer-kubectl-v36@2.0.1',
    // What Lambda's runtime brings: types for the handlers, and the clients themselves where they are rehearsed.
    ...['cloudformation', 'cloudwatch-logs', 'ec2', 'ecr', 'eks', 'elastic-load-balancing-v2', 'lambda', 'route-53', 's3'].map(client => `@aws-sdk/client-${client}@^3`),
    // What integration tests ask besides.
    ...['acm', 'resource-groups-tagging-api', 'wafv2'].map(client => `@aws-sdk/client-${client}@^3`),
    '@types/node@^20',
    'ajv@^8',
    'cdk-nag@^3.0.2',
    // The newest for Node 20.
    'dependency-cruiser@^17',
    'esbuild@^0.28',
    'jsii-reflect@^1.140.0',
    'tsconfig-paths@^4',
    'yaml@^2',
  ],

  publishToPypi: { distName: 'org-eks-platform', module: 'org_eks_platform' },
  publishToGo: { moduleName: 'github.com/org/eks-platform-go', packageName: 'eksplatform' },
  npmProvenance: true,
  npmAccess: javascript.NpmAccess.PUBLIC,

  // Two thirds of the package would be source maps: what is compiled reads like its source.
  tsconfig: { compilerOptions: { inlineSourceMap: false, inlineSources: false } },
  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    include: ['.projenrc.ts', 'examples/**/*.ts', ...SIDE_HOUSES.map(folder => `${folder}/**/*.ts`)],
    compilerOptions: {
      // Examples and integration tests import the library by its name, as users do.
      paths: { '@org/eks-platform': ['./src'] },
    },
  },
  eslintOptions: {
    dirs: ['src'],
    devdirs: [...SIDE_HOUSES, 'test', 'examples', '.projenrc.ts'],
    ignorePatterns: ['*.js', '*.d.ts', 'node_modules/', 'coverage', '**/*.snapshot/'],
    projectService: false,
    tsconfigPath: './tsconfig.dev.json',
  },
  jestOptions: {
    // Snapshots are only ever written on purpose.
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    coverageText: false,
    jestConfig: {
      collectCoverage: false,
      maxWorkers: '100%',
      // A worker that has grown is started anew: all of `npm test` stays below 3 GiB.
      workerIdleMemoryLimit: '800MB',
      moduleNameMapper: { '^@org/eks-platform$': '<rootDir>/src' },
      runtime: '<rootDir>/test/support/jest-runtime.js',
      setupFiles: ['<rootDir>/test/support/setup.ts'],
      // Tests that pack, install or start another process.
      testTimeout: 60_000,
    },
  },
  gitignore: ['/assets/', 'cdk.out', '.DS_Store', '/build/', '__pycache__/', '*.tsbuildinfo'],
  npmIgnoreOptions: {
    ignorePatterns: [
      ...SIDE_HOUSES.map(folder => `/${folder}/`), '/build/', '/cdk.out/', '/docs/', '/examples/', '/policies/lib/', '/policies/rules/', '/rosetta/',
      '/.ci/', '/.compatignore', '/CONTRIBUTING.md',
    ],
  },

  githubOptions: { pullRequestLintOptions: { semanticTitleOptions: { requireScope: false } }, mergify: false },
  projenCredentials: github.GithubCredentials.fromPersonalAccessToken(),
  depsUpgradeOptions: { workflowOptions: { schedule: javascript.UpgradeDependenciesSchedule.WEEKLY } },
  autoDetectBin: false,
  sampleCode: false,
});

rooms(project);

optionalStruct(project, {
  from: 'src/platform/profile-table.ts',
  struct: 'PlatformSettings',
  to: 'src/platform/platform-settings-overrides.ts',
  name: 'PlatformSettingsOverrides',
  summary: 'Settings to change in a profile, each as in PlatformSettings.',
  fallback: 'as in the profile',
});

// Starters come with tests of their own.
project.jest!.addTestMatch('<rootDir>/examples/**/*.test.ts');

// What users load of the library is what they name.
project.compileTask.exec('ts-node -P tsconfig.dev.json tools/lazy-exports.ts');

// Every TypeScript block of the README must compile: it is translated for Python and Go users. The npm package carries the
// translations, as a release makes the other packages of it.
project.postCompileTask.exec('jsii-rosetta extract --strict');
project.addGitIgnore('.jsii.tabl.json');
project.tasks.tryFind('package:python')!.reset('jsii-pacmak -v --target python --rosetta-unknown-snippets fail');

// The API beside the last release's: all of it is experimental, which jsii-diff would only warn about.
const compat = project.tasks.tryFind('compat')!;
compat.reset('jsii-diff npm:@org/eks-platform --keys --ignore-file .compatignore --error-on all');
project.postCompileTask.spawn(compat, { condition: 'node -e "if (!process.env.CI) process.exit(1)"' });

// The code of Lambda functions: built with the library, shipped with it, not seen by jsii.
const handlers = project.addTask('handlers', { description: 'Build the code of the Lambda functions into assets/' });
handlers.exec('rm -rf assets');
handlers.exec('tsc -p handlers/tsconfig.json');
// White space and syntax, no names, so that stack traces can be read: a tenth of the size.
handlers.exec("esbuild 'assets/**/*.js' --minify-whitespace --minify-syntax --platform=node --target=node24 --allow-overwrite --outdir=assets --log-level=warning");
project.preCompileTask.spawn(handlers);
project.setScript('prepare', 'projen handlers'); // after each `npm ci`, so that any script may be run first
project.addPackageIgnore('!/assets/');

// A table is read by its columns.
project.eslint!.addOverride({
  files: ['src/platform/profile-table.ts'],
  rules: { '@stylistic/key-spacing': 'off', '@stylistic/no-multi-spaces': 'off' },
});

// ts-node runs scripts, examples and integration tests without type checks: eslint and jest have made them.
project.tsconfigDev.file.addOverride('ts-node', { transpileOnly: true, require: ['tsconfig-paths/register'] });
project.tsconfigDev.file.addOverride('compilerOptions.baseUrl', '.');

// The code alone, as pacmak's own build wants every Go module of the layers from the proxy, and not all of them are there for everyone.
project.tasks.tryFind('package:go')!.reset('jsii-pacmak -v --target go --code-only --rosetta-unknown-snippets fail');

integTests(project);

project.addTask('demo', {
  description: 'Synthesize the TypeScript starter for dev, staging and prod and tell what it holds',
  exec: 'ts-node -P tsconfig.dev.json demo/run.ts',
  receiveArgs: true,
});
// Without projen in between, which would drop the quotes in `--app "node main.js"`.
project.setScript('rehearse', 'ts-node -P tsconfig.dev.json rehearsal/run.ts');
project.setScript('rehearse:faults', 'ts-node -P tsconfig.dev.json rehearsal/faults/run.ts');
project.addTask('rehearse:edges', {
  description: 'Drop each dependency that the library sets, one at a time, and tell which loss a rehearsal notices',
  exec: 'ts-node -P tsconfig.dev.json rehearsal/dependencies.ts',
  receiveArgs: true,
});
project.addTask('policies', {
  description: 'Make policies/networking.rego from its rules',
  exec: 'ts-node -P tsconfig.dev.json tools/bundle-rego.ts',
});
project.addTask('test:languages', {
  description: 'Build the packages for npm, Python and Go, and compare what the starters give in each language',
  exec: 'jest --coverage=false test/languages',
  receiveArgs: true,
});
project.addTask('bench', {
  description: 'Measure the library beside a hand-written eks-v2 app, in pairs',
  exec: 'ts-node -P tsconfig.dev.json bench/run.ts',
  receiveArgs: true,
});

tests(project, handlers);
verifyWorkflow(project);

project.synth();
