import { join } from 'path';
import { aws, inventory, objects, type Context } from './context';
import { judgeRemains, readRemains } from './remains';
import { leftOver, type Inventory } from '../aws/inventory';
import { changed, templateOf, type SynthesizedStack, type Template } from '../template/assembly';
import { Cleaners, hasCleaners, isGuarded, renameCleaners } from './steps/cleaners';
import { BROKEN_VALUE, brokenImage, brokenVersion } from './steps/rollback';
import { deployCommand } from '../environment/cdk';
import { nothingIsTold } from './steps/secrets';
import { templateIsSound } from './steps/sound';
import { hasHelmValue, logOfEmulator, platformIsWhole, stackIs } from './steps/whole';
import { eventually, expectNone, NotAsExpected } from '../support/expect';
import { addHelmValue, addNode, CLUSTER, isProtected, ofType, releasesOf, setChartVersions, unprotect } from '../template/platform';
import { ciliumAcceptsItsObjects, corefileAnswers, externalDnsKeepsToItsZone } from './steps/real-programs';
import { firstOf, upgradeSteps } from './steps/upgrade';
import { CHARTS, nextPatch } from '../charts/repository';
import { loadBalancersAreAsAsked } from './steps/load-balancers';
import type { StepResult } from '../report/timeline';
import { lastLines } from '../support/processes';

/** A step: what it does, and the work, which tells what it saw. */
export interface Step {
  readonly name: string;
  readonly work: () => Promise<string>;
}

/** A Helm value that all three charts take and the library does not set. */
const VALUE = { name: 'podLabels', value: { rehearsal: 'updated' } };

/** The step whose critical path is reported. */
export const DEPLOY = 'deploy';

/** Runs steps in their order, and none after one that failed. */
export async function runSteps(steps: Step[], say: (result: StepResult) => void): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const { name, work } of steps) {
    const start = Date.now();
    const result: StepResult = await work().then(
      detail => ({ name, start, end: Date.now(), outcome: 'passed' as const, detail }),
      (error: Error) => ({ name, start, end: Date.now(), outcome: 'failed' as const, detail: error.message }),
    );
    results.push(result);
    say(result);
    if (result.outcome === 'failed') {
      break;
    }
  }
  return results;
}

/** A platform's life, from an empty account back to an empty account. */
export class Lifecycle {
  private before: Inventory = {};
  private readonly cleaners: Cleaners;
  /** As they were deployed last. */
  assembly: string;
  stack: SynthesizedStack;
  template: Template;

  constructor(private readonly context: Context) {
    ({ assembly: this.assembly, stack: this.stack, template: this.template } = firstOf(context));
    this.cleaners = new Cleaners(context);
  }

  /**
   * The whole life.
   *
   * @param keep leaves the platform as it is after the last update
   */
  whole(keep = false): Step[] {
    return [
      { name: 'the template is sound', work: () => templateIsSound(this.context) },
      ...this.up(),
      { name: 'Cilium\'s own code accepts our Cilium objects', work: () => ciliumAcceptsItsObjects(this.context, this.template) },
      { name: 'the node-local Corefile answers in the real CoreDNS', work: () => corefileAnswers(this.context, this.template) },
      { name: 'external-dns writes to its zone and no other', work: () => externalDnsKeepsToItsZone(this.context, this.template) },
      { name: 'diff is empty', work: () => this.diffIsEmpty() },
      { name: 'update', work: () => this.update() },
      { name: 'the update is whole', work: () => this.updateIsWhole() },
      ...this.loadBalancers(),
      { name: 'broken update rolls back', work: () => brokenVersion(this.context, this) },
      { name: 'broken image rolls back', work: () => brokenImage(this.context, this) },
      { name: 'whole after the rollback', work: () => this.updateIsWhole() },
      { name: 'no secret is told', work: () => nothingIsTold(this.context, this.stack.templateFile) },
      ...keep ? [] : this.end(),
    ];
  }

