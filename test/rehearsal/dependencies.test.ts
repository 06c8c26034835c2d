import { rmSync } from 'fs';
import { Template } from 'aws-cdk-lib/assertions';
import { adverse } from '../../rehearsal/dependencies/adverse';
import { keyOf, type Dependency } from '../../rehearsal/dependencies/dependency';
import { GUARDED, TESTS } from '../../rehearsal/dependencies/guards';
import { essence } from '../../rehearsal/dependencies/loss';
import { synthesizePlatforms } from '../../rehearsal/dependencies/platforms';
import { report, surprises } from '../../rehearsal/dependencies/report';
import { emptyFolder } from '../../tools/npm';
import { needsIn, reach } from '../../tools/order';
import { ORDER } from '../support/order';

const folder = emptyFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const platforms = synthesizePlatforms(folder, { 'aws:cdk:disable-asset-staging': true });
const irsa = platforms[1];
const needed = platforms.flatMap(platform => platform.dependencies.filter(it => it.lost.length > 0).map(dependency => ({ platform, dependency })));
const dependency = (key: string): Dependency => irsa.dependencies.find(it => keyOf(it) === key)!;
const edge = (from: string, to: string) => ({ from, to });

describe('the dependencies of a platform', () => {
  test.each(needed.map(it => ({ ...it, name: `${keyOf(it.dependency)} (${it.platform.stack.id})` })))('$name: its tests fail without it', ({ platform, dependency: it }) => {
    const { tests } = GUARDED.find(guarded => keyOf(guarded) === keyOf(it))!;
    const [whole, without] = [[], it.edges].map(dropped => Template.fromJSON(withoutEdges(platform.template, dropped)));
    const checks = tests.map(title => ORDER.find(one => one.title === title)!);
    expect(checks.map(one => one.title)).toEqual(tests);
    expect(checks.flatMap(one => one.unordered(whole))).toEqual([]);
    checks.forEach(one => expect([one.title, one.unordered(without)]).not.toEqual([one.title, []]));
  });

  test('all that are listed are there, once', () => {
    const listed = GUARDED.map(keyOf);
    expect(listed).toEqual([...new Set(listed)]);
    expect(listed.filter(key => !needed.some(it => keyOf(it.dependency) === key))).toEqual([]);
  });

  test('each has a test, in the file that is named', () => {
    expect(GUARDED.filter(it => it.tests.length === 0)).toEqual([]);
    expect(jest.requireActual('fs').readFileSync(TESTS, 'utf8')).toContain('test.each(ORDER)(\'$title\'');
  });

  test('those that a reference or another dependency implies are told apart from the others', () => {
    expect(dependency('AlbController/Release -> Cluster/KubectlReadyBarrier').lost).toEqual([]);
    expect(dependency('Cilium/Release -> Cilium/Role').lost).toEqual([]); // the chart's values name the role
  });

  test('what a loop declares is one dependency', () => {
    expect(dependency('Vpc/PublicSubnet*/DefaultRoute -> Vpc/VPCGW').edges).toHaveLength(3);
  });

  test('what a construct declares for all that is in it is one dependency, with the resources of both', () => {
    expect(dependency('AlbController -> CoreDns').edges).toHaveLength(2); // role and release
  });
});

describe('a template without a dependency', () => {
  const template = {
    Resources: {
      Network: { Type: 'Test::Network' },
      Access: { Type: 'Test::Access', DependsOn: 'Network' },
      Provider: { Type: 'Test::Provider', Properties: { In: { Ref: 'Network' } } },
      Release: { Type: 'Test::Release', Properties: { By: { 'Fn::GetAtt': ['Provider', 'Arn'] } }, DependsOn: ['Access', 'Side'] },
      Side: { Type: 'Test::Side' },
      App: { Type: 'Test::App', Properties: { Of: { 'Fn::Sub': 'on ${Release}' } } },
      Other: { Type: 'Test::Other', DependsOn: ['Network'] },
    },
  };
  const lost = { from: 'Release', to: 'Access', edges: [edge('Release', 'Access')], lost: [edge('Release', 'Access')] };
  const changed = adverse(template, [lost]).template;
  const needs = (id: string) => [...reach(needsIn(changed), id)].sort();

  test('creates what lost it first, after only what it needs', () => {
    expect(needs('Release')).toEqual(['Network', 'Provider', 'Side']);
  });

  test('creates what it depended on after everything else', () => {
    expect(needs('Access')).toEqual(['App', 'Network', 'Provider', 'Release', 'Side']);
  });

  test('leaves out what the loss can\'t reach', () => {
    expect(Object.keys(changed.Resources)).not.toContain('Other');
    expect(Object.keys(template.Resources)).toContain('Other');
  });

  test('has several turned round at once, and reports those that can\'t be', () => {
    const second = { from: 'Access', to: 'Network', edges: [edge('Access', 'Network')], lost: [edge('Access', 'Network')] };
    const third = { from: 'Release', to: 'Side', edges: [edge('Release', 'Side')], lost: [edge('Release', 'Side')] };
    const { dropped, postponed, template: both } = adverse(template, [lost, second, third]);
    expect(dropped).toEqual([lost, third]); // were Access before Network, Release would come before Network, which it needs
    expect(postponed).toEqual([second]);
    expect(reach(needsIn(both), 'Side')).toContain('Release');
  });

  test('is one that CloudFormation can create, for each dependency of a platform', () => {
    for (const { platform, dependency: it } of needed) {
      const graph = needsIn(adverse(platform.template, [it]).template);
      expect([...graph.keys()].filter(id => reach(graph, id).has(id))).toEqual([]);
      it.lost.forEach(({ from, to }) => expect(reach(graph, to)).toContain(from));
    }
  });
});

