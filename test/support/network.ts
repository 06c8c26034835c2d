import { Template } from 'aws-cdk-lib/assertions';
import { stackFixture, type StackOptions } from './fixtures';
import { resourcesOf } from './read';
import { Vpc, type VpcProps } from '../../src';
import type { Resource } from '../../tools/template';

/** A Vpc for the cluster shop, in its own stack. */
export function vpcFixture(props: Partial<VpcProps> = {}, options: StackOptions = {}) {
  const stack = stackFixture(options);
  const vpc = new Vpc(stack, 'Vpc', { clusterName: 'shop', ...props });
  return { stack, vpc, template: () => Template.fromStack(stack) };
}

/** The subnets of a kind, in the order in which they are defined. */
export function subnetsOf(template: Template, kind: 'Public' | 'Private'): Resource[] {
  return Object.values(resourcesOf(template, 'AWS::EC2::Subnet')).filter(subnet => allTags(subnet)['aws-cdk:subnet-name'] === kind);
}

/** A resource's tags, except CDK's own. */
export function tagsOf(resource: Resource): { [key: string]: any } {
  return Object.fromEntries(Object.entries(allTags(resource)).filter(([key]) => key !== 'Name' && !key.startsWith('aws-cdk:')));
}

/** For the zone of each private subnet, the zone of the NAT gateway that it routes through. */
export function natZones(template: Template): { [zone: string]: string } {
  const subnets = resourcesOf(template, 'AWS::EC2::Subnet');
  const associations = Object.values(resourcesOf(template, 'AWS::EC2::SubnetRouteTableAssociation'));
  const routes = Object.values(resourcesOf(template, 'AWS::EC2::Route')).filter(route => route.Properties.NatGatewayId);
  const gateways = resourcesOf(template, 'AWS::EC2::NatGateway');
  return Object.fromEntries(routes.map(({ Properties: route }) => {
    expect(route.DestinationCidrBlock).toBe('0.0.0.0/0');
    const association = associations.find(it => it.Properties.RouteTableId.Ref === route.RouteTableId.Ref)!;
    const gateway = gateways[route.NatGatewayId.Ref];
    return [association, gateway].map(it => subnets[it.Properties.SubnetId.Ref].Properties.AvailabilityZone);
  }));
}

function allTags(resource: Resource): { [key: string]: any } {
  return Object.fromEntries((resource.Properties.Tags ?? []).map((tag: any) => [tag.Key, tag.Value]));
}
