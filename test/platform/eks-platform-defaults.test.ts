import type { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { PlatformProfile, type EksPlatformProps } from '../../src';
import { platformFixture } from '../support/fixtures';
import { helmValues, idsOf, resourcesOf, theOnly } from '../support/read';

const { DEV, STAGING, PROD } = PlatformProfile;
const cluster = (template: Template) => theOnly(template, 'AWS::EKS::Cluster').Properties;
const nodes = (template: Template) => theOnly(template, 'AWS::EKS::Nodegroup').Properties;

/** What each setting becomes in a template. */
const SEEN: { [setting: string]: (template: Template) => unknown } = {
  'NAT gateways': it => idsOf(it, 'AWS::EC2::NatGateway').length,
  'flow logs': it => idsOf(it, 'AWS::EC2::FlowLog').length === 1,
  'days of flow logs': it => Object.entries(resourcesOf(it, 'AWS::Logs::LogGroup')).find(([id]) => id.includes('Vpc'))![1].Properties.RetentionInDays,
  'interface endpoints': it => idsOf(it, 'AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }).length,
  'public API': it => cluster(it).ResourcesVpcConfig.EndpointPublicAccess,
  'private API': it => cluster(it).ResourcesVpcConfig.EndpointPrivateAccess,
  'control plane logs': it => cluster(it).Logging?.ClusterLogging.EnabledTypes.map((log: { Type: string }) => log.Type) ?? [],
  'secrets key': it => idsOf(it, 'AWS::KMS::Key').length === 1,
  'deletion protection': it => cluster(it).DeletionProtection,
  'instance types': it => nodes(it).InstanceTypes,
  'nodes': it => [nodes(it).ScalingConfig.MinSize, nodes(it).ScalingConfig.DesiredSize, nodes(it).ScalingConfig.MaxSize],
  'replicas of Cilium\'s operator': it => helmValues(it, 'cilium').operator.replicas,
  'replicas of the load balancer controller': it => helmValues(it, 'aws-load-balancer-controller').replicaCount,
  'Hubble UI': it => helmValues(it, 'cilium').hubble.ui.enabled,
};

const ALL_LOGS = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'];

const DEFAULTS: [string, unknown, unknown, unknown][] = [
  ['NAT gateways', 1, 2, 3],
  ['flow logs', true, true, true],
  ['days of flow logs', 7, 30, 365],
  ['interface endpoints', 0, 0, 5],
  ['public API', true, true, false],
  ['private API', true, true, true],
  ['control plane logs', [], ['audit', 'authenticator'], ALL_LOGS],
  ['secrets key', false, false, true],
  ['deletion protection', false, false, true],
  ['instance types', ['t4g.large'], ['m7g.large'], ['m7g.xlarge']],
  ['nodes', [2, 2, 4], [3, 3, 6], [3, 3, 12]],
  ['replicas of Cilium\'s operator', 1, 2, 2],
  ['replicas of the load balancer controller', 1, 2, 2],
  ['Hubble UI', true, true, true],
];

describe.each([['dev', DEV, 1], ['staging', STAGING, 2], ['prod', PROD, 3]] as const)('%s', (_, profile, column) => {
  const template = platformFixture({ profile }).template();
  test.each(DEFAULTS)('%s', (...row) => {
    expect(SEEN[row[0]](template)).toEqual(row[column]);
  });
});

test('is dev unless a profile is given', () => {
  expect(platformFixture().template().toJSON()).toEqual(platformFixture({ profile: DEV }).template().toJSON());
});

test('a customized profile changes what it names, and nothing else', () => {
  const template = platformFixture({ profile: PROD.customize({ natGateways: 1, hubbleUi: false }) }).template();
  expect(SEEN['NAT gateways'](template)).toBe(1);
  expect(SEEN['Hubble UI'](template)).toBe(false);
  for (const [setting, , , inProd] of DEFAULTS.filter(([name]) => !['NAT gateways', 'Hubble UI'].includes(name))) {
    expect([setting, SEEN[setting](template)]).toEqual([setting, inProd]);
  }
});

const OVERRIDES: [string, Partial<EksPlatformProps>, unknown][] = [
  ['NAT gateways', { network: { natGateways: 2 } }, 2],
  ['flow logs', { network: { flowLogs: false } }, false],
  ['days of flow logs', { network: { flowLogRetention: logs.RetentionDays.THREE_DAYS } }, 3],
  ['interface endpoints', { network: { interfaceEndpoints: [ec2.InterfaceVpcEndpointAwsService.STS] } }, 1],
  ['interface endpoints', { network: { interfaceEndpoints: [] } }, 0],
  ['public API', { endpointAccess: eks.EndpointAccess.PUBLIC_AND_PRIVATE }, true],
  ['deletion protection', { deletionProtection: false }, false],
  ['instance types', { nodes: { instanceTypes: [new ec2.InstanceType('c7g.large')] } }, ['c7g.large']],
  ['nodes', { nodes: { minSize: 4 } }, [4, 4, 12]],
  ['nodes', { nodes: { maxSize: 5 } }, [3, 3, 5]],
  ['nodes', { nodes: { desiredSize: 6 } }, [3, 6, 12]],
  ['nodes', { nodes: { minSize: 20 } }, [20, 20, 20]],
  ['replicas of Cilium\'s operator', { cilium: { operatorReplicas: 3 } }, 3],
  ['replicas of the load balancer controller', { albController: { replicas: 4 } }, 4],
  ['Hubble UI', { cilium: { hubble: { ui: false } } }, false],
];

test.each(OVERRIDES)('a prop wins over the profile: %s by %j', (setting, props, expected) => {
  expect(SEEN[setting](platformFixture({ profile: PROD, ...props }).template())).toEqual(expected);
});
