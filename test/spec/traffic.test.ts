/** The sections "Network Traffic Patterns" and "Security Considerations" of the architecture document. Its NetworkPolicy comes with the network policies. */
import type { Template } from 'aws-cdk-lib/assertions';
import { PlatformProfile } from '../../src';
import { platformFixture } from '../support/fixtures';
import { helmValues, idsOf, resourcesOf, theOnly, workloadStatements } from '../support/read';

const template = platformFixture({ profile: PlatformProfile.PROD, network: { podCidr: '100.64.0.0/16' } }).template();
const cilium = helmValues(template, 'cilium');
const albController = helmValues(template, 'aws-load-balancer-controller');
const resources = template.toJSON().Resources;

/** The types of the resources whose properties name a resource. */
function typesThatName(logicalId: string): string[] {
  const users = Object.values<any>(resources).filter(it => JSON.stringify(it.Properties ?? {}).includes(`"${logicalId}"`));
  return [...new Set(users.map(it => it.Type as string))].sort();
}

const subnets = (kind: RegExp) => idsOf(template, 'AWS::EC2::Subnet').filter(id => kind.test(id));

/** Where the route table of a subnet sends what has no other route: Ids of gateways. */
function waysOut(it: Template, subnet: string) {
  const associations = Object.values(it.findResources('AWS::EC2::SubnetRouteTableAssociation', { Properties: { SubnetId: { Ref: subnet } } }));
  expect(associations).toHaveLength(1);
  const { RouteTableId } = associations[0].Properties;
  return Object.values(it.findResources('AWS::EC2::Route', { Properties: { RouteTableId } })).map(route => route.Properties);
}

describe('"East-West Traffic (Pod to Pod)"', () => {
  test('"Cilium ──► [WireGuard Encrypted] ──► Cilium"', () => {
    expect(cilium.encryption).toMatchObject({ enabled: true, type: 'wireguard' });
  });

  test('WireGuard\'s packets pass between all nodes: every node carries the cluster security group, whose members reach each other', () => {
    // With groups in the launch template EKS would not add the cluster's own.
    expect(theOnly(template, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData).not.toHaveProperty('SecurityGroupIds');
  });

  test('"Network Policy Check": no policy is left unenforced', () => {
    expect(cilium).not.toHaveProperty('policyEnforcementMode');
    expect(cilium).not.toHaveProperty('policyAuditMode');
  });
});

describe('"North-South Traffic (External to Pod)"', () => {
  test('"ALB ──► Target Group ──► Pod IP": targets are pods, not nodes', () => {
    expect(albController.defaultTargetType).toBe('ip');
  });

  test('"Pod IP": pods have addresses that the VPC routes, as load balancers need them', () => {
    expect(cilium).toMatchObject({ ipam: { mode: 'eni' }, routingMode: 'native' });
  });

  test('"Health Checks": the controller sets them up and reads their outcome', () => {
    const actions = workloadStatements(template, 'kube-system/aws-load-balancer-controller').flatMap(it => it.Action);
    expect(actions).toEqual(expect.arrayContaining(['elasticloadbalancing:ModifyTargetGroup', 'elasticloadbalancing:DescribeTargetHealth']));
  });
});

describe('"Egress Traffic (Pod to Internet)"', () => {
  test('"ENI": pods leave under their own addresses', () => {
    expect(cilium.enableIPv4Masquerade).toBe(false);
  });

  test('"ENI ──► NAT Gateway ──► Internet", from the nodes\' subnets and from the pods\' own', () => {
    const [internet] = idsOf(template, 'AWS::EC2::InternetGateway');
    for (const subnet of [...subnets(/PrivateSubnet/), ...subnets(/PodSubnet/)]) {
      const [{ NatGatewayId, DestinationCidrBlock }] = waysOut(template, subnet);
      expect(DestinationCidrBlock).toBe('0.0.0.0/0');
      const gateway = resourcesOf(template, 'AWS::EC2::NatGateway')[NatGatewayId.Ref];
      expect(waysOut(template, gateway.Properties.SubnetId.Ref)[0].GatewayId).toEqual({ Ref: internet });
    }
  });
});

describe('"Network Segmentation"', () => {
  test('"Public subnets: Only for load balancers and NAT gateways": nothing else is put there, and nothing gets a public address', () => {
    expect(subnets(/PublicSubnet/)).toHaveLength(3);
    for (const subnet of subnets(/PublicSubnet/)) {
      expect(typesThatName(subnet)).toEqual(['AWS::EC2::NatGateway', 'AWS::EC2::SubnetRouteTableAssociation']);
      expect(resources[subnet].Properties.MapPublicIpOnLaunch).toBe(false);
    }
  });

  test('"Private subnets: All EKS nodes and pods"', () => {
    const nodes = theOnly(template, 'AWS::EKS::Nodegroup').Properties.Subnets.map((it: { Ref: string }) => it.Ref);
    expect(nodes).toEqual(subnets(/PrivateSubnet/));
    expect(cilium.eni.nodeSpec.subnetTags).toEqual(['cilium.io/pod-subnet=true']);
  });

  test('"No direct internet access to pods": no route leads from outside to nodes or pods', () => {
    for (const subnet of [...subnets(/PrivateSubnet/), ...subnets(/PodSubnet/)]) {
      const routes = waysOut(template, subnet);
      expect(routes).toHaveLength(1);
      expect(routes[0]).not.toHaveProperty('GatewayId');
      expect(resources[subnet].Properties.MapPublicIpOnLaunch ?? false).toBe(false);
    }
  });

  test('load balancers are internal unless an Ingress or Service says otherwise', () => {
    expect(albController.defaultLoadBalancerScheme).toBe('internal');
  });
});

describe('"Security Groups"', () => {
  test('"EKS Cluster security group: Controls control plane access": one of its own, that lets no one in', () => {
    const [group] = theOnly(template, 'AWS::EKS::Cluster').Properties.ResourcesVpcConfig.SecurityGroupIds;
    const id = group['Fn::GetAtt'][0];
    expect(resources[id].Properties).not.toHaveProperty('SecurityGroupIngress');
    expect(typesThatName(id)).toEqual(['AWS::EKS::Cluster']); // so no rule beside it opens it either
  });

  test('"Node security groups: Controls node-to-node communication": EKS\'s cluster security group, which nodes and pods carry', () => {
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    expect(theOnly(template, 'AWS::EC2::LaunchTemplate').Properties.LaunchTemplateData).not.toHaveProperty('SecurityGroupIds');
    expect(cilium.eni).not.toHaveProperty('nodeSpec.securityGroups');
  });

  test('"ALB security groups: Created automatically by ALB Controller"', () => {
    expect(albController).not.toHaveProperty('enableBackendSecurityGroup');
    expect(albController).not.toHaveProperty('disableRestrictedSecurityGroupRules');
    const actions = workloadStatements(template, 'kube-system/aws-load-balancer-controller').flatMap(it => it.Action);
    expect(actions).toEqual(expect.arrayContaining(['ec2:CreateSecurityGroup', 'ec2:AuthorizeSecurityGroupIngress', 'ec2:DeleteSecurityGroup']));
  });
});
