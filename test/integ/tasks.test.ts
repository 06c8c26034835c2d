import { mkdirSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { awscdk, Testing } from 'projen';
import { parse } from 'yaml';
import { integTests } from '../../projenrc/integ';
import { emptyFolder } from '../../tools/npm';

const folder = emptyFolder();
const { tasks, workflow, ignored } = synthesize(['dns', 'network']);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What projen writes for a project with these tests. */
function synthesize(subjects: string[]) {
  mkdirSync(join(folder, 'integ'));
  subjects.forEach(it => writeFileSync(join(folder, 'integ', `${it}.integ.ts`), ''));
  const project = new awscdk.AwsCdkConstructLibrary({
    name: 'library',
    author: 'a',
    authorAddress: 'https://example.com',
    repositoryUrl: 'https://example.com/a.git',
    cdkVersion: '2.270.0',
    defaultReleaseBranch: 'main',
    outdir: folder,
    integrationTestAutoDiscover: false,
    cdkCliVersion: '2.1148.1',
    workflowNodeVersion: '22',
  });
  integTests(project);
  const files = Testing.synth(project);
  return { tasks: files['.projen/tasks.json'].tasks, workflow: parse(files['.github/workflows/integ.yml']), ignored: files['.gitignore'].split('\n') };
}

const steps = (task: string): any[] => tasks[task].steps.map((it: any) => it.execArgs?.join(' ') ?? it.spawn);

describe('tasks', () => {
  test('integ deploys all, one after the other', () => {
    expect(steps('integ')).toEqual(['integ:dns:deploy', 'integ:network:deploy']);
  });

  test('deploy prints what was found, then destroys, and leaves the snapshot alone', () => {
    const [, cdk, verdict, ...rest] = steps('integ:dns:deploy');
    expect(cdk).toMatch(/^cdk deploy .* --no-rollback --outputs-file integ\/.tmp\/dns.integ\/outputs.json$/);
    expect(verdict).toBe('ts-node -P ./tsconfig.dev.json integ/support/verdict.ts dns integ/.tmp/dns.integ/outputs.json');
    expect(rest).toEqual(['integ:dns:destroy']);
    expect(JSON.stringify(steps('integ:dns:deploy'))).not.toContain('snapshot');
    expect(tasks['integ:dns:deploy'].env.INTEG_SALT).toBe('$(date +%s)');
  });

  test('destroy asks nobody, and looks for what is left', () => {
    expect(steps('integ:dns:destroy')).toEqual([
      'cdk destroy --app ts-node -P ./tsconfig.dev.json integ/dns.integ.ts --no-notices --no-version-reporting --force **',
      'ts-node -P ./tsconfig.dev.json integ/support/orphans.ts dns',
    ]);
  });

  test('assert compares templates without copying assets; of a platform like the others only the checks', () => {
    const [, , diff] = steps('integ:dns:assert');
    expect(tasks['integ:dns:assert'].env).toEqual({ CDK_VALIDATION: 'false', INTEG_TEMPLATES_ONLY: 'true' });
    expect(diff).toMatch(/^diff -r -x \*.metadata.json -x \*.assets.json -x integ.json -x validation-report.json -x integ-dns.template.json /);
    expect(steps('integ:network:assert')[2]).not.toContain('.template.json');
    expect(ignored).toContain('/integ/dns.integ.snapshot/integ-dns.template.json');
    expect(ignored.filter((it: string) => it.startsWith('/integ/network.integ.snapshot/'))).not.toContain('/integ/network.integ.snapshot/integ-network.template.json');
  });

  test('snapshots are compared in the gate', () => {
    expect(tasks.test.steps).toEqual(expect.arrayContaining([{ spawn: 'integ:dns:assert' }, { spawn: 'integ:network:assert' }]));
  });
});

describe('the workflow', () => {
  const { integ: job } = workflow.jobs;

  test('is started by hand only, one run at a time, where a role is named', () => {
    expect(Object.keys(workflow.on)).toEqual(['workflow_dispatch']);
    expect(workflow.on.workflow_dispatch.inputs.subject.options).toEqual(['all', 'dns', 'network']);
    expect(workflow.concurrency).toEqual({ 'group': 'integ', 'cancel-in-progress': false });
    expect(job.strategy).toMatchObject({ 'max-parallel': 1, 'fail-fast': false });
    expect(job.if).toBe('vars.INTEG_ROLE_ARN != \'\'');
    expect(job.permissions).toEqual({ 'contents': 'read', 'id-token': 'write' });
  });

  test('holds no keys: credentials are a role\'s, anew before the destruction', () => {
    expect(JSON.stringify(workflow)).not.toMatch(/secrets\./);
    expect(job.steps.filter((it: any) => it.with?.['role-to-assume'])).toHaveLength(2);
  });

  test('destroys whatever happened before', () => {
    expect(job.steps.at(-1)).toMatchObject({ name: 'Destroy, and look for what is left', if: 'always()', run: 'npx projen integ:${{ matrix.subject }}:destroy' });
    expect(job.steps.at(-2).if).toBe('always()');
  });

  test('tests all, or the one that was chosen', () => {
    expect(job.strategy.matrix.subject).toBe('${{ fromJSON(inputs.subject == \'all\' && \'["dns","network"]\' || format(\'["{0}"]\', inputs.subject)) }}');
  });
});
