/** The sections "VPC Design", "VPC Flow Logs" and "Environment Differences" of the architecture document. */
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { PlatformProfile } from '../../src';
import { platformFixture, type StackOptions } from '../support/fixtures';
import { helmValues, idsOf, resourcesOf, theOnly } from '../support/read';

const prod = (options?: StackOptions) => platformFixture({ profile: PlatformProfile.PROD }, options).template();
const production = prod();

const TEMPLATES: [string, Template][] = [
  ['without an environment', production],
  ['with an environment', prod({ env: { account: '123456789012', region: 'eu-central-1' } })],
];

/** The one resource that a subnet's route table sends all addresses to. */
function defaultRoute(template: Template, subnetId: string) {
  const { RouteTableId } = Object.values(template.findResources('AWS::EC2::SubnetRouteTableAssociation', { Properties: { SubnetId: { Ref: subnetId } } }))[0].Properties;
  const routes = Object.values(template.findResources('AWS::EC2::Route', { Properties: { RouteTableId, DestinationCidrBlock: '0.0.0.0/0' } }));
  expect(routes).toHaveLength(1);
  return routes[0].Properties;
}

/** Subnets by the names of the document's diagram: Pub1 to Pub3, Priv1 to Priv3. */
function subnet(template: Template, name: string): string {
  const [, kind, zone] = /(Pub|Priv)(\d)/.exec(name)!;
  return idsOf(template, 'AWS::EC2::Subnet').find(id => id.includes(`${{ Pub: 'Public', Priv: 'Private' }[kind]}Subnet${zone}`))!;
}

describe.each(TEMPLATES)('in a stack %s', (_, template) => {
  test('"VPC 10.0.0.0/16"', () => {
    expect(theOnly(template, 'AWS::EC2::VPC').Properties.CidrBlock).toBe('10.0.0.0/16');
  });

  test.each([
    ['Pub1', 'Public Subnet', '10.0.0.0/24'], ['Pub2', 'Public Subnet', '10.0.1.0/24'], ['Pub3', 'Public Subnet', '10.0.2.0/24'],
    ['Priv1', 'Private Subnet', '10.0.3.0/24'], ['Priv2', 'Private Subnet', '10.0.4.0/24'], ['Priv3', 'Private Subnet', '10.0.5.0/24'],
  ])('"%s[%s %s]"', (name, __, cidr) => {
    expect(resourcesOf(template, 'AWS::EC2::Subnet')[subnet(template, name)].Properties.CidrBlock).toBe(cidr);
  });

  test('has no other subnets: masks of both kinds are /24', () => {
    template.resourceCountIs('AWS::EC2::Subnet', 6);
    template.resourcePropertiesCountIs('AWS::EC2::Subnet', { CidrBlock: Match.stringLikeRegexp('/24$') }, 6);
  });

  test('"Availability Zone 1", 2 and 3: a public and a private subnet in each of three zones', () => {
    const zones = [1, 2, 3].map(zone => ['Pub', 'Priv'].map(kind =>
      JSON.stringify(resourcesOf(template, 'AWS::EC2::Subnet')[subnet(template, `${kind}${zone}`)].Properties.AvailabilityZone)));
    zones.forEach(([publicZone, privateZone]) => expect(publicZone).toBe(privateZone));
    expect(new Set(zones.flat()).size).toBe(3);
  });

  test.each([['Pub1'], ['Pub2'], ['Pub3']])('"IGW --> %s"', name => {
    expect(defaultRoute(template, subnet(template, name)).GatewayId).toEqual({ Ref: idsOf(template, 'AWS::EC2::InternetGateway')[0] });
  });

  test.each([['Pub1', 'NAT1', 'Priv1'], ['Pub2', 'NAT2', 'Priv2'], ['Pub3', 'NAT3', 'Priv3']])('"%s --> %s --> %s"', (pub, __, priv) => {
    const gateway = defaultRoute(template, subnet(template, priv)).NatGatewayId.Ref;
    expect(resourcesOf(template, 'AWS::EC2::NatGateway')[gateway].Properties.SubnetId).toEqual({ Ref: subnet(template, pub) });
  });

  /** "Subnets are tagged for automatic discovery" */
  test.each([
    ['Public Subnets', 'Pub', 'kubernetes.io/role/elb', '1'],
    ['Public Subnets', 'Pub', 'kubernetes.io/cluster/shop', 'shared'],
    ['Public Subnets', 'Pub', 'karpenter.sh/discovery', 'shop'],
    ['Private Subnets', 'Priv', 'kubernetes.io/role/internal-elb', '1'],
    ['Private Subnets', 'Priv', 'kubernetes.io/cluster/shop', 'shared'],
    ['Private Subnets', 'Priv', 'karpenter.sh/discovery', 'shop'],
  ])('"# %s": every %s subnet carries %s: "%s"', (__, kind, Key, Value) => {
    const tagged = idsOf(template, 'AWS::EC2::Subnet', { Tags: Match.arrayWith([{ Key, Value }]) });
    [1, 2, 3].forEach(zone => expect(tagged).toContain(subnet(template, `${kind}${zone}`)));
  });

  test('the role tags do not get mixed up: none of the public subnets is for internal load balancers, nor the other way round', () => {
    for (const [kind, Key] of [['Pub', 'kubernetes.io/role/internal-elb'], ['Priv', 'kubernetes.io/role/elb']]) {
      const tagged = idsOf(template, 'AWS::EC2::Subnet', { Tags: Match.arrayWith([Match.objectLike({ Key })]) });
      [1, 2, 3].forEach(zone => expect(tagged).not.toContain(subnet(template, `${kind}${zone}`)));
    }
  });
});

