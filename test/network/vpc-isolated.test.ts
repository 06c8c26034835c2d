import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { subnetsOf, tagsOf, vpcFixture } from '../support/network';
import { resourcesOf, text, theOnly } from '../support/read';

const isolated = (props = {}) => vpcFixture({ isolated: true, ...props });

test('can\'t reach the internet, and can\'t be reached from it', () => {
  const template = isolated().template();
  for (const type of ['InternetGateway', 'VPCGatewayAttachment', 'NatGateway', 'EIP', 'Route']) {
    template.resourceCountIs(`AWS::EC2::${type}`, 0);
  }
});

test('has a private subnet in each of three zones, and no public one', () => {
  const template = isolated().template();
  expect(subnetsOf(template, 'Public')).toEqual([]);
  expect(subnetsOf(template, 'Private').map(it => it.Properties.CidrBlock)).toEqual(['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']);
});

test('its subnets are tagged for internal load balancers, the cluster and Karpenter', () => {
  for (const subnet of subnetsOf(isolated().template(), 'Private')) {
    expect(tagsOf(subnet)).toEqual({
      'kubernetes.io/role/internal-elb': '1', 'kubernetes.io/cluster/shop': 'shared', 'karpenter.sh/discovery': 'shop',
    });
  }
});

test('still reaches S3, from all of its subnets', () => {
  const template = isolated().template();
  const { ServiceName, RouteTableIds, PolicyDocument } = theOnly(template, 'AWS::EC2::VPCEndpoint').Properties;
  expect(text(ServiceName)).toMatch(/\.s3$/);
  expect(RouteTableIds).toHaveLength(3);
  expect(PolicyDocument).toBeUndefined(); // answers to CloudFormation go to buckets of its own
});

test('pods can have their own subnets, with the route tables of the private ones', () => {
  const { template, vpc } = isolated({ podCidr: '100.64.0.0/16' });
  expect(vpc.podSubnets.map(subnet => subnet.ipv4CidrBlock)).toEqual(['100.64.0.0/18', '100.64.64.0/18', '100.64.128.0/18']);
  const tables = Object.keys(resourcesOf(template(), 'AWS::EC2::RouteTable'));
  expect(tables).toHaveLength(3);
  template().resourceCountIs('AWS::EC2::SubnetRouteTableAssociation', 6);
});

test('an interface endpoint to a service that is in one region for all says so', () => {
  const { template } = isolated({ interfaceEndpoints: [ec2.InterfaceVpcEndpointAwsService.IAM, ec2.InterfaceVpcEndpointAwsService.STS] });
  const regions = Object.values(resourcesOf(template(), 'AWS::EC2::VPCEndpoint'))
    .map(it => [text(it.Properties.ServiceName).split('.').at(-1), it.Properties.ServiceRegion]);
  expect(Object.fromEntries(regions)).toEqual({ s3: undefined, sts: undefined, iam: 'us-east-1' });
});

test('holds as many private subnets as fit without public ones', () => {
  expect(() => isolated({ cidr: '10.0.0.0/22' })).not.toThrow();
  expect(() => isolated({ cidr: '10.0.0.0/23' })).toThrow(
    '`cidr` must be /22 or larger to hold 3 private /24 subnets, got: "10.0.0.0/23"; '
    + 'give a larger range, or smaller subnets with `publicSubnetMask` and `privateSubnetMask` [Shop/Vpc]');
});

test.each([{ natGateways: 1 }, { publicSubnetMask: 24 }])('fails with %p', props => {
  const [[prop, given]] = Object.entries(props);
  expect(() => isolated(props)).toThrow(
    `\`${prop}\` must be left out with \`isolated\`, got: ${given}; an isolated VPC has neither NAT gateways nor public subnets [Shop/Vpc]`);
});

test('accepts both if it is said not to be isolated', () => {
  expect(() => vpcFixture({ isolated: false, natGateways: 1, publicSubnetMask: 24 })).not.toThrow();
});
