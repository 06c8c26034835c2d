import { existsSync, readFileSync, rmSync } from 'fs';
import { join } from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { shop } from '../../examples/typescript/main';
import { leftOver } from '../../rehearsal/aws/inventory';
import { runSteps } from '../../rehearsal/lifecycle/step';
import { eventually, expectNone, NotAsExpected } from '../../rehearsal/support/expect';
import { locked } from '../../rehearsal/support/lock';
import { changed, stacksOf, templateOf } from '../../rehearsal/template/assembly';
import { addHelmValue, addNode, setChartVersions, unprotect } from '../../rehearsal/template/changes';
import { hasValue, isProtected, nodeCount, objectsOf, releasesOf } from '../../rehearsal/template/platform';
import { standIn } from '../../rehearsal/template/stand-in';
import { emptyFolder } from '../../tools/npm';
import { textOf } from '../../tools/references';
import { ofType, type Template } from '../../tools/template';

const folder = emptyFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const assembly = join(folder, 'synthesized');
const app = new App({ outdir: assembly, context: { 'aws:cdk:disable-asset-staging': true } });
shop(app);
app.synth();
const stackOf = (name: string) => stacksOf(assembly).find(stack => stack.id === name)!;
const template = (name = 'shop-dev'): Template => templateOf(stackOf(name));

describe('a template', () => {
  test('lists the releases that it asks for, and says which are waited for', () => {
    expect(releasesOf(template())).toMatchObject([
      { name: 'cilium', namespace: 'kube-system', wait: false },
      { name: 'aws-load-balancer-controller', namespace: 'kube-system', wait: true },
      { name: 'external-dns', namespace: 'external-dns', wait: true },
    ]);
  });

  test('lists the objects of its manifests, including both redirect policies', () => {
    expect(objectsOf(template()).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'ServiceAccount node-local-dns', 'Service kube-dns-upstream', 'ConfigMap node-local-dns', 'DaemonSet node-local-dns',
      'CiliumLocalRedirectPolicy node-local-dns-service', 'CiliumLocalRedirectPolicy node-local-dns-address',
    ]);
  });

  test.each([['shop-dev', 2], ['shop-staging', 3]])('%s asks for %d nodes', (name, nodes) => {
    expect(nodeCount(template(name))).toBe(nodes);
  });

  test.each([['shop-dev', false], ['shop-prod', true]])('%s is protected: %s', (name, expected) => {
    expect(isProtected(template(name))).toBe(expected);
    expect(stackOf(name).terminationProtection).toBe(expected);
  });

  test('shows text with what only the deployment knows left open', () => {
    expect(textOf({ 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }, standIn)).toBe('a-token-b');
  });
});

describe('a change of a template', () => {
  const valuesOf = (changedTemplate: Template, release: string) =>
    JSON.parse(textOf(ofType(changedTemplate, 'Custom::AWSCDK-EKS-HelmChart').find(it => it.Properties.Release === release)!.Properties.Values));

  test('can be distinguished from what is there already: a Helm value', () => {
    const one = template();
    const controller = releasesOf(one).find(it => it.name === 'aws-load-balancer-controller')!;
    expect([hasValue(one, controller, 'clusterName'), hasValue(one, controller, 'image')]).toEqual([true, false]);
    addHelmValue(one, controller.name, 'image', { repository: 'broken' });
    expect(hasValue(one, controller, 'image')).toBe(true);
  });

  test('adds a Helm value to those that are there', () => {
    const one = template();
    const before = valuesOf(one, 'cilium');
    addHelmValue(one, 'cilium', 'podLabels', { a: 'b' });
    expect(valuesOf(one, 'cilium')).toEqual({ podLabels: { a: 'b' }, ...before });
  });

  test.each([[undefined], ['{}']])('adds a Helm value to none: %s', values => {
    const one = { Resources: { Chart: { Type: 'Custom::AWSCDK-EKS-HelmChart', Properties: { Release: 'own', Values: values } } } };
    addHelmValue(one, 'own', 'a', 1);
    expect(valuesOf(one, 'own')).toEqual({ a: 1 });
  });

  test('asks for a node more, and for room for it', () => {
    const one = template();
    const scaling = ofType(one, 'AWS::EKS::Nodegroup')[0].Properties.ScalingConfig;
    scaling.MaxSize = scaling.DesiredSize;
    addNode(one);
    expect(scaling).toMatchObject({ DesiredSize: 3, MaxSize: 3 });
  });

  test('asks for other versions of charts', () => {
    const one = template();
    setChartVersions(one, release => release.name === 'cilium' ? '9.9.9' : release.version!);
    expect(releasesOf(one).map(it => it.version)).toEqual(['9.9.9', ...releasesOf(template()).slice(1).map(it => it.version)]);
  });

  test('switches protection off', () => {
    const one = template('shop-prod');
    unprotect(one);
    expect(isProtected(one)).toBe(false);
  });
});

