import * as eksplatform from '@org/eks-platform';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';

/** An existing VPC and its subnets, by zone. Put yours here. */
const VPC = {
  vpcId: 'vpc-0123456789abcdef0',
  vpcCidrBlock: '10.20.0.0/16',
  availabilityZones: ['eu-central-1a', 'eu-central-1b'],
  publicSubnetIds: ['subnet-0000000000000000a', 'subnet-0000000000000000b'],
  publicSubnetRouteTableIds: ['rtb-0000000000000000a', 'rtb-0000000000000000b'],
  privateSubnetIds: ['subnet-1111111111111111a', 'subnet-1111111111111111b'],
  privateSubnetRouteTableIds: ['rtb-1111111111111111a', 'rtb-1111111111111111b'],
};

/** Defines a platform in a VPC that others own: nodes go to its private subnets, which need a way to the internet. */
export function shopInMyVpc(app: App): Stack {
  const stack = new Stack(app, 'shop-in-my-vpc', { description: 'The shop\'s Kubernetes platform, in a VPC that was there' });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', VPC);
  new eksplatform.EksPlatform(stack, 'Platform', { clusterName: 'shop', profile: eksplatform.PlatformProfile.STAGING, vpc });
  return stack;
}

if (require.main === module) {
  const app = new App();
  shopInMyVpc(app);
  app.synth();
}
