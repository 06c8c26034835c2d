import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { tagSubnets } from '../../src/network/tags';
import { importedClusterFixture, stackFixture } from '../support/fixtures';
import { subnetsOf, tagsOf } from '../support/network';

const SHARED = { 'kubernetes.io/cluster/shop': 'shared', 'karpenter.sh/discovery': 'shop' };

test('tags the public and private subnets of a user\'s own VPC, and no others', () => {
  const stack = stackFixture();
  const vpc = new ec2.Vpc(stack, 'Vpc', {
    subnetConfiguration: [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
      { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      { name: 'Database', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    ],
  });
  tagSubnets(vpc, 'shop');
  const template = Template.fromStack(stack);
  expect(subnetsOf(template, 'Public').map(tagsOf)).toEqual(Array(2).fill({ 'kubernetes.io/role/elb': '1', ...SHARED }));
  expect(subnetsOf(template, 'Private').map(tagsOf)).toEqual(Array(2).fill({ 'kubernetes.io/role/internal-elb': '1', ...SHARED }));
  template.resourcePropertiesCountIs('AWS::EC2::Subnet', {
    Tags: [
      { Key: 'aws-cdk:subnet-name', Value: 'Database' }, { Key: 'aws-cdk:subnet-type', Value: 'Isolated' }, { Key: 'Name' },
    ],
  }, 2);
});

test('leaves the subnets of an imported VPC alone', () => {
  const { vpc, template } = importedClusterFixture();
  tagSubnets(vpc, 'shop');
  expect(template().toJSON().Resources ?? {}).toEqual({});
});