describe('a changed copy of an app', () => {
  const copy = join(folder, 'changed');
  const { stack } = changed({ assembly, stack: stackOf('shop-prod') }, copy, { template: unprotect, terminationProtection: false });

  test('has the change, and the original has not', () => {
    expect(isProtected(templateOf(stack))).toBe(false);
    expect(stack.terminationProtection).toBe(false);
    expect(isProtected(template('shop-prod'))).toBe(true);
    expect(stackOf('shop-prod').terminationProtection).toBe(true);
  });

  test('has its template under a new name: otherwise the CLI would not upload it', () => {
    const urlIn = (of: string) => JSON.parse(readFileSync(join(of, 'manifest.json'), 'utf8')).artifacts['shop-prod'].properties.stackTemplateAssetObjectUrl;
    const keyIn = (of: string) => Object.values<any>(JSON.parse(readFileSync(join(of, 'shop-prod.assets.json'), 'utf8')).files)
      .filter(file => file.source.path === 'shop-prod.template.json').flatMap(file => Object.values<any>(file.destinations))[0].objectKey;
    expect(urlIn(copy)).not.toBe(urlIn(assembly));
    expect(urlIn(copy)).toMatch(new RegExp(`/${keyIn(copy)}$`));
  });
});

describe('the stacks of an app', () => {
  test('are known by the names that the CLI accepts', () => {
    expect(stacksOf(assembly).map(stack => stack.id)).toEqual(['shop-dev', 'shop-staging', 'shop-prod']);
  });

  test('say which account and region they are bound to', () => {
    const bound = new App({ outdir: join(folder, 'bound') });
    new Stack(bound, 'bound', { env: { account: '111122223333', region: 'us-east-1' } });
    bound.synth();
    expect(stacksOf(join(folder, 'bound'))[0].environment).toBe('aws://111122223333/us-east-1');
    expect(stackOf('shop-dev').environment).toBe('aws://unknown-account/unknown-region');
  });
});

describe('steps', () => {
  const step = (name: string, work: () => Promise<string>) => ({ name, work });

  test('run one after the other, each said as it ends', async () => {
    const said: string[] = [];
    const results = await runSteps([step('deploy', async () => 'done'), step('destroy', async () => 'gone')], result => said.push(result.name));
    expect(results.map(({ outcome, detail }) => [outcome, detail])).toEqual([['passed', 'done'], ['passed', 'gone']]);
    expect(said).toEqual(['deploy', 'destroy']);
  });

  test('end with the first that fails', async () => {
    const never = jest.fn();
    const results = await runSteps([step('deploy', async () => Promise.reject(new Error('no room'))), step('destroy', never)], () => undefined);
    expect(results).toMatchObject([{ outcome: 'failed', detail: 'no room' }]);
    expect(never).not.toHaveBeenCalled();
  });
});

describe('an expectation', () => {
  test('says what was expected, what was found, and where to look', () => {
    expect(() => expectNone(['node-1 is not Ready'], 'every node to be Ready', 'kwok.log'))
      .toThrow('expected every node to be Ready\n  found node-1 is not Ready\n  see kwok.log');
    expect(() => expectNone([], 'every node to be Ready', 'kwok.log')).not.toThrow();
  });

  test('is tried again until it holds, and in the end fails as it failed last', async () => {
    let count = 0;
    await expect(eventually(async () => {
      if (++count < 2) {
        throw new NotAsExpected('2', String(count), 'log');
      }
      return count;
    })).resolves.toBe(2);
    await expect(eventually(async () => Promise.reject(new Error('never')), 0)).rejects.toThrow('never');
  });
});

test('what is left is what was not there before', () => {
  expect(leftOver({ VPC: ['default'] }, { VPC: ['default', 'vpc-1'], role: ['own'] })).toEqual(['VPC vpc-1', 'role own']);
});

test('a second rehearsal is refused while the first runs, and not after', async () => {
  const file = join(folder, 'locks', 'rehearsal.lock');
  const refuse = (pid: number) => { throw new Error(`process ${pid} runs`); };
  await locked(file, refuse, async () => {
    await expect(locked(file, refuse, async () => 'second')).rejects.toThrow(`process ${process.pid} runs`);
    expect(existsSync(file)).toBe(true);
  });
  expect(await locked(file, refuse, async () => 'third')).toBe('third');
});
