import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { partsOf } from '../../demo/deployment-order';

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
