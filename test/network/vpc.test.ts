import { Fn } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Vpc } from '../../src';
import { subnetsOf, tagsOf, vpcFixture } from '../support/network';
import { resourcesOf, theOnly } from '../support/read';

const ENV = { account: '123456789012', region: 'eu-central-1' };
const knownZones = (...zones: string[]) => ({ 'availability-zones:account=123456789012:region=eu-central-1': zones });
const zonesOf = (fixture: ReturnType<typeof vpcFixture>, kind: 'Public' | 'Private') =>
  subnetsOf(fixture.template(), kind).map(subnet => subnet.Properties.AvailabilityZone);
const cidrsOf = (fixture: ReturnType<typeof vpcFixture>, kind: 'Public' | 'Private') =>
  subnetsOf(fixture.template(), kind).map(subnet => subnet.Properties.CidrBlock);

describe('subnets', () => {
  test.each([['without', undefined], ['with', ENV]])('are the six of the spec in a stack %s an environment', (_, env) => {
    const fixture = vpcFixture({}, { env });
    expect(theOnly(fixture.template(), 'AWS::EC2::VPC').Properties).toMatchObject({
      CidrBlock: '10.0.0.0/16', EnableDnsHostnames: true, EnableDnsSupport: true,
    });
    expect(cidrsOf(fixture, 'Public')).toEqual(['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']);
    expect(cidrsOf(fixture, 'Private')).toEqual(['10.0.3.0/24', '10.0.4.0/24', '10.0.5.0/24']);
    fixture.template().resourceCountIs('AWS::EC2::Subnet', 6);
  });

  test('carry exactly the tags of the spec', () => {
    const { template } = vpcFixture();
    const shared = { 'kubernetes.io/cluster/shop': 'shared', 'karpenter.sh/discovery': 'shop' };
    expect(subnetsOf(template(), 'Public').map(tagsOf)).toEqual(Array(3).fill({ 'kubernetes.io/role/elb': '1', ...shared }));
    expect(subnetsOf(template(), 'Private').map(tagsOf)).toEqual(Array(3).fill({ 'kubernetes.io/role/internal-elb': '1', ...shared }));
  });

  test('give no public address to what starts in them, not even the public subnets', () => {
    vpcFixture().template().allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
  });

  test('accept other ranges and sizes', () => {
    const fixture = vpcFixture({ cidr: '10.20.0.0/17', publicSubnetMask: 26, privateSubnetMask: 19 });
    expect(theOnly(fixture.template(), 'AWS::EC2::VPC').Properties.CidrBlock).toBe('10.20.0.0/17');
    expect(cidrsOf(fixture, 'Public')).toEqual(['10.20.0.0/26', '10.20.0.64/26', '10.20.0.128/26']);
    expect(cidrsOf(fixture, 'Private')).toEqual(['10.20.32.0/19', '10.20.64.0/19', '10.20.96.0/19']);
  });

  test.each([
    ['10.0.0.0/21', 24, 24, 3],
    ['10.0.0.0/25', 28, 28, 3],
    ['10.0.0.0/27', 28, 28, 1],
    ['192.168.0.0/16', 17, 17, 1],
  ])('fill %s to its end with /%i and /%i in %i zones', (cidr, publicSubnetMask, privateSubnetMask, count) => {
    const { template } = vpcFixture({ cidr, publicSubnetMask, privateSubnetMask, availabilityZones: ['a', 'b', 'c'].slice(0, count) });
    template().resourceCountIs('AWS::EC2::Subnet', 2 * count);
  });

  test('are tagged where the cluster name is a token', () => {
    const { template } = vpcFixture({ clusterName: Fn.importValue('name') });
    template().resourcePropertiesCountIs('AWS::EC2::Subnet', {
      Tags: Match.arrayWith([{ Key: { 'Fn::Join': ['', ['kubernetes.io/cluster/', { 'Fn::ImportValue': 'name' }]] }, Value: 'shared' }]),
    }, 6);
  });
});

