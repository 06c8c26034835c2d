import { CfnCondition, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EksPlatform, PlatformProfile } from '../../src';
import { platformFixture } from '../support/fixtures';
import { creationSteps, idsOf, neededBy, theOnly } from '../support/read';

const GUARD = 'Custom::EksPlatformDeletionGuard';

/** What CloudFormation might delete before the guard, or beside it. */
function unguarded(template: Template): string[] {
  const [guard, ...others] = idsOf(template, GUARD);
  const needs = neededBy(template, guard);
  return Object.keys(template.toJSON().Resources).filter(id => id !== guard && !others.includes(id) && !needs.has(id));
}

test('asks for the cluster by its name', () => {
  const { template } = platformFixture({ profile: PlatformProfile.PROD });
  expect(theOnly(template(), GUARD).Properties).toMatchObject({ Task: 'guard', ClusterName: 'shop' });
});

test('is deleted before anything of the platform', () => {
  expect(unguarded(platformFixture({ profile: PlatformProfile.PROD }).template())).toEqual([]);
});

test('is deleted before what was added to the platform, and before what depends on it, whenever that was defined', () => {
  const { stack, platform, template } = platformFixture({ deletionProtection: true });
  platform.addNodeGroup('More');
  const app = new eks.HelmChart(stack, 'App', { cluster: platform.cluster, chart: 'podinfo', release: 'podinfo' });
  app.node.addDependency(platform);
  expect(idsOf(template(), 'Custom::AWSCDK-EKS-HelmChart', { Release: 'podinfo' })).toHaveLength(1);
  expect(unguarded(template())).toEqual([]);
  expect(() => creationSteps(template())).not.toThrow(); // no cycle
});

test('is deleted before a nested stack that depends on the platform', () => {
  const { stack, platform, template } = platformFixture({ deletionProtection: true });
  const nested = new NestedStack(stack, 'Apps');
  new sns.Topic(nested, 'Topic');
  nested.node.addDependency(platform);
  expect(idsOf(template(), 'AWS::CloudFormation::Stack')).toHaveLength(1);
  expect(unguarded(template())).toEqual([]);
});

test('lets a stack inside of the stack depend on it', () => {
  const { stack, template } = platformFixture({ deletionProtection: true });
  const inside = new Stack(stack, 'Inside');
  new sns.Topic(inside, 'Topic');
  inside.addStackDependency(stack);
  expect(unguarded(template())).toEqual([]);
});

test('two platforms in a stack have a guard each, without a cycle', () => {
  const { stack, template } = platformFixture({ deletionProtection: true });
  new EksPlatform(stack, 'Second', { clusterName: 'second', deletionProtection: true });
  expect(idsOf(template(), GUARD)).toHaveLength(2);
  expect(unguarded(template())).toEqual([]);
  expect(() => creationSteps(template())).not.toThrow();
});

test('is not there without deletion protection', () => {
  platformFixture({ profile: PlatformProfile.PROD, deletionProtection: false }).template().resourceCountIs(GUARD, 0);
});

test('does not depend on what a condition may leave out, as CDK\'s metadata: such a template is refused', () => {
  const { stack, template } = platformFixture({ deletionProtection: true });
  const topic = new sns.CfnTopic(stack, 'Topic');
  topic.cfnOptions.condition = new CfnCondition(stack, 'Condition');
  expect(unguarded(template())).toEqual(['Topic']);
});
