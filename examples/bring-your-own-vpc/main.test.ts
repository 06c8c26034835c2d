import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { shopInMyVpc } from './main';

const template = Template.fromStack(shopInMyVpc(new App()));

test('makes no VPC', () => {
  template.resourceCountIs('AWS::EC2::VPC', 0);
  template.resourceCountIs('AWS::EC2::Subnet', 0);
});

test('the control plane has its interfaces in the private subnets', () => {
  template.hasResourceProperties('AWS::EKS::Cluster', {
    ResourcesVpcConfig: Match.objectLike({ SubnetIds: ['subnet-1111111111111111a', 'subnet-1111111111111111b'] }),
  });
});

test('nodes run in the private subnets', () => {
  template.hasResourceProperties('AWS::EKS::Nodegroup', { Subnets: ['subnet-1111111111111111a', 'subnet-1111111111111111b'] });
});