describe('zones', () => {
  const selected = (index: number) => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] });

  test.each([
    ['no environment', undefined],
    ['a region alone', { region: 'eu-central-1' }],
    ['an account alone', { account: '123456789012' }],
  ])('are the first three in a stack with %s', (_, env) => {
    const fixture = vpcFixture({}, { env });
    expect(zonesOf(fixture, 'Public')).toEqual([0, 1, 2].map(selected));
    expect(zonesOf(fixture, 'Private')).toEqual([0, 1, 2].map(selected));
    expect(fixture.vpc.availabilityZones).toHaveLength(3);
  });

  test('are the first three of those that CDK has looked up', () => {
    const fixture = vpcFixture({}, { env: ENV, context: knownZones('eu-central-1a', 'eu-central-1b', 'eu-central-1c', 'eu-central-1d') });
    expect(zonesOf(fixture, 'Public')).toEqual(['eu-central-1a', 'eu-central-1b', 'eu-central-1c']);
    expect(zonesOf(fixture, 'Private')).toEqual(['eu-central-1a', 'eu-central-1b', 'eu-central-1c']);
  });

  test('are two in a region that has two', () => {
    const fixture = vpcFixture({}, { env: ENV, context: knownZones('us-west-1b', 'us-west-1c') });
    expect(zonesOf(fixture, 'Private')).toEqual(['us-west-1b', 'us-west-1c']);
    expect(cidrsOf(fixture, 'Private')).toEqual(['10.0.2.0/24', '10.0.3.0/24']);
  });

  test('are three also before CDK has looked them up', () => {
    expect(zonesOf(vpcFixture({}, { env: ENV }), 'Private')).toEqual(['dummy1a', 'dummy1b', 'dummy1c']);
  });

  test.each([
    ['no environment', {}],
    ['an environment', { env: ENV, context: knownZones('eu-central-1a', 'eu-central-1b', 'eu-central-1c') }],
    ['zones that are not looked up yet', { env: ENV }],
  ])('are the given ones in a stack with %s', (_, options) => {
    const fixture = vpcFixture({ availabilityZones: ['eu-central-1c', 'eu-central-1a'] }, options);
    expect(zonesOf(fixture, 'Public')).toEqual(['eu-central-1c', 'eu-central-1a']);
    expect(zonesOf(fixture, 'Private')).toEqual(['eu-central-1c', 'eu-central-1a']);
  });

  test('can be tokens', () => {
    const fixture = vpcFixture({ availabilityZones: [Fn.select(3, Fn.getAzs()), Fn.select(5, Fn.getAzs())] }, { env: ENV });
    expect(zonesOf(fixture, 'Public')).toEqual([3, 5].map(selected));
    expect(zonesOf(fixture, 'Private')).toEqual([3, 5].map(selected));
  });
});

describe('as a VPC', () => {
  test('carries a cluster in its private subnets', () => {
    const { stack, vpc, template } = vpcFixture();
    new eks.Cluster(stack, 'Cluster', {
      vpc,
      version: eks.KubernetesVersion.V1_36,
      defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
      defaultCapacity: 0,
      vpcSubnets: [{ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }],
    });
    expect(theOnly(template(), 'AWS::EKS::Cluster').Properties.ResourcesVpcConfig.SubnetIds)
      .toEqual(stack.resolve(vpc.privateSubnets.map(subnet => subnet.subnetId)));
  });

  test('carries a load balancer in its public subnets', () => {
    const { stack, vpc, template } = vpcFixture();
    new elbv2.ApplicationLoadBalancer(stack, 'Alb', { vpc, internetFacing: true });
    expect(theOnly(template(), 'AWS::ElasticLoadBalancingV2::LoadBalancer').Properties.Subnets)
      .toEqual(stack.resolve(vpc.publicSubnets.map(subnet => subnet.subnetId)));
  });

  test('is one of several in a stack', () => {
    const { stack, template } = vpcFixture();
    const interfaceEndpoints = [ec2.InterfaceVpcEndpointAwsService.STS];
    new Vpc(stack, 'Other', { clusterName: 'other', cidr: '10.1.0.0/16', podCidr: '100.64.0.0/16', interfaceEndpoints });
    template().resourceCountIs('AWS::EC2::VPC', 2);
    template().resourceCountIs('AWS::EC2::FlowLog', 2);
    const clusters = subnetsOf(template(), 'Public').map(subnet => Object.keys(tagsOf(subnet)).filter(key => /^kubernetes.io.cluster/.test(key)));
    expect(clusters).toEqual([...Array(3).fill(['kubernetes.io/cluster/shop']), ...Array(3).fill(['kubernetes.io/cluster/other'])]);
  });

  test('brings neither custom resources nor functions', () => {
    const types = Object.values(vpcFixture().template().toJSON().Resources as any).map((it: any) => it.Type);
    expect(types.filter(type => /^(Custom|AWS::Lambda|AWS::CloudFormation)::/.test(type))).toEqual([]);
  });

  test.each([true, false])('is the same with the flag for default security groups %s', flag => {
    const { template } = vpcFixture({}, { env: ENV, context: { '@aws-cdk/aws-ec2:restrictDefaultSecurityGroup': flag } });
    expect(resourcesOf(template(), 'Custom::VpcRestrictDefaultSG')).toEqual({});
  });
});
