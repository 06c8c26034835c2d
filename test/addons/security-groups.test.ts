import { aws_ec2 as ec2, type Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { AlbController, Cilium, NodeGroup } from '../../src';
import { clusterFixture, importedClusterFixture } from '../support/fixtures';
import { helmRelease, neededBy, resourcesOf } from '../support/read';

const group = (stack: Stack, cluster: eks.ICluster, id: string) => new ec2.SecurityGroup(stack, id, { vpc: cluster.vpc });

/** The rules that were added beside the groups: from whom, to whom, what. */
function rules(template: Template) {
  const name = (id: any) => typeof id === 'string' ? id : id['Fn::GetAtt'].join('.').replace(/[0-9A-F]{8}/, '');
  return Object.values(resourcesOf(template, 'AWS::EC2::SecurityGroupIngress')).map(({ Properties: it }) => ({
    from: name(it.SourceSecurityGroupId), to: name(it.GroupId), protocol: it.IpProtocol, ports: it.FromPort && [it.FromPort, it.ToPort],
  }));
}

describe('Cilium', () => {
  test('adds no rules where all nodes carry the cluster security group', () => {
    const { stack, cluster, template } = clusterFixture();
    new Cilium(stack, 'Cilium', { cluster, clusterName: 'shop' });
    expect(rules(template())).toEqual([]);
  });

  test('lets nodes of other groups, the cluster security group and each other reach one another', () => {
    const { stack, cluster, template } = clusterFixture();
    const nodeSecurityGroups = [group(stack, cluster, 'One'), group(stack, cluster, 'Two')];
    new Cilium(stack, 'Cilium', { cluster, clusterName: 'shop', nodeSecurityGroups });
    const shared = 'Cluster.ClusterSecurityGroupId';
    const pairs = [
      [shared, 'One.GroupId'], ['One.GroupId', 'One.GroupId'], ['Two.GroupId', 'One.GroupId'],
      [shared, 'Two.GroupId'], ['One.GroupId', 'Two.GroupId'], ['Two.GroupId', 'Two.GroupId'],
      ['One.GroupId', shared], ['Two.GroupId', shared],
    ];
    const all = rules(template());
    expect(all).toHaveLength(pairs.length);
    expect(all).toEqual(expect.arrayContaining(pairs.map(([from, to]) => ({ from, to, protocol: '-1', ports: undefined }))));
  });

  test('adds its rules to groups that were made elsewhere', () => {
    const { stack, cluster, template } = importedClusterFixture();
    const nodes = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Nodes', 'sg-0fedcba9876543210');
    new Cilium(stack, 'Cilium', { cluster, clusterName: 'legacy', nodeSecurityGroups: [nodes] });
    const [shared, own] = ['sg-0123456789abcdef0', 'sg-0fedcba9876543210'];
    expect(rules(template()).map(({ from, to }) => [from, to])).toEqual(expect.arrayContaining([[shared, own], [own, own], [own, shared]]));
    expect(rules(template())).toHaveLength(3);
  });
});

test('rules are there before the nodes of a cluster that wait for Cilium, and as long as they live', () => {
  const { stack, cluster, template } = clusterFixture();
  const nodeSecurityGroups = [group(stack, cluster, 'One')];
  const cilium = new Cilium(stack, 'Cilium', { cluster, clusterName: 'shop', nodeSecurityGroups });
  const nodes = new NodeGroup(stack, 'Nodes', { cluster, securityGroups: nodeSecurityGroups });
  nodes.node.addDependency(cilium);
  const [nodeGroup] = Object.keys(resourcesOf(template(), 'AWS::EKS::Nodegroup'));
  const ingress = Object.keys(resourcesOf(template(), 'AWS::EC2::SecurityGroupIngress'));
  expect(ingress).toHaveLength(3);
  expect([...neededBy(template(), nodeGroup)]).toEqual(expect.arrayContaining(ingress));
});

describe('AlbController', () => {
  test('adds no rules where all nodes carry the cluster security group', () => {
    const { stack, cluster, template } = clusterFixture();
    new AlbController(stack, 'Alb', { cluster });
    expect(rules(template())).toEqual([]);
  });

  test('lets the control plane reach its webhooks on nodes of other groups, and no more', () => {
    const { stack, cluster, template } = clusterFixture();
    new AlbController(stack, 'Alb', { cluster, nodeSecurityGroups: [group(stack, cluster, 'One'), group(stack, cluster, 'Two')] });
    const rule = { from: 'Cluster.ClusterSecurityGroupId', protocol: 'tcp', ports: [9443, 9443] };
    expect(rules(template())).toEqual([{ ...rule, to: 'One.GroupId' }, { ...rule, to: 'Two.GroupId' }]);
  });

  test('has its rules as long as it runs: its webhooks are called while Ingresses are deleted', () => {
    const { stack, cluster, template } = clusterFixture();
    new AlbController(stack, 'Alb', { cluster, nodeSecurityGroups: [group(stack, cluster, 'One')] });
    expect(helmRelease(template(), 'aws-load-balancer-controller').DependsOn)
      .toEqual(expect.arrayContaining(Object.keys(resourcesOf(template(), 'AWS::EC2::SecurityGroupIngress'))));
  });
});
