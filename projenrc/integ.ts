import { awscdk, github, type Task } from 'projen';
import { JobPermission, type Job } from 'projen/lib/github/workflows-model';

/** Snapshots that hold a whole platform: of the other clusters only the checks are compared, as their platforms are the same. */
const WHOLE = ['lifecycle', 'network'];

/** What differs from one machine to the next, or says again what a template says. */
const LEFT_OUT = ['*.metadata.json', '*.assets.json', 'integ.json', 'validation-report.json'];

/** The integration tests: their tasks, one task for all of them, and the workflow that a fork can switch on. */
export function integTests(project: awscdk.AwsCdkConstructLibrary) {
  new awscdk.IntegrationTestAutoDiscover(project, { testdir: 'integ', tsconfigPath: './tsconfig.dev.json', cdkDeps: project.cdkDeps });
  const tests = project.components.filter(it => it instanceof awscdk.IntegrationTest);
  const all = project.addTask('integ', { description: 'Deploy, check and destroy all integration tests in the account of the environment, one after the other' });
  for (const test of tests) {
    compare(project, test);
    deploy(test);
    all.spawn(test.deployTask);
  }
  project.gitattributes.addAttributes('/integ/*.snapshot/**', 'linguist-generated');
  workflow(project, tests.map(nameOf));
}

/** The snapshot: templates only, without copies of the assets. */
function compare(project: awscdk.AwsCdkConstructLibrary, test: awscdk.IntegrationTest) {
  const { assertTask, snapshotTask } = test;
  const name = nameOf(test);
  const leftOut = WHOLE.includes(name) ? LEFT_OUT : [...LEFT_OUT, `integ-${name}.template.json`];
  [assertTask, snapshotTask].forEach(task => {
    task.env('CDK_VALIDATION', 'false');
    task.env('INTEG_TEMPLATES_ONLY', 'true');
  });
  const last = assertTask.steps.length - 1;
  const [diff, recursive, ...rest] = assertTask.steps[last].execArgs!;
  assertTask.updateStep(last, { execArgs: [diff, recursive, ...leftOut.flatMap(it => ['-x', it]), ...rest] });
  leftOut.forEach(it => project.addGitIgnore(`/integ/${name}.integ.snapshot/${it}`));
}

/** A deployment ends with a table of what was found, and with the destruction if all was well; its snapshot is none that others could compare with. */
function deploy(test: awscdk.IntegrationTest) {
  const { deployTask, destroyTask } = test;
  const name = nameOf(test);
  const outputs = `integ/.tmp/${name}.integ/outputs.json`;
  const script = (file: string, ...args: string[]) => ['ts-node', '-P', './tsconfig.dev.json', `integ/support/${file}.ts`, name, ...args];
  const [clean, cdk] = deployTask.steps;
  again(deployTask, [
    [...clean.execArgs!, outputs],
    [...cdk.execArgs!, '--no-rollback', '--outputs-file', outputs], // what failed stays to be looked at, with its logs
    script('verdict', outputs),
  ]);
  deployTask.description = `Deploy integration test '${name}', tell what its checks found, and destroy it if all was well`;
  deployTask.env('INTEG_SALT', '$(date +%s)'); // checks run again in a stack that is there already
  deployTask.spawn(destroyTask);

  const app = cdk.execArgs![cdk.execArgs!.indexOf('--app') + 1];
  destroyTask.description = `Destroy integration test '${name}' and look for what is left`;
  again(destroyTask, [['cdk', 'destroy', '--app', app, '--no-notices', '--no-version-reporting', '--force', '**'], script('orphans')]);
}

/** projen keeps the name to itself, and names the tasks by it. */
function nameOf({ deployTask }: awscdk.IntegrationTest): string {
  return deployTask.name.split(':')[1];
}

function again(task: Task, steps: string[][]) {
  task.reset();
  task.env('CDK_VALIDATION', 'false');
  steps.forEach(step => task.execArgs(step));
}

/** Off until the repository has the variable INTEG_ROLE_ARN. */
function workflow(project: awscdk.AwsCdkConstructLibrary, subjects: string[]) {
  const integ = new github.GithubWorkflow(project.github!, 'integ', { limitConcurrency: true, concurrencyOptions: { group: 'integ', cancelInProgress: false } });
  integ.on({
    workflowDispatch: {
      inputs: {
        subject: { description: 'What to test', type: 'choice', options: ['all', ...subjects], default: 'all', required: true },
        region: { description: 'The region', default: 'us-east-1', required: true },
      },
    } as any, // projen's type lacks the inputs
  });
  const credentials = (when?: string) => ({
    name: 'Assume the role',
    if: when,
    uses: 'aws-actions/configure-aws-credentials@v5',
    with: { 'role-to-assume': '${{ vars.INTEG_ROLE_ARN }}', 'aws-region': '${{ inputs.region }}', 'role-duration-seconds': 3 * 3600 },
  });
  const job: Job = {
    name: '${{ matrix.subject }}',
    runsOn: ['ubuntu-latest'],
    if: "vars.INTEG_ROLE_ARN != ''",
    timeoutMinutes: 240,
    permissions: { contents: JobPermission.READ, idToken: JobPermission.WRITE },
    strategy: {
      failFast: false,
      maxParallel: 1,
      matrix: { domain: { subject: `\${{ fromJSON(inputs.subject == 'all' && '${JSON.stringify(subjects)}' || format('["{0}"]', inputs.subject)) }}` as any } },
    },
    env: {
      CI: 'true',
      INTEG_RUN: '${{ github.run_number }}',
      INTEG_ZONE_NAME: '${{ vars.INTEG_ZONE_NAME }}',
      INTEG_ZONE_ID: '${{ vars.INTEG_ZONE_ID }}',
      INTEG_ZONES: '${{ vars.INTEG_ZONES }}',
    },
    steps: [
      github.WorkflowSteps.checkout(),
      { name: 'Set up Node', uses: 'actions/setup-node@v4', with: { 'node-version': '22' } },
      { name: 'Install', run: 'npm ci' },
      credentials(),
      { name: 'Deploy and check', run: 'npx projen integ:${{ matrix.subject }}:deploy' },
      // The first ones may have ended by now.
      credentials('always()'),
      { name: 'Destroy, and look for what is left', if: 'always()', run: 'npx projen integ:${{ matrix.subject }}:destroy' },
    ],
  };
  integ.addJob('integ', job);
}
