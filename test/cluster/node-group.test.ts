import { CfnParameter, Size } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { parse } from 'yaml';
import { NodeGroup, type NodeGroupOptions } from '../../src';
import { clusterFixture, importedClusterFixture } from '../support/fixtures';
import { resourcesOf, text, theOnly } from '../support/read';

type Cluster = ReturnType<typeof clusterFixture | typeof importedClusterFixture>;

function nodesFixture(options: NodeGroupOptions = {}, fixture: Cluster = clusterFixture()) {
  const nodes = new NodeGroup(fixture.stack, 'Nodes', { cluster: fixture.cluster, ...options });
  return { ...fixture, nodes };
}

type Fixture = ReturnType<typeof nodesFixture>;
const nodegroup = (fixture: Fixture) => theOnly(fixture.template(), 'AWS::EKS::Nodegroup').Properties;
const launchTemplate = (fixture: Fixture) => theOnly(fixture.template(), 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData;

const AGENT_NOT_READY = { Key: 'node.cilium.io/agent-not-ready', Value: 'true', Effect: 'NO_EXECUTE' };

describe('a node group', () => {
  test('has two to four On-Demand nodes of m7g.large by default', () => {
    expect(nodegroup(nodesFixture())).toMatchObject({
      InstanceTypes: ['m7g.large'],
      CapacityType: 'ON_DEMAND',
      ScalingConfig: { MinSize: 2, DesiredSize: 2, MaxSize: 4 },
    });
  });

  test('joins its cluster in the private subnets', () => {
    const fixture = nodesFixture();
    expect(nodegroup(fixture).ClusterName).toEqual(fixture.stack.resolve(fixture.cluster.clusterName));
    expect(nodegroup(fixture).Subnets).toEqual(fixture.stack.resolve(fixture.cluster.vpc.privateSubnets.map(subnet => subnet.subnetId)));
  });

  test('runs in the given subnets', () => {
    const { stack, cluster, template } = clusterFixture();
    new NodeGroup(stack, 'Nodes', { cluster, subnets: { subnets: [cluster.vpc.privateSubnets[1]] } });
    expect(theOnly(template(), 'AWS::EKS::Nodegroup').Properties.Subnets).toEqual([stack.resolve(cluster.vpc.privateSubnets[1].subnetId)]);
  });

  test('follows the newest version of its launch template', () => {
    const fixture = nodesFixture();
    const [id] = Object.keys(resourcesOf(fixture.template(), 'AWS::EC2::LaunchTemplate'));
    expect(nodegroup(fixture).LaunchTemplate).toEqual({ Id: { Ref: id }, Version: { 'Fn::GetAtt': [id, 'LatestVersionNumber'] } });
  });

  test('keeps pods away until Cilium runs', () => {
    expect(nodegroup(nodesFixture()).Taints).toEqual([AGENT_NOT_READY]);
  });

  test('carries more taints beside the one of Cilium', () => {
    const taints = [{ key: 'dedicated', value: 'gpu', effect: eks.TaintEffect.NO_SCHEDULE }];
    expect(nodegroup(nodesFixture({ taints })).Taints).toEqual([AGENT_NOT_READY, { Key: 'dedicated', Value: 'gpu', Effect: 'NO_SCHEDULE' }]);
  });

  test('carries the given labels, and none by default', () => {
    expect(nodegroup(nodesFixture({ labels: { team: 'shop' } })).Labels).toEqual({ team: 'shop' });
    expect(nodegroup(nodesFixture()).Labels).toBeUndefined();
  });

  test('accepts Spot capacity', () => {
    expect(nodegroup(nodesFixture({ capacityType: eks.CapacityType.SPOT })).CapacityType).toBe('SPOT');
  });

  test('offers the CDK construct and the role', () => {
    const { stack, nodes, template } = nodesFixture();
    expect(Object.keys(resourcesOf(template(), 'AWS::EKS::Nodegroup'))).toEqual([stack.resolve(nodes.nodegroup.nodegroupArn)['Fn::GetAtt'][0]]);
    expect(theOnly(template(), 'AWS::EKS::Nodegroup').Properties.NodeRole).toEqual(stack.resolve(nodes.role.roleArn));
  });

  test('joins an imported cluster', () => {
    const fixture = nodesFixture({}, importedClusterFixture());
    expect(nodegroup(fixture)).toMatchObject({ ClusterName: 'legacy', Subnets: ['subnet-a', 'subnet-b'], Taints: [AGENT_NOT_READY] });
  });

  test('is one of several on a cluster', () => {
    const { stack, cluster, template } = clusterFixture();
    new NodeGroup(stack, 'Small', { cluster });
    new NodeGroup(stack, 'Large', { cluster, instanceTypes: [new ec2.InstanceType('m7g.4xlarge')] });
    template().resourceCountIs('AWS::EKS::Nodegroup', 2);
    template().resourceCountIs('AWS::EC2::LaunchTemplate', 2);
  });
});

describe('a launch template', () => {
  test('lets only the host reach the instance metadata, by IMDSv2', () => {
    expect(launchTemplate(nodesFixture()).MetadataOptions).toEqual({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
  });

  test.each([['50 GiB by default', undefined, 50], ['the given size', Size.gibibytes(120), 120], ['tebibytes', Size.tebibytes(1), 1024]])(
    'has an encrypted gp3 volume of %s', (_, diskSize, size) => {
      expect(launchTemplate(nodesFixture({ diskSize })).BlockDeviceMappings).toEqual([{
        DeviceName: '/dev/xvda',
        Ebs: { VolumeType: 'gp3', VolumeSize: size, Encrypted: true, DeleteOnTermination: true },
      }]);
    });

  test('names instances and volumes', () => {
    expect(launchTemplate(nodesFixture()).TagSpecifications).toEqual(['instance', 'volume']
      .map(type => ({ ResourceType: type, Tags: [{ Key: 'Name', Value: 'Shop/Nodes' }] })));
  });

  test('leaves the security groups to EKS by default, which uses the cluster\'s', () => {
    expect(launchTemplate(nodesFixture()).SecurityGroupIds).toBeUndefined();
  });

  test('has more security groups beside the one of the cluster', () => {
    const { stack, cluster, template } = clusterFixture();
    const group = new ec2.SecurityGroup(stack, 'Database', { vpc: cluster.vpc });
    new NodeGroup(stack, 'Nodes', { cluster, securityGroups: [group] });
    expect(theOnly(template(), 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData.SecurityGroupIds)
      .toEqual(stack.resolve([cluster.clusterSecurityGroupId, group.securityGroupId]));
  });

  test('has the security group of an imported cluster', () => {
    const fixture = importedClusterFixture();
    const group = ec2.SecurityGroup.fromSecurityGroupId(fixture.stack, 'Group', 'sg-1');
    expect(launchTemplate(nodesFixture({ securityGroups: [group] }, fixture)).SecurityGroupIds).toEqual(['sg-0123456789abcdef0', 'sg-1']);
  });
});

describe('maxPods', () => {
  const nodeConfig = (fixture: Fixture) => {
    const document = text(launchTemplate(fixture).UserData['Fn::Base64']);
    const [, boundary] = /^Content-Type: multipart\/mixed; boundary="([^"]+)"\nMIME-Version: 1\.0\n\n/.exec(document)!;
    const [, part, end] = document.split(`--${boundary}`);
    expect(end.trim()).toBe('--');
    const [header, ...body] = part.trim().split('\n\n');
    expect(header).toBe('Content-Type: application/node.eks.aws');
    return parse(body.join('\n\n'));
  };

  test('is left to EKS by default', () => {
    expect(launchTemplate(nodesFixture()).UserData).toBeUndefined();
  });

  test.each([1, 110, 250])('of %i is told to the kubelet in its file and by its flag', maxPods => {
    expect(nodeConfig(nodesFixture({ maxPods }))).toEqual({
      apiVersion: 'node.eks.aws/v1alpha1',
      kind: 'NodeConfig',
      spec: { kubelet: { config: { maxPods }, flags: [`--max-pods=${maxPods}`] } },
    });
  });

  test('can be a token', () => {
    const fixture = clusterFixture();
    const maxPods = new CfnParameter(fixture.stack, 'MaxPods', { type: 'Number' }).valueAsNumber;
    expect(nodeConfig(nodesFixture({ maxPods }, fixture)).spec.kubelet.flags).toEqual(['--max-pods=<token>']);
  });
});

describe('a role', () => {
  const policies = (...names: string[]) => names.map(name => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::aws:policy/${name}`]] }));

  test('lets nodes join and pull images, and leaves network interfaces to Cilium', () => {
    const { template } = nodesFixture({}, importedClusterFixture());
    const role = theOnly(template(), 'AWS::IAM::Role').Properties;
    expect(role.ManagedPolicyArns).toEqual(policies('AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly'));
    expect(role.AssumeRolePolicyDocument.Statement).toEqual([
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' } },
    ]);
    expect(role.Policies).toBeUndefined();
    template().resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('has no AmazonEKS_CNI_Policy on a user\'s own cluster either', () => {
    nodesFixture().template().resourcePropertiesCountIs('AWS::IAM::Role', {
      ManagedPolicyArns: Match.arrayWith([{ 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('AmazonEKS_CNI_Policy')])] }]),
    }, 0);
  });

  test('of one\'s own is used as it is', () => {
    const fixture = importedClusterFixture();
    const role = iam.Role.fromRoleArn(fixture.stack, 'NodeRole', 'arn:aws:iam::123456789012:role/nodes');
    const { nodes, template } = nodesFixture({ role }, fixture);
    expect(nodes.role).toBe(role);
    expect(theOnly(template(), 'AWS::EKS::Nodegroup').Properties.NodeRole).toBe('arn:aws:iam::123456789012:role/nodes');
    template().resourceCountIs('AWS::IAM::Role', 0);
  });
});
