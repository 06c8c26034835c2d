import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { EksPlatform, PlatformProfile, Vpc, type EksPlatformProps } from '../../src';
import { platformFixture, stackFixture } from '../support/fixtures';
import { helmValues, idsOf, kubernetesObjects, resourcesOf, theOnly } from '../support/read';

/** A platform in a VPC that the user brings. */
function inVpc(vpcIn: (stack: Stack) => ec2.IVpc, props: Partial<EksPlatformProps> = {}) {
  const stack = stackFixture();
  const vpc = vpcIn(stack);
  const platform = new EksPlatform(stack, 'Platform', { clusterName: 'shop', vpc, ...props });
  return { stack, vpc, platform, template: () => Template.fromStack(stack) };
}

const ids = { vpcId: 'vpc-0123456789abcdef0', availabilityZones: ['eu-central-1a', 'eu-central-1b'], privateSubnetIds: ['subnet-a', 'subnet-b'] };
const imported = (attributes: Partial<ec2.VpcAttributes> = {}) => (stack: Stack) => ec2.Vpc.fromVpcAttributes(stack, 'Network', { ...ids, ...attributes });
const tags = (template: Template, Key: string, Value: string) => idsOf(template, 'AWS::EC2::Subnet', { Tags: Match.arrayWith([{ Key, Value }]) });

test('hands the options of the network on', () => {
  const { platform, template } = platformFixture({ network: { cidr: '10.8.0.0/16', availabilityZones: ['eu-central-1a', 'eu-central-1b'], privateSubnetMask: 20 } });
  expect(theOnly(template(), 'AWS::EC2::VPC').Properties.CidrBlock).toBe('10.8.0.0/16');
  expect(Object.values(resourcesOf(template(), 'AWS::EC2::Subnet')).map(it => it.Properties.CidrBlock))
    .toEqual(['10.8.0.0/24', '10.8.1.0/24', '10.8.16.0/20', '10.8.32.0/20']);
  expect(platform.vpc).toBeInstanceOf(Vpc);
});

describe('a VPC of the user\'s own', () => {
  test('that is defined in this app takes the place of a new one, and gets the tags', () => {
    const { vpc, platform, template } = inVpc(stack => new ec2.Vpc(stack, 'Network', { maxAzs: 2 }));
    expect(platform.vpc).toBe(vpc);
    template().resourceCountIs('AWS::EC2::VPC', 1);
    expect(tags(template(), 'kubernetes.io/role/elb', '1').every(id => id.includes('Public'))).toBe(true);
    expect(tags(template(), 'kubernetes.io/role/elb', '1')).toHaveLength(2);
    expect(tags(template(), 'kubernetes.io/role/internal-elb', '1')).toHaveLength(2);
    expect(tags(template(), 'kubernetes.io/cluster/shop', 'shared')).toHaveLength(4);
    expect(tags(template(), 'karpenter.sh/discovery', 'shop')).toHaveLength(4);
  });

  test('keeps its NAT gateways and flow logs, whatever the profile says', () => {
    const { template } = inVpc(stack => new ec2.Vpc(stack, 'Network', { natGateways: 1 }), { profile: PlatformProfile.PROD });
    template().resourceCountIs('AWS::EC2::NatGateway', 1);
    template().resourceCountIs('AWS::EC2::FlowLog', 0);
    expect(idsOf(template(), 'AWS::EC2::VPCEndpoint')).toEqual([]);
  });

  test('may be a Vpc of this library', () => {
    const { template } = inVpc(stack => new Vpc(stack, 'Network', { clusterName: 'shop' }));
    template().resourceCountIs('AWS::EC2::VPC', 1);
    expect(tags(template(), 'kubernetes.io/role/elb', '1')).toHaveLength(3);
  });

  test('may live in another stack, which is deployed first', () => {
    const app = new App({ context: { 'aws:cdk:disable-asset-staging': true }, analyticsReporting: false });
    const network = new Stack(app, 'Network');
    const shop = new Stack(app, 'Shop');
    new EksPlatform(shop, 'Platform', { clusterName: 'shop', vpc: new ec2.Vpc(network, 'Vpc') });
    Template.fromStack(shop).resourceCountIs('AWS::EC2::VPC', 0);
    expect(shop.dependencies).toEqual([network]);
    expect(tags(Template.fromStack(network), 'kubernetes.io/cluster/shop', 'shared')).not.toHaveLength(0);
  });

  test('may be imported, with its range or without', () => {
    for (const attributes of [{}, { vpcCidrBlock: '10.1.0.0/16' }]) {
      const { template } = inVpc(imported(attributes));
      template().resourceCountIs('AWS::EC2::VPC', 0);
      expect(theOnly(template(), 'AWS::EKS::Cluster').Properties.ResourcesVpcConfig.SubnetIds).toEqual(['subnet-a', 'subnet-b']);
      expect(helmValues(template(), 'aws-load-balancer-controller').vpcId).toBe('vpc-0123456789abcdef0');
    }
  });

  test('warns that the subnets of an imported one can not be tagged', () => {
    const { stack } = inVpc(imported());
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('Could not auto-tag private subnet subnet-a'));
  });

  test('fails if options for a new network are given, too', () => {
    const network = { natGateways: 2, flowLogBucket: new s3.Bucket(stackFixture(), 'Logs') };
    expect(() => inVpc(stack => new ec2.Vpc(stack, 'Network'), { network })).toThrow(
      '`network` must be left out with `vpc`, got: {"natGateways":2,"flowLogBucket":"Shop/Logs"}; a VPC of your own brings its own network [Shop/Platform]');
  });

  test('fails without a private subnet for the control plane', () => {
    const publicOnly = (stack: Stack) => new ec2.Vpc(stack, 'Network', { subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }] });
    expect(() => inVpc(publicOnly)).toThrow("There are no 'Private' subnet groups in this VPC");
  });
});

