import { natZones, vpcFixture } from '../support/network';
import { resourcesOf } from '../support/read';

const ZONES = { availabilityZones: ['a', 'b', 'c'] };

test.each([['by default', undefined], ['where one is given', 1]])('all zones route through the one NAT gateway of the first %s', (_, natGateways) => {
  const { template } = vpcFixture({ ...ZONES, natGateways });
  template().resourceCountIs('AWS::EC2::NatGateway', 1);
  expect(natZones(template())).toEqual({ a: 'a', b: 'a', c: 'a' });
});

test('with two NAT gateways, two zones have their own and the third routes through one of them', () => {
  const { template } = vpcFixture({ ...ZONES, natGateways: 2 });
  template().resourceCountIs('AWS::EC2::NatGateway', 2);
  const { a, b, c } = natZones(template());
  expect([a, b]).toEqual(['a', 'b']);
  expect(['a', 'b']).toContain(c);
});

test('with three NAT gateways, each zone routes through its own', () => {
  const { template } = vpcFixture({ ...ZONES, natGateways: 3 });
  template().resourceCountIs('AWS::EC2::NatGateway', 3);
  expect(natZones(template())).toEqual({ a: 'a', b: 'b', c: 'c' });
});

test('takes as many NAT gateways as there are zones', () => {
  const { template } = vpcFixture({ availabilityZones: ['a', 'b', 'c', 'd', 'e'], natGateways: 5 });
  expect(natZones(template())).toEqual({ a: 'a', b: 'b', c: 'c', d: 'd', e: 'e' });
});

test('gives each NAT gateway its own address', () => {
  const gateways = Object.values(resourcesOf(vpcFixture({ ...ZONES, natGateways: 3 }).template(), 'AWS::EC2::NatGateway'));
  expect(new Set(gateways.map(gateway => gateway.Properties.AllocationId['Fn::GetAtt'][0])).size).toBe(3);
});

test('routes the public subnets, and only those, to the one internet gateway', () => {
  const { template } = vpcFixture({ ...ZONES, natGateways: 3 });
  const [gateway, ...others] = Object.keys(resourcesOf(template(), 'AWS::EC2::InternetGateway'));
  expect(others).toEqual([]);
  template().resourcePropertiesCountIs('AWS::EC2::Route', { DestinationCidrBlock: '0.0.0.0/0', GatewayId: { Ref: gateway } }, 3);
  template().resourceCountIs('AWS::EC2::Route', 6);
});
