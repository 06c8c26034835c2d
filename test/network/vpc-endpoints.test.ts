import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { vpcFixture } from '../support/network';
import { resourcesOf, text, theOnly } from '../support/read';

const SERVICES = ec2.InterfaceVpcEndpointAwsService;
const endpointsOf = (template: ReturnType<ReturnType<typeof vpcFixture>['template']>, type: string) =>
  Object.values(resourcesOf(template, 'AWS::EC2::VPCEndpoint')).map(it => it.Properties).filter(it => it.VpcEndpointType === type);

test('S3 is reached through a gateway endpoint on every route table', () => {
  const { template } = vpcFixture();
  const [endpoint, ...others] = endpointsOf(template(), 'Gateway');
  expect(others).toEqual([]);
  expect(text(endpoint.ServiceName)).toBe('com.amazonaws.<token>.s3');
  const tables = Object.keys(resourcesOf(template(), 'AWS::EC2::RouteTable'));
  expect(tables).toHaveLength(6);
  expect(endpoint.RouteTableIds.map((it: any) => it.Ref).sort()).toEqual(tables.sort());
});

test.each([['by default', undefined], ['where the list is empty', []]])('there are no interface endpoints %s', (_, interfaceEndpoints) => {
  const { template } = vpcFixture({ interfaceEndpoints });
  expect(endpointsOf(template(), 'Interface')).toEqual([]);
  template().resourceCountIs('AWS::EC2::SecurityGroup', 0);
});

describe('interface endpoints', () => {
  const given = { interfaceEndpoints: [SERVICES.EC2, SERVICES.ECR, SERVICES.ECR_DOCKER, SERVICES.STS] };

  test('are those of the given services', () => {
    const names = endpointsOf(vpcFixture(given).template(), 'Interface').map(it => text(it.ServiceName));
    expect(names).toEqual(['ec2', 'ecr.api', 'ecr.dkr', 'sts'].map(service => `com.amazonaws.<token>.${service}`));
  });

  test('stand in each private subnet, under the names that clients know', () => {
    const { stack, vpc, template } = vpcFixture(given);
    for (const endpoint of endpointsOf(template(), 'Interface')) {
      expect(endpoint.SubnetIds).toEqual(stack.resolve(vpc.privateSubnets.map(subnet => subnet.subnetId)));
      expect(endpoint.PrivateDnsEnabled).toBe(true);
    }
  });

  test('share one security group', () => {
    const { template } = vpcFixture(given);
    const [group, ...others] = Object.keys(resourcesOf(template(), 'AWS::EC2::SecurityGroup'));
    expect(others).toEqual([]);
    expect(endpointsOf(template(), 'Interface').map(it => it.SecurityGroupIds)).toEqual(Array(4).fill([{ 'Fn::GetAtt': [group, 'GroupId'] }]));
  });

  test('accept HTTPS from the VPC, and nothing else', () => {
    const { template } = vpcFixture(given);
    expect(theOnly(template(), 'AWS::EC2::SecurityGroup').Properties.SecurityGroupIngress).toEqual([
      { CidrIp: '10.0.0.0/16', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'HTTPS from the VPC' },
    ]);
    template().resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('accept HTTPS from the pod range, too', () => {
    const { template } = vpcFixture({ ...given, cidr: '10.9.0.0/16', podCidr: '100.64.0.0/16' });
    const rules = theOnly(template(), 'AWS::EC2::SecurityGroup').Properties.SecurityGroupIngress;
    expect(rules.map((rule: any) => rule.CidrIp)).toEqual(['10.9.0.0/16', '100.64.0.0/16']);
    expect(rules).toEqual(Array(2).fill(expect.objectContaining({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 })));
  });

  test('open no connections themselves', () => {
    const [rule, ...others] = theOnly(vpcFixture(given).template(), 'AWS::EC2::SecurityGroup').Properties.SecurityGroupEgress;
    expect(others).toEqual([]);
    expect(rule.CidrIp).toBe('255.255.255.255/32'); // CDK's way to say none: EC2 takes an empty list for all
  });
});
