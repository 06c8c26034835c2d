import { App } from 'aws-cdk-lib';
import { Template as SynthesizedTemplate } from 'aws-cdk-lib/assertions';
import { shop } from '../../examples/typescript/main';
import { wrongFacts } from '../../rehearsal/template/facts';
import { managedPolicies } from '../../rehearsal/template/managed-policies';
import type { Template } from '../../tools/template';

const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });
shop(app);
const platform = (name: string) => SynthesizedTemplate.fromStack(app.node.findChild(name) as any).toJSON() as Template;

/** A cluster with a node group, and what differs. */
const small = ({ cluster = {}, group = {}, vpc = {} }: { cluster?: object; group?: object; vpc?: object } = {}): Template => ({
  Resources: {
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16', ...vpc } },
    Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' } } },
    Cluster: { Type: 'AWS::EKS::Cluster', Properties: { Version: '1.36', ResourcesVpcConfig: { SubnetIds: [{ Ref: 'Subnet' }] }, ...cluster } },
    Nodes: { Type: 'AWS::EKS::Nodegroup', Properties: { ClusterName: { Ref: 'Cluster' }, ...group } },
  },
});
const services = (ServiceIpv4Cidr: string) => ({ cluster: { KubernetesNetworkConfig: { ServiceIpv4Cidr } } });

test.each(['shop-dev', 'shop-staging', 'shop-prod'])('%s of the starter is sound in every partition, and all its managed policies are known', name => {
  expect(wrongFacts(platform(name))).toEqual([]);
  expect(managedPolicies(platform(name)).unknown).toEqual([]);
});

describe('the image of a node group', () => {
  test.each([
    [{ AmiType: 'AL2023_ARM_64_STANDARD', InstanceTypes: ['m7g.large'] }, {}],
    [{ AmiType: 'AL2_x86_64', InstanceTypes: ['m7i.large'] }, { Version: '1.32' }],
    [{ AmiType: 'AL2_x86_64', InstanceTypes: ['m7i.large'], Version: '1.32' }, { Version: '1.33' }],
    [{ AmiType: 'CUSTOM', InstanceTypes: ['m7g.large', 'm7i.large'] }, {}],
    [{ InstanceTypes: ['m7g.large'] }, {}],
    [{ AmiType: 'BOTTLEROCKET_x86_64' }, {}],
    [{ AmiType: 'AL2023_x86_64_NVIDIA', InstanceTypes: [{ Ref: 'Type' }] }, {}],
  ])('fits in %j', (group, cluster) => {
    expect(wrongFacts(small({ group, cluster }))).toEqual([]);
  });

  test.each([
    [{ AmiType: 'AL2_x86_64', InstanceTypes: ['m7i.large'] }, 'Nodes has `AmiType` AL2_x86_64 and Kubernetes 1.36: Amazon Linux 2 ends with 1.32'],
    [{ AmiType: 'AL2023_x86_64_STANDARD', InstanceTypes: ['m7i.large', 'm7g.large'] },
      'Nodes has `InstanceTypes` m7g.large (arm64) and `AmiType` AL2023_x86_64_STANDARD (x86_64)'],
    [{ AmiType: 'BOTTLEROCKET_ARM_64' }, 'Nodes has `InstanceTypes` t3.medium (x86_64) and `AmiType` BOTTLEROCKET_ARM_64 (arm64)'],
  ])('does not fit in %j', (group, problem) => {
    expect(wrongFacts(small({ group }))).toEqual([problem]);
  });

  test('is looked at with the instance type of the launch template', () => {
    const template = small({ group: { AmiType: 'AL2023_ARM_64_STANDARD', LaunchTemplate: { Id: { Ref: 'Launch' } } } });
    template.Resources.Launch = { Type: 'AWS::EC2::LaunchTemplate', Properties: { LaunchTemplateData: { InstanceType: 'c7i.large' } } };
    expect(wrongFacts(template)).toEqual(['Nodes has `InstanceTypes` c7i.large (x86_64) and `AmiType` AL2023_ARM_64_STANDARD (arm64)']);
  });
});

