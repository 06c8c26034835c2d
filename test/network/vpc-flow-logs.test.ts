import { Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Vpc } from '../../src';
import { vpcFixture } from '../support/network';
import { resourcesOf, theOnly } from '../support/read';

test('capture all traffic of the VPC in a log group, as they are on by default', () => {
  const { stack, vpc, template } = vpcFixture();
  const [[group]] = Object.entries(resourcesOf(template(), 'AWS::Logs::LogGroup'));
  expect(theOnly(template(), 'AWS::EC2::FlowLog').Properties).toMatchObject({
    ResourceId: stack.resolve(vpc.vpcId),
    ResourceType: 'VPC',
    TrafficType: 'ALL',
    LogDestinationType: 'cloud-watch-logs',
    LogGroupName: { Ref: group },
  });
});

test('are written under a role that may write to their log group, and no more', () => {
  const { template } = vpcFixture();
  const [[group]] = Object.entries(resourcesOf(template(), 'AWS::Logs::LogGroup'));
  const [[id, role]] = Object.entries(resourcesOf(template(), 'AWS::IAM::Role'));
  expect(theOnly(template(), 'AWS::EC2::FlowLog').Properties.DeliverLogsPermissionArn).toEqual({ 'Fn::GetAtt': [id, 'Arn'] });
  expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
    { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'vpc-flow-logs.amazonaws.com' } },
  ]);
  expect(role.Properties.Policies).toHaveLength(1);
  expect(role.Properties.Policies[0].PolicyDocument.Statement).toEqual([{
    Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    Effect: 'Allow',
    Resource: { 'Fn::GetAtt': [group, 'Arn'] },
  }]);
  template().resourceCountIs('AWS::IAM::Role', 1);
  template().resourceCountIs('AWS::IAM::Policy', 0);
});

test.each([
  ['a month by default', undefined, 30],
  ['a week', logs.RetentionDays.ONE_WEEK, 7],
  ['a year', logs.RetentionDays.ONE_YEAR, 365],
])('are kept for %s', (_, flowLogRetention, days) => {
  vpcFixture({ flowLogRetention }).template().hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: days });
});

test('are kept for ever if asked to', () => {
  vpcFixture({ flowLogRetention: logs.RetentionDays.INFINITE }).template()
    .hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: Match.absent() });
});

test('are deleted with the stack', () => {
  vpcFixture().template().hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
});

test('are off, with everything that they need, if asked to', () => {
  const { template } = vpcFixture({ flowLogs: false, flowLogRetention: logs.RetentionDays.ONE_DAY });
  template().resourceCountIs('AWS::EC2::FlowLog', 0);
  template().resourceCountIs('AWS::Logs::LogGroup', 0);
  template().resourceCountIs('AWS::IAM::Role', 0);
});

test.each([
  ['of the stack', (stack: Stack) => new s3.Bucket(stack, 'Logs')],
  ['from elsewhere', (stack: Stack) => s3.Bucket.fromBucketName(stack, 'Logs', 'central-logs')],
])('go to a bucket %s in place of a log group', (_, bucketOf) => {
  const { stack, template } = vpcFixture({ flowLogs: false });
  const bucket = bucketOf(stack);
  new Vpc(stack, 'Other', { clusterName: 'other', flowLogBucket: bucket });
  expect(theOnly(template(), 'AWS::EC2::FlowLog').Properties).toMatchObject({
    TrafficType: 'ALL',
    LogDestinationType: 's3',
    LogDestination: stack.resolve(bucket.bucketArn),
  });
  template().resourceCountIs('AWS::Logs::LogGroup', 0);
  template().resourceCountIs('AWS::IAM::Role', 0);
});
