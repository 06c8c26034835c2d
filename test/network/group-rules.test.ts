import { CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { withRulesIn } from '../../src/network/group-rules';
import { stackFixture } from '../support/fixtures';
import { vpcFixture } from '../support/network';
import { resourcesOf, theOnly } from '../support/read';

function rulesFixture(stack: Stack, ...groups: ec2.ISecurityGroup[]) {
  const scope = new Construct(stack, 'Rules');
  for (const group of groups) {
    withRulesIn(scope, group).addIngressRule(ec2.Peer.ipv4('10.0.0.0/16'), ec2.Port.tcp(9443), 'Webhooks');
  }
  return { scope, template: () => Template.fromStack(stack) };
}

test('puts rules for a group of the stack into separate resources', () => {
  const { stack, vpc } = vpcFixture();
  const group = new ec2.SecurityGroup(stack, 'Nodes', { vpc });
  const { template } = rulesFixture(stack, group);
  expect(theOnly(template(), 'AWS::EC2::SecurityGroup').Properties).not.toHaveProperty('SecurityGroupIngress');
  expect(theOnly(template(), 'AWS::EC2::SecurityGroupIngress').Properties).toMatchObject({
    GroupId: stack.resolve(group.securityGroupId), CidrIp: '10.0.0.0/16', IpProtocol: 'tcp', FromPort: 9443, ToPort: 9443,
  });
});

test('accepts several groups, of the stack or not', () => {
  const { stack, vpc } = vpcFixture();
  const imported = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Imported', 'sg-1');
  const groups = [new ec2.SecurityGroup(stack, 'Nodes', { vpc }), imported];
  const rules = Object.values(resourcesOf(rulesFixture(stack, ...groups).template(), 'AWS::EC2::SecurityGroupIngress'));
  expect(rules.map(rule => rule.Properties.GroupId)).toEqual(stack.resolve(groups.map(group => group.securityGroupId)));
});

test('lets other constructs depend on the rules through their scope', () => {
  const stack = stackFixture();
  const pods = new CfnResource(stack, 'Pods', { type: 'Test::Pods' });
  const { scope, template } = rulesFixture(stack, ec2.SecurityGroup.fromSecurityGroupId(stack, 'Nodes', 'sg-1'));
  pods.node.addDependency(scope);
  expect(theOnly(template(), 'Test::Pods').DependsOn).toEqual(Object.keys(resourcesOf(template(), 'AWS::EC2::SecurityGroupIngress')));
});