describe('the report', () => {
  const nodes = dependency('Nodes -> Cilium');
  const network = dependency('Teardown -> Vpc');
  const unhealthy = { moment: 'at create' as const, said: 'Nodes: NodeCreationFailure:\n  Unhealthy nodes' };

  test.each([
    [
      'what Helm said, without what it always says',
      'Error: b\'Flag --atomic has been deprecated\\nRelease "dns" does not exist. Installing it now.\\nError: release dns failed\\ncontext deadline exceeded\\n\'\n\nLogs: /aws',
      'release dns failed context deadline exceeded',
    ],
    [
      'what kubectl could not do',
      'Error: b\'service/dns created\\nno matches for kind "Moon"\\nensure CRDs are installed first\\n\'\n\nLogs: /aws',
      'no matches for kind "Moon" ensure CRDs are installed first',
    ],
    [
      'AWS\'s refusal',
      'Error: Command ended with 255.\n\nLogs: /aws\nIAM: arn:aws:sts::1:assumed-role/Role/Handler is not authorized to perform: eks:DescribeCluster',
      'Handler is not authorized to perform: eks:DescribeCluster',
    ],
    ['all, where nothing is around it', 'NodeCreationFailure: Unhealthy nodes', 'NodeCreationFailure: Unhealthy nodes'],
  ])('has of a message %s', (_, said, expected) => {
    expect(essence(said)).toBe(expected);
  });

  test('reports what was noticed, and which tests guard what was not', () => {
    const lines = report([{ dependency: nodes, stack: 'pod-identity', noticed: unhealthy }, { dependency: network, stack: 'pod-identity' }], ['A -> B']);
    expect(lines).toEqual(expect.arrayContaining([
      expect.stringMatching(/^Nodes +Cilium +noticed at create +Nodes: NodeCreationFailure: Unhealthy nodes$/),
      expect.stringMatching(/^Teardown +Vpc +not noticed +deletes the teardown before the subnets: else /),
      expect.stringMatching(/^ {20,}deletes the teardown before the attachment of the internet gateway: else /),
      `The tests are in ${TESTS}.`,
      '  A -> B',
    ]));
  });

  test('has no surprise where all is as it is known', () => {
    expect(surprises([{ dependency: nodes, stack: 'pod-identity', noticed: unhealthy }, { dependency: network, stack: 'pod-identity' }])).toEqual([]);
  });

  test.each([
    ['a loss is no longer noticed', { dependency: nodes, stack: 'pod-identity' }, 'the loss of Nodes -> Cilium was not noticed, and is noticed at create by '],
    ['a loss is noticed now', { dependency: network, stack: 'pod-identity', noticed: unhealthy }, 'the loss of Teardown -> Vpc was noticed at create, and is not noticed by '],
    ['a dependency is new', { dependency: { ...nodes, to: 'Moon' }, stack: 'pod-identity' }, 'Nodes -> Moon is new: say in '],
  ])('is surprised where %s', (_, dropped, text) => {
    expect(surprises([dropped])).toEqual([expect.stringContaining(text)]);
  });
});

function withoutEdges(template: object, edges: { from: string; to: string }[]): any {
  const copy = JSON.parse(JSON.stringify(template));
  edges.forEach(({ from, to }) => copy.Resources[from].DependsOn = [copy.Resources[from].DependsOn].flat().filter(it => it !== to));
  return copy;
}
