import { readFileSync, rmSync } from 'fs';
import { helmRuns } from '../../rehearsal/charts/helm';
import { chartSource } from '../../rehearsal/charts/repository';
import { adverse } from '../../rehearsal/dependencies/adverse';
import { keyOf } from '../../rehearsal/dependencies/dependency';
import { withNeeds } from '../../rehearsal/dependencies/graph';
import { Machine } from '../../rehearsal/dependencies/machine';
import { synthesizePlatforms, type Platform } from '../../rehearsal/dependencies/platforms';
import { createStack, type StackEnded } from '../../rehearsal/dependencies/stacks';
import type { RunningEnvironment } from '../../rehearsal/environment/environment';
import { helm } from '../../rehearsal/lifecycle/kubernetes';
import { missingOf, prepare, REHEARSAL } from '../../rehearsal/setup/toolchain';
import { setChartVersions } from '../../rehearsal/template/changes';
import { releasesOf } from '../../rehearsal/template/platform';
import { emptyFolder } from '../../tools/npm';
import { ofType, type Template } from '../../tools/template';
import { describeUnless } from '../support/run';

describeUnless(missingOf(REHEARSAL))('what a rehearsal fails for, and says', () => {
  const assembly = emptyFolder();
  let machine: Machine;
  let platform: Platform;
  let environment: RunningEnvironment;

  beforeAll(async () => {
    platform = synthesizePlatforms(assembly)[0];
    const toolchain = await prepare({ kubernetes: '1.36', say: () => undefined });
    machine = new Machine({ toolchain, charts: chartSource(''), patienceSeconds: 2, helmSeconds: 4 }, assembly);
  }, 30_000);

  beforeEach(async () => {
    environment = await machine.ready();
  }, 60_000);

  afterEach(() => machine.clean(), 60_000);

  afterAll(async () => {
    await machine.stop(true);
    rmSync(assembly, { recursive: true });
  }, 30_000);

  /** Creates the first release and what it needs, with a change, and reports what failed first. */
  async function withoutLuck(change: (template: Template) => void): Promise<StackEnded['failed'][number]> {
    const whole: Template = JSON.parse(JSON.stringify(platform.template));
    const template = withNeeds(whole, [releasesOf(whole).find(it => it.name === 'cilium')!.logicalId]);
    change(template);
    return fails(template);
  }

  async function fails(template: Template): Promise<StackEnded['failed'][number]> {
    const { status, failed } = await createStack(environment, platform.stack.stackName, template);
    expect(status).toBe('DELETE_COMPLETE');
    return failed[0];
  }

  test('a right that Helm\'s function needs is missing: AWS names it', async () => {
    const failed = await withoutLuck(template => {
      const statements = ofType(template, 'AWS::IAM::Role').flatMap(it => it.Properties.Policies ?? []).flatMap(it => it.PolicyDocument.Statement);
      const [login, ...others] = statements.filter(it => it.Action === 'ecr:GetAuthorizationToken');
      expect([login, others]).toEqual([expect.anything(), []]);
      login.Action = 'ecr:DescribeRegistry';
      releasesOf(template).forEach(({ logicalId }) => {
        template.Resources[logicalId].Properties.Repository = 'oci://111122223333.dkr.ecr.us-east-1.amazonaws.com/cilium';
      });
    });
    expect(failed).toMatchObject({ type: 'Custom::AWSCDK-EKS-HelmChart', action: 'create' });
    expect(failed.said).toMatch(/assumed-role\/\S*Handler\S* is not authorized to perform: ecr:GetAuthorizationToken/);
  }, 240_000); // the function waits two minutes for rights that were just granted

  test('a chart has no such version: Helm names chart, version and repository', async () => {
    const failed = await withoutLuck(template => setChartVersions(template, () => '99.99.99'));
    expect(failed).toMatchObject({ type: 'Custom::AWSCDK-EKS-HelmChart', action: 'create' });
    expect(failed.said).toMatch(/chart "cilium" version "99\.99\.99" not found in \S+helm\.cilium\.io repository/);
  }, 90_000);

  test('nodes come before Cilium: no node gets ready, and the group fails as EKS has it', async () => {
    const failed = await fails(adverse(platform.template, platform.dependencies.filter(it => keyOf(it) === 'Nodes -> Cilium')).template);
    expect(failed).toMatchObject({ type: 'AWS::EKS::Nodegroup', action: 'create' });
    expect(failed.said).toMatch(/^NodeCreationFailure: Unhealthy nodes in the kubernetes cluster \(Nodegroup \S+, ResourceIds: i-[0-9a-f]{17}, i-[0-9a-f]{17}\)$/);
  }, 90_000);

  test('Cilium is waited for: no node can run it, so Helm gives up and uninstalls it', async () => {
    const failed = await withoutLuck(template => releasesOf(template).forEach(({ logicalId }) => {
      Object.assign(template.Resources[logicalId].Properties, { Wait: true, Atomic: true });
    }));
    expect(failed).toMatchObject({ type: 'Custom::AWSCDK-EKS-HelmChart', action: 'create' });
    const [run] = helmRuns(environment.helmRuns).filter(it => it.verb === 'upgrade').slice(-1);
    expect([run.release, run.exitCode]).toEqual(['cilium', 1]);
    expect(failed.said).toMatch(/has been uninstalled/);
    expect(readFileSync(environment.emulator.remainsFile, 'utf8')).not.toContain('Helm release');
    expect(await helm(environment, 'list', '--all-namespaces')).toEqual([]);
  }, 90_000);
});
