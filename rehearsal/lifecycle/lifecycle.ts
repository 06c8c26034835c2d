import { join } from 'path';
import { changed, templateOf, type SynthesizedStack, type Template } from './assembly';
import { hasHelmValue, logOfEmulator, platformIsWhole, stackIs } from './checks';
import { aws, inventory, objects, helm, type Context } from './context';
import { eventually, expectNone, NotAsExpected } from './expect';
import { leftOver, type Inventory } from './inventory';
import { addHelmValue, addNode, isProtected, releasesOf, setChartVersions, unprotect } from './platform';
import { CHARTS, nextPatch } from '../charts/repository';
import type { StepResult } from '../report/timeline';
import { lastLines } from '../support/processes';

/** A step: what it does, and the work, which tells what it saw. */
export interface Step {
  readonly name: string;
  readonly work: () => Promise<string>;
}

/** A Helm value that all three charts take and the library does not set. */
const VALUE = { name: 'podLabels', value: { rehearsal: 'updated' } };

/** Another one, of the update that fails. */
const BROKEN_VALUE = { name: 'podAnnotations', value: { rehearsal: 'broken' } };

/** A version that no chart has. */
const NO_SUCH_VERSION = '99.99.99';

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
  private assembly: string;
  private stack: SynthesizedStack;
  private template: Template;

  constructor(private readonly context: Context) {
    this.assembly = context.assembly;
    this.stack = context.stack;
    this.template = templateOf(context.stack);
  }

  /** The whole life. */
  whole(): Step[] {
    return [
      ...this.up(),
      { name: 'diff is empty', work: () => this.diffIsEmpty() },
      { name: 'update', work: () => this.update() },
      { name: 'the update is whole', work: () => this.updateIsWhole() },
      { name: 'broken update rolls back', work: () => this.brokenUpdate() },
      { name: 'whole after the rollback', work: () => this.updateIsWhole() },
      ...this.isProtected() ? [
        { name: 'destroy is refused', work: () => this.destroyIsRefused() },
        { name: 'protection is switched off', work: () => this.unprotect() },
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
    ];
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
    return `a Helm value, one node more, ${releasesOf(this.template).map(it => `${it.name} ${it.version}`).join(', ')}`;
  }

  private async updateIsWhole(): Promise<string> {
    const seen = await platformIsWhole(this.context, this.template);
    for (const release of releasesOf(this.template)) {
      await hasHelmValue(this.context, release, VALUE.name, VALUE.value);
      await hasHelmValue(this.context, release, BROKEN_VALUE.name, undefined);
    }
    return seen;
  }

  /** All is changed once more, and one of the charts to a version that does not exist: all must go back. */
  private async brokenUpdate(): Promise<string> {
    const [broken] = releasesOf(this.template).filter(it => it.wait && it.version !== undefined).concat(releasesOf(this.template));
    if (!broken) {
      return 'no Helm release that could break';
    }
    const folder = join(this.context.folder, 'broken');
    const stack = changed(this.assembly, folder, this.stack, {
      template: template => {
        releasesOf(template).forEach(release => addHelmValue(template, release.name, BROKEN_VALUE.name, BROKEN_VALUE.value));
        template.Resources[broken.logicalId].Properties.Version = NO_SUCH_VERSION;
      },
    });
    const { code, log, output } = await this.context.cdk.try(deployCommand(folder, stack));
    if (code === 0) {
      throw new NotAsExpected(`an update to ${broken.name} ${NO_SUCH_VERSION} to fail`, 'it succeeded', log);
    }
    if (!output.includes(NO_SUCH_VERSION)) {
      throw new NotAsExpected(`the update to fail for the version ${NO_SUCH_VERSION}`, lastLines(log, 10), log);
    }
    await stackIs(this.context, 'UPDATE_ROLLBACK_COMPLETE');
    return `${broken.name} ${NO_SUCH_VERSION} is not to be had, UPDATE_ROLLBACK_COMPLETE`;
  }

  /** By the stack's protection or by the cluster's, whichever is there. */
  private async destroyIsRefused(): Promise<string> {
    const { output, log } = await this.context.cdk.try(destroyCommand(this.assembly, this.stack));
    const said = output.split('\n').find(line => /terminationprotection|deletion protection/i.test(line));
    if (!said) {
      throw new NotAsExpected('`cdk destroy` to be refused for its protection', lastLines(log, 10), log);
    }
    return `refused; ${await platformIsWhole(this.context, this.template)}`;
  }

  private async unprotect(): Promise<string> {
    this.change('unprotected', unprotect, false);
    await this.cdkDeploy(this.assembly, this.stack);
    return 'deletion protection of the cluster, termination protection of the stack';
  }

  private async destroy(): Promise<string> {
    await this.context.cdk.run(destroyCommand(this.assembly, this.stack));
    const { StackSummaries } = await aws(this.context, 'cloudformation', 'list-stacks');
    const left = StackSummaries.filter((it: any) => it.StackName === this.stack.stackName && it.StackStatus !== 'DELETE_COMPLETE');
    expectNone(left.map((it: any) => `${it.StackName} is ${it.StackStatus}`), 'the stack to be gone', logOfEmulator(this.context));
    return 'the stack is gone';
  }

  private async nothingIsLeft(): Promise<string> {
    const after = await inventory(this.context);
    const logGroup = `log group /aws/lambda/${this.stack.stackName}-`;
    const [lambdas, others] = [true, false].map(own => leftOver(this.before, after).filter(it => it.startsWith(logGroup) === own));
    expectNone(others, 'nothing of the platform in the account', logOfEmulator(this.context));
    return eventually(async () => {
      const found: any[] = await helm(this.context, 'list', '--all-namespaces');
      const kinds = ['nodes', 'deployments', 'daemonsets', 'jobs', 'pods', 'ingressclasses'];
      const left = [...found.map(it => `Helm release ${it.name}`)];
      for (const kind of kinds) {
        left.push(...(await objects(this.context, kind)).map(it => `${it.kind} ${it.metadata.name}`));
      }
      expectNone(left, 'nothing of the platform in Kubernetes', join(this.context.logs, 'kube-apiserver.log'));
      return `${Object.keys(after).length} kinds of AWS resources as before, no Helm release, node, workload or pod`
        + (lambdas.length > 0 ? `; ${lambdas.length} log groups stay that Lambda itself made, as they do in AWS` : '');
    });
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

function deployCommand(assembly: string, stack: SynthesizedStack): string[] {
  return ['deploy', stack.id, '--app', assembly, '--require-approval', 'never', '--progress', 'events'];
}

function destroyCommand(assembly: string, stack: SynthesizedStack): string[] {
  return ['destroy', stack.id, '--app', assembly, '--force', '--progress', 'events'];
}