describe('the range of Services', () => {
  test('is 172.20.0.0/16, so that the address of kube-dns is known', () => {
    const template = platformFixture().template();
    expect(theOnly(template, 'AWS::EKS::Cluster').Properties.KubernetesNetworkConfig).toMatchObject({ IpFamily: 'ipv4', ServiceIpv4Cidr: '172.20.0.0/16' });
    const cache = kubernetesObjects(template).find(it => it.kind === 'DaemonSet').spec.template.spec.containers[0];
    expect(cache.args).toContain('169.254.20.10,172.20.0.10');
  });

  const tail = (range: string) => `must be a range that shares no address with the cluster's Services (172.20.0.0/16), got: "${range}"; `
    + 'give another, such as 10.0.0.0/16 [Shop/Platform]';

  test.each(['172.20.0.0/16', '172.20.128.0/20'])('fails for a VPC in it: %s', cidr => {
    expect(() => platformFixture({ network: { cidr } })).toThrow(`\`network.cidr\` ${tail(cidr)}`);
  });

  test('fails for pods in it', () => {
    expect(() => platformFixture({ network: { podCidr: '172.20.64.0/18' } })).toThrow(`\`network.podCidr\` ${tail('172.20.64.0/18')}`);
  });

  test('fails for an imported VPC in it, or around it', () => {
    expect(() => inVpc(imported({ vpcCidrBlock: '172.20.0.0/20' }))).toThrow(`\`vpc\` ${tail('172.20.0.0/20')}`);
    expect(() => inVpc(imported({ vpcCidrBlock: '172.16.0.0/12' }))).toThrow(`\`vpc\` ${tail('172.16.0.0/12')}`);
  });

  test.each(['172.19.0.0/16', '172.21.0.0/16'])('accepts the neighbour %s', cidr => {
    expect(theOnly(platformFixture({ network: { cidr } }).template(), 'AWS::EC2::VPC').Properties.CidrBlock).toBe(cidr);
  });
});

describe('subnets', () => {
  const template = platformFixture({ profile: PlatformProfile.PROD, network: { podCidr: '100.64.0.0/16' } }).template();
  const subnets = (kind: RegExp) => idsOf(template, 'AWS::EC2::Subnet').filter(id => kind.test(id)).map(Ref => ({ Ref }));

  test('nodes, the control plane\'s interfaces, the function of Helm and kubectl and endpoints stand in the private ones, and in all of them', () => {
    const ours = subnets(/PrivateSubnet/);
    expect(ours).toHaveLength(3);
    expect(theOnly(template, 'AWS::EKS::Nodegroup').Properties.Subnets).toEqual(ours);
    expect(theOnly(template, 'AWS::EKS::Cluster').Properties.ResourcesVpcConfig.SubnetIds).toEqual(ours);
    const [, kubectl] = Object.entries(resourcesOf(template, 'AWS::Lambda::Function')).find(([id]) => id.includes('Kubectl'))!;
    expect(kubectl.Properties.VpcConfig.SubnetIds).toEqual(ours);
    const endpoints = Object.values(template.findResources('AWS::EC2::VPCEndpoint', { Properties: { VpcEndpointType: 'Interface' } }));
    expect(endpoints).toHaveLength(5);
    endpoints.forEach(it => expect(it.Properties.SubnetIds).toEqual(ours));
  });

  test('Cilium takes pods\' addresses from the pod subnets, which it finds by their tag', () => {
    expect(subnets(/PodSubnet/)).toHaveLength(3);
    expect(helmValues(template, 'cilium').eni.nodeSpec.subnetTags).toEqual(['cilium.io/pod-subnet=true']);
    expect(tags(template, 'cilium.io/pod-subnet', 'true')).toHaveLength(3);
  });

  test('Cilium takes them from the nodes\' subnets where there are no others', () => {
    expect(helmValues(platformFixture().template(), 'cilium').eni).not.toHaveProperty('nodeSpec');
  });

  test('the user\'s own tags win over those of the pod subnets', () => {
    const own = platformFixture({ network: { podCidr: '100.64.0.0/16' }, cilium: { podSubnetTags: { tier: 'pods' } } }).template();
    expect(helmValues(own, 'cilium').eni.nodeSpec.subnetTags).toEqual(['tier=pods']);
  });
});