describe('"Subnet Configuration"', () => {
  const template = production;

  test('"Public | NAT Gateways, Load Balancers": NAT gateways stand there, and load balancers find them by their tag', () => {
    const publicSubnets = [1, 2, 3].map(zone => ({ Ref: subnet(template, `Pub${zone}`) }));
    expect(Object.values(resourcesOf(template, 'AWS::EC2::NatGateway')).map(it => it.Properties.SubnetId)).toEqual(publicSubnets);
  });

  test('"Private | EKS Nodes, Pods": nodes stand there, and pods take their addresses there', () => {
    const privateSubnets = [1, 2, 3].map(zone => ({ Ref: subnet(template, `Priv${zone}`) }));
    expect(theOnly(template, 'AWS::EKS::Nodegroup').Properties.Subnets).toEqual(privateSubnets);
    // Without a filter Cilium gives pods addresses of their node's own subnet.
    expect(helmValues(template, 'cilium').eni).not.toHaveProperty('nodeSpec');
  });
});

describe('"VPC Flow Logs"', () => {
  const template = platformFixture({ network: { flowLogs: true } }).template();
  const flowLog = () => theOnly(template, 'AWS::EC2::FlowLog').Properties;

  test('"When enabled (`network.flowLogs: true`), VPC Flow Logs capture" the whole VPC', () => {
    expect(flowLog()).toMatchObject({ ResourceType: 'VPC', ResourceId: { Ref: idsOf(template, 'AWS::EC2::VPC')[0] } });
  });

  test('not when not: `network.flowLogs: false`', () => {
    platformFixture({ network: { flowLogs: false } }).template().resourceCountIs('AWS::EC2::FlowLog', 0);
  });

  test('"Source/destination IP addresses", "Source/destination ports", "Protocol", "Packets/bytes transferred": AWS\'s default format has all of them', () => {
    expect(flowLog()).not.toHaveProperty('LogFormat');
  });

  test('"Action (ACCEPT/REJECT)": accepted and rejected traffic', () => {
    expect(flowLog().TrafficType).toBe('ALL');
  });

  test('"Flow logs are sent to CloudWatch Logs for analysis"', () => {
    expect(flowLog()).toMatchObject({ LogDestinationType: 'cloud-watch-logs', LogGroupName: { Ref: idsOf(template, 'AWS::Logs::LogGroup')[0] } });
    const role = resourcesOf(template, 'AWS::IAM::Role')[flowLog().DeliverLogsPermissionArn['Fn::GetAtt'][0]].Properties;
    expect(role.AssumeRolePolicyDocument.Statement[0].Principal.Service).toBe('vpc-flow-logs.amazonaws.com');
    expect(role.Policies[0].PolicyDocument.Statement[0].Action).toContain('logs:PutLogEvents');
  });
});

describe('"Environment Differences"', () => {
  const { DEV, STAGING } = PlatformProfile;
  const [dev, staging] = [DEV, STAGING].map(profile => platformFixture({ profile }).template());
  const gateways = (template: Template) => idsOf(template, 'AWS::EC2::NatGateway').length;
  const gatewayZones = (template: Template) => new Set(Object.values(resourcesOf(template, 'AWS::EC2::NatGateway'))
    .map(it => JSON.stringify(resourcesOf(template, 'AWS::EC2::Subnet')[it.Properties.SubnetId.Ref].Properties.AvailabilityZone))).size;

  test.each([['Dev', dev, 1], ['Staging', staging, 2], ['Production', production, 3]])('"NAT Gateways": %s', (_, template, expected) => {
    expect(gateways(template)).toBe(expected);
  });

  test.each([['Dev', dev, true], ['Staging', staging, true], ['Production', production, true]])('"VPC Flow Logs": %s', (_, template, expected) => {
    expect(idsOf(template, 'AWS::EC2::FlowLog').length === 1).toBe(expected);
  });

  test.each([['Dev', dev, false], ['Staging', staging, true], ['Production', production, true]])('"Multi-AZ NAT": %s', (_, template, expected) => {
    expect(gatewayZones(template) > 1).toBe(expected);
  });

  test.each([['Dev', dev, true], ['Staging', staging, true], ['Production', production, true]])('"Hubble UI": %s', (_, template, expected) => {
    expect(helmValues(template, 'cilium').hubble.ui.enabled).toBe(expected);
  });

  test.each([['Dev', dev], ['Staging', staging], ['Production', production]])('every private subnet has its way out, however many gateways there are: %s', (_, template) => {
    const used = [1, 2, 3].map(zone => defaultRoute(template, subnet(template, `Priv${zone}`)).NatGatewayId.Ref);
    expect(new Set(used).size).toBe(gateways(template));
  });
});