  private end(): Step[] {
    return [
      ...hasCleaners(this.template) ? [
        { name: 'leftovers are planted', work: () => this.cleaners.plant(this.template) },
        { name: 'renamed on a living platform, teardown and drain delete nothing', work: () => this.rename() },
      ] : [],
      ...this.stack.terminationProtection ? [
        { name: 'the stack refuses to be destroyed', work: () => this.destroyIsRefused() },
        { name: 'the stack\'s protection is switched off', work: () => this.unprotectStack() },
      ] : [],
      ...isProtected(this.template) ? [
        { name: 'destroy is refused before anything is deleted', work: () => this.destroyIsRefused() },
        { name: 'the cluster\'s protection is switched off', work: () => this.cleaners.unprotectCluster() },
      ] : [],
      ...this.down(),
    ];
  }

  /** Up and down: what another order of creation can change. */
  short(): Step[] {
    return [
      ...this.up(),
      ...this.isProtected() ? [{ name: 'protection is switched off', work: () => this.unprotect() }] : [],
      ...this.down(),
    ];
  }

  private up(): Step[] {
    return [
      { name: 'bootstrap', work: () => this.bootstrap() },
      { name: DEPLOY, work: () => this.deploy() },
      { name: 'the platform is whole', work: () => platformIsWhole(this.context, this.template) },
      ...this.loadBalancers(),
      ...upgradeSteps(this.context, this),
    ];
  }

  /** Only the real controller makes them. */
  private loadBalancers(): Step[] {
    return this.context.controller ? [{ name: 'load balancers are as asked', work: () => loadBalancersAreAsAsked(this.context) }] : [];
  }

  private down(): Step[] {
    return [
      { name: 'destroy', work: () => this.destroy() },
      { name: 'nothing is left', work: () => this.nothingIsLeft() },
    ];
  }

  private isProtected(): boolean {
    return this.stack.terminationProtection || isProtected(this.template);
  }

  private async bootstrap(): Promise<string> {
    const { account, region } = this.context.emulator;
    await this.context.cdk.run(['bootstrap', `aws://${account}/${region}`]);
    this.before = await inventory(this.context);
    return `account ${account}, ${region}`;
  }

  private async deploy(): Promise<string> {
    await this.cdkDeploy(this.assembly, this.stack);
    await stackIs(this.context, 'CREATE_COMPLETE');
    return `${Object.keys(this.template.Resources).length} resources, CREATE_COMPLETE`;
  }

  private async diffIsEmpty(): Promise<string> {
    const { code, log } = await this.context.cdk.try(['diff', this.stack.id, '--app', this.assembly, '--fail']);
    if (code !== 0) {
      throw new NotAsExpected('`cdk diff` to find no difference', `exit code ${code}:\n${lastLines(log, 20)}`, log);
    }
    return 'no difference';
  }

  /** A Helm value in each release, a node more, and the next version of our charts. */
  private async update(): Promise<string> {
    this.change('updated', template => {
      releasesOf(template).forEach(release => addHelmValue(template, release.name, VALUE.name, VALUE.value));
      setChartVersions(template, ({ name, version }) => this.isOurs(name, version!) ? nextPatch(version!) : version!);
      addNode(template);
    });
    await this.cdkDeploy(this.assembly, this.stack);
    await stackIs(this.context, 'UPDATE_COMPLETE');
    return `a Helm value, one node more, ${releasesOf(this.template).map(it => `${it.name} ${it.version ?? 'as an asset'}`).join(', ')}`;
  }

  private async updateIsWhole(): Promise<string> {
    const seen = await platformIsWhole(this.context, this.template);
    for (const release of releasesOf(this.template)) {
      await hasHelmValue(this.context, release, VALUE.name, VALUE.value);
      await hasHelmValue(this.context, release, BROKEN_VALUE.name, undefined);
    }
    return seen;
  }

  private async rename(): Promise<string> {
    let renamed: string[] = [];
    this.change('renamed', template => { renamed = renameCleaners(template); });
    await this.cdkDeploy(this.assembly, this.stack);
    await stackIs(this.context, 'UPDATE_COMPLETE');
    return `${renamed.join(' and ')} have other names; ${await this.cleaners.didNothing()}`;
  }

