import { Template } from 'aws-cdk-lib/assertions';
import { PlatformProfile, ExternalDnsPolicy, type EksPlatformProps } from '../../src';
import { platformFixture, zoneFixture } from '../support/fixtures';
import { idsOf, neededBy, resourcesOf, text, theOnly } from '../support/read';

const TEARDOWN = 'Custom::EksPlatformTeardown';
const template = platformFixture().template();
const statements = (of: Template = template) => Object.entries(resourcesOf(of, 'AWS::IAM::Role'))
  .find(([id]) => id.startsWith('PlatformTeardownHandlerRole'))![1].Properties.Policies[0].PolicyDocument.Statement as any[];
const allowing = (action: string) => statements().filter(it => [it.Action].flat().includes(action));

test('gives the function the cluster whose leftovers it deletes, and where they are', () => {
  const { Task, ClusterName, VpcId, ZoneIds, ServiceTimeout } = theOnly(template, TEARDOWN).Properties;
  expect([Task, ClusterName, ZoneIds]).toEqual(['teardown', 'shop', ['Z0123456789ABCDEFGHIJ']]);
  expect(VpcId).toEqual({ Ref: idsOf(template, 'AWS::EC2::VPC')[0] });
  expect(ServiceTimeout).toBe('3600');
});

test('runs for 15 minutes outside of the VPC, which is about to be deleted', () => {
  const [, handler] = Object.entries(resourcesOf(template, 'AWS::Lambda::Function')).find(([id]) => id.startsWith('PlatformTeardown'))!;
  expect(handler.Properties).toMatchObject({ Timeout: 900, Runtime: 'nodejs24.x', Handler: 'teardown/index.handler' });
  expect(handler.Properties).not.toHaveProperty('VpcConfig');
});

test('keeps the logs of all functions in one group, which is deleted with the stack', () => {
  const [[id, group]] = Object.entries(resourcesOf(template, 'AWS::Logs::LogGroup')).filter(([it]) => it.startsWith('PlatformTeardown'));
  expect(group).toMatchObject({ Properties: { RetentionInDays: 30 }, DeletionPolicy: 'Delete' });
  const functions = Object.values(resourcesOf(template, 'AWS::Lambda::Function'));
  expect(functions).toHaveLength(2);
  functions.forEach(it => expect(it.Properties.LoggingConfig).toEqual({ LogGroup: { Ref: id } }));
});

describe('records', () => {
  const zoneIds = (props: Partial<EksPlatformProps>) => theOnly(platformFixture(props).template(), TEARDOWN).Properties.ZoneIds;

  test.each<[string, Partial<EksPlatformProps>, number]>([
    ['are cleaned up by default', {}, 1],
    ['stay where ExternalDNS would not delete them either', { externalDns: { policy: ExternalDnsPolicy.UPSERT_ONLY } }, 0],
    ['stay where ExternalDNS is left out', { externalDns: { enabled: false } }, 0],
    ['stay if asked to', { cleanUpRecords: false }, 0],
    ['are cleaned up if asked to', { cleanUpRecords: true, externalDns: { policy: ExternalDnsPolicy.UPSERT_ONLY } }, 1],
    ['are none without zones', { cleanUpRecords: true, hostedZones: undefined }, 0],
  ])('%s', (_, props, zones) => {
    expect(zoneIds(props)).toHaveLength(zones);
  });

  test('may be deleted in the given zones only, and may not be changed', () => {
    expect(allowing('route53:ChangeResourceRecordSets')).toEqual([expect.objectContaining({
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:route53:::hostedzone/Z0123456789ABCDEFGHIJ' },
      Condition: { 'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsActions': ['DELETE'] } },
    })]);
  });

  test('are out of reach where they stay', () => {
    expect(JSON.stringify(statements(platformFixture({ cleanUpRecords: false }).template()))).not.toContain('route53');
  });

  test('come with as many zones as are given', () => {
    const { stack, template: two } = platformFixture({ hostedZones: undefined });
    expect(theOnly(two(), TEARDOWN).Properties.ZoneIds).toEqual([]);
    const zones = [zoneFixture(stack, 'a.com', 'ZA'), zoneFixture(stack, 'b.com', 'ZB')];
    expect(zoneIds({ hostedZones: zones })).toEqual(['ZA', 'ZB']);
  });
});

describe('rights', () => {
  test.each([
    ['elasticloadbalancing:DeleteLoadBalancer', ['elbv2.k8s.aws/cluster']],
    ['elasticloadbalancing:DeleteTargetGroup', ['elbv2.k8s.aws/cluster']],
    ['ec2:DeleteNetworkInterface', ['io.cilium/cluster-name']],
    ['ec2:DeleteSecurityGroup', ['elbv2.k8s.aws/cluster', 'aws:eks:cluster-name']],
    ['ec2:RevokeSecurityGroupIngress', ['elbv2.k8s.aws/cluster', 'aws:eks:cluster-name']],
    ['ec2:RevokeSecurityGroupEgress', ['elbv2.k8s.aws/cluster', 'aws:eks:cluster-name']],
  ])('%s reaches only what carries the cluster\'s tag', (action, tags) => {
    expect(allowing(action).map(it => it.Condition)).toEqual(tags.map(tag => ({ StringEquals: { [`aws:ResourceTag/${tag}`]: 'shop' } })));
  });

  test('name one cluster and one log group', () => {
    expect(allowing('eks:DescribeCluster').map(it => text(it.Resource))).toEqual([expect.stringMatching(/:cluster\/shop$/)]);
    expect(allowing('logs:DeleteLogGroup').flatMap(it => it.Resource).map(text))
      .toEqual(['', ':\\*'].map(end => expect.stringMatching(new RegExp(`:log-group:/aws/eks/shop/cluster${end}$`))));
  });

  test('hold no action with an asterisk, and change nothing without a resource', () => {
    expect(statements().flatMap(it => it.Action).filter(it => it.includes('*'))).toEqual([]);
    const everywhere = statements().filter(it => it.Resource === '*').flatMap(it => it.Action);
    expect(everywhere.filter(it => !/:Describe/.test(it))).toEqual([]);
  });

  test('to continue in another invocation exist as long as the function may need them', () => {
    const [policy] = idsOf(template, 'AWS::IAM::Policy', { PolicyName: 'Itself' }).filter(id => id.startsWith('PlatformTeardown'));
    expect(neededBy(template, idsOf(template, TEARDOWN)[0])).toContain(policy);
    const [statement] = resourcesOf(template, 'AWS::IAM::Policy')[policy].Properties.PolicyDocument.Statement;
    expect(statement).toMatchObject({ Action: 'lambda:InvokeFunction', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^PlatformTeardownHandler/), 'Arn'] } });
  });
});

test.each([['DEV', PlatformProfile.DEV, 0], ['STAGING', PlatformProfile.STAGING, 0], ['PROD', PlatformProfile.PROD, 1]])('has a guard where the cluster is protected: %s', (_, profile, guards) => {
  platformFixture({ profile }).template().resourceCountIs('Custom::EksPlatformDeletionGuard', guards);
});