describe('the range of services', () => {
  test.each(['172.20.0.0/16', '10.1.0.0/16', '192.168.0.0/24', '10.16.0.0/12'])('may be %s', block => {
    expect(wrongFacts(small(services(block)))).toEqual([]);
  });

  test.each(['10.0.128.0/20', '10.0.0.0/12'])('may not be %s, in the VPC', block => {
    expect(wrongFacts(small(services(block)))).toEqual([`Cluster has \`ServiceIpv4Cidr\` ${block}, which overlaps with 10.0.0.0/16 of its VPC`]);
  });

  test.each(['100.64.0.0/16', '172.20.0.0/25', '10.0.0.0/8'])('may not be %s, anywhere', block => {
    expect(wrongFacts(small(services(block)))).toContain(`Cluster has \`ServiceIpv4Cidr\` ${block}: it must be private, and from /24 to /12`);
  });

  test('lies outside of every range that is added to the VPC, too', () => {
    const template = small(services('172.20.0.0/16'));
    template.Resources.More = { Type: 'AWS::EC2::VPCCidrBlock', Properties: { VpcId: { Ref: 'Vpc' }, CidrBlock: '172.20.64.0/18' } };
    template.Resources.Other = { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '172.20.0.0/16' } };
    expect(wrongFacts(template)).toEqual(['Cluster has `ServiceIpv4Cidr` 172.20.0.0/16, which overlaps with 172.20.64.0/18 of its VPC']);
  });
});

describe('managed policies', () => {
  const arn = (policy: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::aws:policy/${policy}`]] });
  const role = (policy: unknown, Conditions?: { [name: string]: unknown }): Template =>
    ({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: [policy] } } }, Conditions });
  const publicOnly = arn('AmazonElasticContainerRegistryPublicReadOnly');
  const inAws = { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws'] };

  test('are missed in the partitions that lack them', () => {
    expect(managedPolicies(role(publicOnly)).problems).toEqual([
      'Role names arn:aws-cn:iam::aws:policy/AmazonElasticContainerRegistryPublicReadOnly: aws-cn has no such policy',
      'Role names arn:aws-us-gov:iam::aws:policy/AmazonElasticContainerRegistryPublicReadOnly: aws-us-gov has no such policy',
    ]);
  });

  test.each([
    [inAws, 0],
    [{ 'Fn::Not': [{ 'Fn::Not': [inAws] }] }, 0],
    [{ 'Fn::And': [inAws, { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] }] }, 0],
    [{ 'Fn::Or': [{ Condition: 'InAws' }, { 'Fn::Equals': ['a', 'b'] }] }, 0],
    [{ 'Fn::Not': [inAws] }, 2],
    [{ 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] }, 2],
  ])('are left alone where the condition %j keeps them out: %d missed', (condition, count) => {
    const template = role({ 'Fn::If': ['Given', publicOnly, { Ref: 'AWS::NoValue' }] }, { Given: condition, InAws: inAws });
    expect(managedPolicies(template).problems).toHaveLength(count);
  });

  test('have the partition of the stack', () => {
    expect(managedPolicies(role('arn:aws:iam::aws:policy/AmazonEKSClusterPolicy')).problems).toEqual([
      'Role names arn:aws:iam::aws:policy/AmazonEKSClusterPolicy, which is not in aws-cn',
      'Role names arn:aws:iam::aws:policy/AmazonEKSClusterPolicy, which is not in aws-us-gov',
    ]);
    expect(managedPolicies(role({ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/AmazonEKSClusterPolicy' }))).toEqual({ problems: [], unknown: [] });
  });

  test('that are not in the list are told', () => {
    expect(managedPolicies(role(arn('AmazonEKSClutserPolicy')))).toEqual({ problems: [], unknown: ['iam::aws:policy/AmazonEKSClutserPolicy'] });
  });
});
