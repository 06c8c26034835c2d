import { needsIn, needsOf, reach, stepsOf } from '../../tools/order';

const chain = { Vpc: [], Nodes: ['Vpc'], Dns: ['Nodes'], Alb: ['Nodes', 'Vpc'] };
const needs = (names: { [name: string]: string[] }) => new Map(Object.entries(names).map(([name, needed]) => [name, new Set(needed)]));

test('a resource needs what it depends on and what it refers to', () => {
  const resource = { Type: 'AWS::SNS::Topic', Properties: { Key: { Ref: 'Key' }, Zone: { Ref: 'AWS::Region' } } };
  expect(needsOf({ ...resource, DependsOn: 'Role' })).toEqual(['Role', 'Key', 'AWS::Region']);
  expect(needsOf({ ...resource, DependsOn: ['Role', 'Vpc'] })).toEqual(['Role', 'Vpc', 'Key', 'AWS::Region']);
  expect(needsOf({ Type: 'AWS::SNS::Topic' })).toEqual([]);
});

test('of what resources refer to, only resources of the template count', () => {
  expect(needsIn({
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic', Properties: { Key: { Ref: 'Key' }, Zone: { Ref: 'AWS::Region' }, Name: { Ref: 'Parameter' } } },
      Key: { Type: 'AWS::KMS::Key' },
    },
  })).toEqual(needs({ Topic: ['Key'], Key: [] }));
});

test('reaches what is needed through others', () => {
  expect([...reach(needs(chain), 'Alb')].sort()).toEqual(['Nodes', 'Vpc']);
  expect([...reach(needs(chain), 'Vpc')]).toEqual([]);
});

test('reaches itself in a cycle only', () => {
  expect([...reach(needs({ One: ['Two'], Two: ['One'] }), 'One')].sort()).toEqual(['One', 'Two']);
});

test('a step holds all that waits for nothing else', () => {
  expect(stepsOf(needs({ Dns: ['Nodes'], Nodes: ['Vpc'], Vpc: [], Alb: ['Nodes', 'Vpc'] }))).toEqual([['Vpc'], ['Nodes'], ['Dns', 'Alb']]);
});

test('fails on things that wait for each other', () => {
  expect(() => stepsOf(needs({ Vpc: [], Cluster: ['Cilium'], Cilium: ['Cluster'] }))).toThrow('wait for each other: Cluster, Cilium');
});
