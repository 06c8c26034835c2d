import { mkdirSync, rmSync, writeFileSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Template as SynthesizedTemplate } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { Cdk } from '../../rehearsal/environment/cdk';
import { parse } from '../../rehearsal/lifecycle/args';
import { platformStack, synthesize } from '../../rehearsal/lifecycle/synthesis';
import { constructNames, stacksOf, templateOf, type SynthesizedStack } from '../../rehearsal/template/assembly';
import { setKubernetesVersion } from '../../rehearsal/template/changes';
import { EksPlatform } from '../../src';
import { emptyFolder } from '../../tools/npm';

const ACCOUNT = { account: '111122223333', region: 'us-east-1' };
const folder = emptyFolder();
afterAll(() => rmSync(folder, { recursive: true }));

/** A stack in its own folder, with a cluster or without. */
function stackOf(id: string, { environment = 'aws://unknown-account/unknown-region', cluster = {} as object | null } = {}): SynthesizedStack {
  const templateFile = join(folder, `${id}.template.json`);
  writeFileSync(templateFile, JSON.stringify({ Resources: cluster ? { Cluster: { Type: 'AWS::EKS::Cluster', Properties: cluster } } : {} }));
  return { id, stackName: `${id}-stack`, environment, templateFile, terminationProtection: false, needs: [] };
}

describe('the stack that is rehearsed', () => {
  const network = stackOf('network', { cluster: null });
  const [shop, other] = [stackOf('shop'), stackOf('other')];

  test('is the only one with a cluster', () => {
    expect(platformStack(parse(['--app', 'x']), [network, shop], ACCOUNT)).toBe(shop);
  });

  test.each(['other', 'other-stack'])('is the one that is named by its id or its name: %s', name => {
    expect(platformStack(parse(['--app', 'x', '--stack', name]), [shop, other], ACCOUNT)).toBe(other);
  });

  test.each([
    [['--app', 'x'], [shop, other], '`--stack` must name the stack to rehearse; those with a cluster are: shop, other; all are: shop, other'],
    [['--app', 'x'], [network], '`--stack` must name the stack to rehearse; those with a cluster are: none; all are: network'],
    [['--app', 'x', '--stack', 'shpo'], [shop], '`--stack` must name a stack of the app (shop), got: shpo'],
    [['--app', 'x'], [stackOf('far', { environment: 'aws://111122223333/eu-west-1' })],
      'far is bound to aws://111122223333/eu-west-1: rehearse it without `env`, or with account 111122223333 and region us-east-1'],
  ])('is missed with %j', (argv, stacks, message) => {
    expect(() => platformStack(parse(argv), stacks, ACCOUNT)).toThrow(message);
  });
});

describe('an app', () => {
  const log = join(folder, 'synth.log');
  const cdkThat = (code: number, stacks: SynthesizedStack[] = []) => ({
    try: async (args: string[]) => {
      const output = args[args.indexOf('--output') + 1];
      mkdirSync(output, { recursive: true });
      writeFileSync(log, 'Error: no such module');
      writeFileSync(join(output, 'manifest.json'), JSON.stringify({
        artifacts: Object.fromEntries(stacks.map(it => [it.id, {
          type: 'aws:cloudformation:stack', environment: it.environment, properties: { templateFile: `../${it.id}.template.json` },
        }])),
      }));
      return { code, output: '', log };
    },
  }) as unknown as Cdk;

  test('that does not synthesize ends the rehearsal with what it said', async () => {
    await expect(synthesize(cdkThat(1), parse(['--app', 'x']), folder, ACCOUNT))
      .rejects.toThrow('the app does not synthesize, `cdk synth` ended with 1:\nError: no such module');
  });

  test('that asks for another Kubernetes is told how to rehearse it', async () => {
    await expect(synthesize(cdkThat(0, [stackOf('old', { cluster: { Version: '1.35' } })]), parse(['--app', 'x']), folder, ACCOUNT))
      .rejects.toThrow('old asks for Kubernetes 1.35, and 1.36 is rehearsed: give --kubernetes 1.35');
  });

  test('of the starter takes the Kubernetes that is rehearsed', async () => {
    const { stack } = await synthesize(cdkThat(0, [stackOf('shop-dev', { cluster: { Version: '1.36' } })]), parse(['--kubernetes', '1.35']), folder, ACCOUNT);
    expect(templateOf(stack).Resources.Cluster.Properties.Version).toBe('1.35');
  });
});

test('another Kubernetes in the template is what another one in the source is', () => {
  const template = (kubernetesVersion?: eks.KubernetesVersion) => {
    const stack = new Stack(new App({ context: { 'aws:cdk:disable-asset-staging': true } }), 'shop');
    new EksPlatform(stack, 'Platform', { clusterName: 'shop', kubernetesVersion });
    return SynthesizedTemplate.fromStack(stack).toJSON() as any;
  };
  const changed = template();
  setKubernetesVersion(changed, '1.35');
  expect(changed).toEqual(template(eks.KubernetesVersion.V1_35));
});

describe('stacks that need each other', () => {
  const app = new App({ outdir: join(folder, 'two'), context: { 'aws:cdk:enable-path-metadata': true } });
  const [base, middle, top] = ['base', 'middle', 'top'].map(id => new Stack(app, id, { stackName: `${id}-stack` }));
  middle.addStackDependency(base);
  top.addStackDependency(middle);
  new ec2.CfnVPC(top, 'Network', { cidrBlock: '10.0.0.0/16' });
  app.synth();
  const found = stacksOf(join(folder, 'two')).find(it => it.id === 'top')!;

  test('are listed in the order in which they are deployed', () => {
    expect(found.needs).toEqual([{ id: 'base', stackName: 'base-stack' }, { id: 'middle', stackName: 'middle-stack' }]);
  });

  test('have resources that are called by their constructs', () => {
    expect(constructNames(templateOf(found))).toEqual({ Network: 'Network' });
  });
});