  /** By the stack's protection or by the cluster's, whichever is there; by the guard before anything is deleted. */
  private async destroyIsRefused(): Promise<string> {
    const start = Date.now();
    const { output, log } = await this.context.cdk.try(destroyCommand(this.assembly, this.stack));
    const said = output.split('\n').find(line => /terminationprotection|deletion protection/i.test(line));
    if (!said) {
      throw new NotAsExpected('`cdk destroy` to be refused for its protection', lastLines(log, 10), log);
    }
    if (!this.stack.terminationProtection && isGuarded(this.template)) {
      this.cleaners.deletedNothing(start);
    }
    await this.cleaners.didNothing();
    return `refused; ${await platformIsWhole(this.context, this.template)}`;
  }

  private async unprotect(): Promise<string> {
    this.change('unprotected', unprotect, false);
    await this.cdkDeploy(this.assembly, this.stack);
    return 'deletion protection of the cluster, termination protection of the stack';
  }

  private async unprotectStack(): Promise<string> {
    this.change('without-termination-protection', () => undefined, false);
    await this.cdkDeploy(this.assembly, this.stack);
    return 'the termination protection of the stack; the cluster keeps its own';
  }

  private async destroy(): Promise<string> {
    await this.context.cdk.run(destroyCommand(this.assembly, this.stack));
    const { StackSummaries } = await aws(this.context, 'cloudformation', 'list-stacks');
    const own = this.deployed();
    const left = StackSummaries.filter((it: any) => own.includes(it.StackName) && it.StackStatus !== 'DELETE_COMPLETE');
    expectNone(left.map((it: any) => `${it.StackName} is ${it.StackStatus}`), `${own.join(', ')} to be gone`, logOfEmulator(this.context));
    return own.length === 1 ? 'the stack is gone' : `${own.join(', ')} are gone`;
  }

  private async nothingIsLeft(): Promise<string> {
    return [...await this.cleaners.didTheirWork(), await this.accountIsEmpty(), await this.clusterWasEmpty()].join('; ');
  }

  private async accountIsEmpty(): Promise<string> {
    const after = await inventory(this.context);
    const logGroups = this.deployed().map(name => `log group /aws/lambda/${name}-`);
    const isLambdas = (it: string) => logGroups.some(group => it.startsWith(group));
    const [lambdas, others] = [true, false].map(own => leftOver(this.before, after).filter(it => isLambdas(it) === own));
    expectNone(others, 'nothing of the platform in the account', logOfEmulator(this.context));
    return `${Object.keys(after).length} kinds of AWS resources as before`
      + (lambdas.length > 0 ? `, but for ${lambdas.length} log groups that Lambda itself made, as in AWS` : '');
  }

  /** When it was deleted, and not only because it was. */
  private async clusterWasEmpty(): Promise<string> {
    if (ofType(this.template, CLUSTER).length === 0) {
      return 'no cluster of its own';
    }
    const { wrong, right } = judgeRemains(readRemains(this.context.emulator.remainsFile), this.template);
    expectNone(wrong, 'nothing of the platform in Kubernetes when the cluster was deleted', logOfEmulator(this.context));
    return eventually(async () => {
      const left = [...await objects(this.context, 'nodes'), ...await objects(this.context, 'pods')];
      expectNone(left.map(it => `${it.kind} ${it.metadata.name}`), 'no node and no pod', join(this.context.logs, 'kube-apiserver.log'));
      return `Kubernetes was empty when the cluster went${right.length > 0 ? `, but for what goes with it: ${right.join(', ')}` : ''}`;
    });
  }

  /** The names of the stack and of those that it needs. */
  private deployed(): string[] {
    return [this.stack, ...this.stack.needs].map(it => it.stackName);
  }

  private change(name: string, template: (template: Template) => void, terminationProtection?: boolean) {
    const folder = join(this.context.folder, name);
    this.stack = changed(this.assembly, folder, this.stack, { template, terminationProtection });
    this.assembly = folder;
    this.template = templateOf(this.stack);
  }

  private async cdkDeploy(assembly: string, stack: SynthesizedStack) {
    await this.context.cdk.run(deployCommand(assembly, stack));
  }

  /** Only our own charts are served at a next version. */
  private isOurs(name: string, version: string): boolean {
    return CHARTS.some(chart => chart.name === name && chart.version === version);
  }
}

function destroyCommand(assembly: string, stack: SynthesizedStack): string[] {
  return ['destroy', stack.id, ...stack.needs.map(it => it.id), '--app', assembly, '--force', '--progress', 'events'];
}
