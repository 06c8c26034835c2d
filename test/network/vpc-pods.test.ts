import { Fn } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Resource } from '../../tools/template';
import { tagsOf, vpcFixture } from '../support/network';
import { resourcesOf, theOnly } from '../support/read';

const PODS = { podCidr: '100.64.0.0/16', availabilityZones: ['a', 'b', 'c'] };
type Template = ReturnType<ReturnType<typeof vpcFixture>['template']>;

function podSubnets(template: Template): [string, Resource][] {
  return Object.entries(resourcesOf(template, 'AWS::EC2::Subnet')).filter(([, it]) => 'cilium.io/pod-subnet' in tagsOf(it));
}

function routeTableOf(template: Template, subnet: string): string {
  const found = Object.values(resourcesOf(template, 'AWS::EC2::SubnetRouteTableAssociation')).filter(it => it.Properties.SubnetId.Ref === subnet);
  expect(found).toHaveLength(1);
  return found[0].Properties.RouteTableId.Ref;
}

test('without a pod range, there are no pod subnets', () => {
  const { vpc, template } = vpcFixture();
  expect(vpc.podSubnets).toEqual([]);
  template().resourceCountIs('AWS::EC2::VPCCidrBlock', 0);
  expect(podSubnets(template())).toEqual([]);
});

test('adds the pod range to the VPC', () => {
  const { stack, vpc, template } = vpcFixture(PODS);
  expect(theOnly(template(), 'AWS::EC2::VPCCidrBlock').Properties).toEqual({ VpcId: stack.resolve(vpc.vpcId), CidrBlock: '100.64.0.0/16' });
});

test('splits the pod range into a subnet for each zone', () => {
  const { stack, vpc, template } = vpcFixture(PODS);
  expect(podSubnets(template()).map(([, { Properties: it }]) => [it.VpcId, it.AvailabilityZone, it.CidrBlock])).toEqual([
    [stack.resolve(vpc.vpcId), 'a', '100.64.0.0/18'],
    [stack.resolve(vpc.vpcId), 'b', '100.64.64.0/18'],
    [stack.resolve(vpc.vpcId), 'c', '100.64.128.0/18'],
  ]);
});

test('defines pod subnets after the range that they lie in', () => {
  const { template } = vpcFixture(PODS);
  const [range] = Object.keys(resourcesOf(template(), 'AWS::EC2::VPCCidrBlock'));
  expect(podSubnets(template()).map(([, subnet]) => subnet.DependsOn)).toEqual([[range], [range], [range]]);
});

test('tags pod subnets for Cilium, and not for load balancers or nodes', () => {
  for (const [, subnet] of podSubnets(vpcFixture(PODS).template())) {
    expect(tagsOf(subnet)).toEqual({ 'cilium.io/pod-subnet': 'true' });
  }
});

test('names pod subnets by their paths', () => {
  const names = podSubnets(vpcFixture(PODS).template()).map(([, it]) => it.Properties.Tags.find((tag: any) => tag.Key === 'Name').Value);
  expect(names).toEqual(['Shop/Vpc/PodSubnet1', 'Shop/Vpc/PodSubnet2', 'Shop/Vpc/PodSubnet3']);
});

test('routes each pod subnet as the private subnet of its zone', () => {
  const { stack, vpc, template } = vpcFixture({ ...PODS, natGateways: 3 });
  podSubnets(template()).forEach(([id], index) => {
    const { subnetId, routeTable } = vpc.privateSubnets[index];
    expect(routeTableOf(template(), id)).toBe(stack.resolve(routeTable.routeTableId).Ref);
    expect(routeTableOf(template(), id)).toBe(routeTableOf(template(), stack.resolve(subnetId).Ref));
  });
  template().resourceCountIs('AWS::EC2::RouteTable', 6);
});

test('offers pod subnets as subnets, apart from those that nodes run in', () => {
  const { stack, vpc, template } = vpcFixture(PODS);
  const ids = podSubnets(template()).map(([id]) => ({ Ref: id }));
  expect(stack.resolve(vpc.podSubnets.map(subnet => subnet.subnetId))).toEqual(ids);
  expect(vpc.podSubnets.map(subnet => subnet.availabilityZone)).toEqual(['a', 'b', 'c']);
  expect(vpc.podSubnets.map(subnet => subnet.ipv4CidrBlock)).toEqual(['100.64.0.0/18', '100.64.64.0/18', '100.64.128.0/18']);
  expect(stack.resolve(vpc.podSubnets.map(subnet => subnet.routeTable.routeTableId)))
    .toEqual(stack.resolve(vpc.privateSubnets.map(subnet => subnet.routeTable.routeTableId)));

  const nodes = stack.resolve(vpc.selectSubnets({ subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }).subnetIds);
  expect(nodes).toHaveLength(3);
  expect(nodes).toEqual(expect.not.arrayContaining(ids));
  expect(vpc.privateSubnets).toHaveLength(3);
  expect(vpc.isolatedSubnets).toEqual([]);
});

test('puts pod subnets into zones that only a deployment knows', () => {
  const { template } = vpcFixture({ podCidr: '100.64.0.0/16' });
  expect(podSubnets(template()).map(([, it]) => it.Properties.AvailabilityZone))
    .toEqual([0, 1, 2].map(index => ({ 'Fn::Select': [index, { 'Fn::GetAZs': '' }] })));
  const chosen = vpcFixture({ podCidr: '100.64.0.0/16', availabilityZones: [Fn.select(4, Fn.getAzs())] });
  expect(podSubnets(chosen.template()).map(([, it]) => it.Properties.CidrBlock)).toEqual(['100.64.0.0/16']);
});

test.each([
  ['100.64.0.0/26', 1, '100.64.0.0/26'],
  ['100.64.0.0/26', 3, '100.64.0.32/28'],
  ['100.64.0.0/26', 4, '100.64.0.48/28'],
  ['100.64.0.0/25', 5, '100.64.0.64/28'],
  ['10.1.0.0/16', 3, '10.1.128.0/18'],
])('takes %s for %i zones', (podCidr, zones, last) => {
  const { template } = vpcFixture({ podCidr, availabilityZones: ['a', 'b', 'c', 'd', 'e'].slice(0, zones) });
  expect(podSubnets(template()).pop()![1].Properties.CidrBlock).toBe(last);
});
