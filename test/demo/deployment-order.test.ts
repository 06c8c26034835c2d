import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { partsOf, stepsOf, type Part } from '../../scripts/deployment-order';
import { needsOf } from '../../scripts/template';

const part = (name: string, ...needs: string[]): Part => ({ name, resources: [], needs: new Set(needs) });
const names = (steps: Part[][]) => steps.map(step => step.map(it => it.name));

test('a step holds all parts that wait for no other', () => {
  expect(names(stepsOf([part('Dns', 'Nodes'), part('Nodes', 'Vpc'), part('Vpc'), part('Alb', 'Nodes', 'Vpc')])))
    .toEqual([['Vpc'], ['Nodes'], ['Dns', 'Alb']]);
});

test('fails on parts that wait for each other', () => {
  expect(() => stepsOf([part('Vpc'), part('Cluster', 'Cilium'), part('Cilium', 'Cluster')])).toThrow('wait for each other: Cluster, Cilium');
});

test.each([
  ['DependsOn, a single one', { DependsOn: 'Role' }, ['Role']],
  ['DependsOn, a list', { DependsOn: ['Role', 'Vpc'] }, ['Role', 'Vpc']],
  ['Ref', { Properties: { VpcId: { Ref: 'Vpc' } } }, ['Vpc']],
  ['Fn::GetAtt', { Properties: { Arns: [{ 'Fn::GetAtt': ['Role', 'Arn'] }] } }, ['Role']],
  ['Fn::GetAtt as text', { Properties: { Arn: { 'Fn::GetAtt': 'Role.Arn' } } }, ['Role']],
  ['Fn::Sub', { Properties: { Url: { 'Fn::Sub': 'https://${Bucket.DomainName}/${Key}' } } }, ['Bucket', 'Key']],
  ['Fn::Sub with variables', { Properties: { Url: { 'Fn::Sub': ['${Name}', { Name: { Ref: 'Bucket' } }] } } }, ['Name', 'Bucket']],
  ['Fn::Join', { Properties: { Text: { 'Fn::Join': ['', ['a', { Ref: 'Topic' }]] } } }, ['Topic']],
])('reads what a resource needs from %s', (_, resource, needed) => {
  expect(needsOf({ Type: 'AWS::SNS::Topic', ...resource })).toEqual(needed);
});

test('a resource belongs to the construct directly in the platform, and so do its needs', () => {
  const stack = new Stack();
  const platform = new Construct(stack, 'Platform');
  const vpc = new sns.Topic(new Construct(platform, 'Vpc'), 'Deep');
  const cluster = new Construct(platform, 'Cluster');
  const one = new sns.Topic(cluster, 'One');
  one.node.addDependency(vpc);
  new sns.Topic(cluster, 'Two').node.addDependency(one);

  const parts = partsOf('Platform', stack, Template.fromStack(stack).toJSON().Resources);
  expect(parts.map(({ name, resources, needs }) => ({ name, resources: resources.length, needs: [...needs] }))).toEqual([
    { name: 'Vpc', resources: 1, needs: [] },
    { name: 'Cluster', resources: 2, needs: ['Vpc'] },
  ]);
});
