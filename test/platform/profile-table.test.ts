import { readFileSync } from 'fs';
import { join } from 'path';
import type { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { PlatformProfile, type EksPlatformProps, type PlatformSettings } from '../../src';
import { platformFixture } from '../support/fixtures';
import { helmValues, idsOf, markdownTable, resourcesOf, theOnly } from '../support/read';

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

/** How the README writes settings. */
const RETENTION: { [days: number]: string } = {
  [logs.RetentionDays.ONE_WEEK]: '1 week', [logs.RetentionDays.ONE_MONTH]: '1 month', [logs.RetentionDays.ONE_YEAR]: '1 year',
};
const ENDPOINTS: { [service: string]: string } = { 'ec2': 'EC2', 'ecr.api': 'ECR', 'ecr.dkr': 'ECR', 'elasticloadbalancing': 'ELB', 'sts': 'STS' };
const yesNo = (value: boolean) => value ? '✅' : '❌';
const list = (items: string[]) => [...new Set(items)].join(', ') || 'none';
const logTypes = (types: string[]) => types.length === Object.keys(eks.ClusterLoggingTypes).length ? 'all' : list(types);
const access = new Map([[eks.EndpointAccess.PUBLIC_AND_PRIVATE, 'public and private'], [eks.EndpointAccess.PRIVATE, 'private']]);
const endpoint = (service: ec2.InterfaceVpcEndpointAwsService) => ENDPOINTS[service.shortName];

/** The rows of the README's table, in its order. */
const ROWS: { [label: string]: (settings: PlatformSettings) => string | undefined } = {
  'NAT gateways': it => `${it.natGateways}`,
  'Multi-AZ NAT': it => yesNo(it.natGateways > 1),
  'VPC Flow Logs': it => yesNo(it.flowLogs),
  'Flow logs kept': it => RETENTION[it.flowLogRetention],
  'Interface endpoints': it => list(it.interfaceEndpoints.map(endpoint)),
  'Kubernetes API': it => access.get(it.endpointAccess),
  'Control plane logs': it => logTypes(it.controlPlaneLogs),
  'KMS key for Secrets': it => yesNo(it.secretsEncryption),
  'Deletion protection': it => yesNo(it.deletionProtection),
  'Nodes': it => `${it.nodeMinSize}-${it.nodeMaxSize} ${it.nodeInstanceType}`,
  'Controller replicas': it => `${it.controllerReplicas}`,
  'Hubble UI': it => yesNo(it.hubbleUi),
};

describe('the README\'s table of environment differences', () => {
  const [head, ...rows] = markdownTable(readFileSync(join(__dirname, '../../README.md'), 'utf8'), 'Environment differences');

  test('has a column for each profile', () => {
    expect(head).toEqual(['', 'dev', 'staging', 'prod']);
  });

  test('has these rows and no others', () => {
    expect(rows.map(([label]) => label)).toEqual(Object.keys(ROWS));
  });

  test.each(Object.keys(ROWS))('says of %s what the profiles have', label => {
    expect(rows.find(row => row[0] === label)).toEqual([label, ...[DEV, STAGING, PROD].map(it => ROWS[label](it.settings))]);
  });

  test('has a row for every setting: changing any one changes the table', () => {
    const table = (settings: PlatformSettings) => Object.values(ROWS).map(row => row(settings));
    const settings = Object.keys(DEV.settings) as (keyof PlatformSettings)[];
    const silent = settings.filter(setting => {
      const value = DEV.settings[setting];
      const changed = { ...DEV.settings, [setting]: typeof value === 'boolean' ? !value : PROD.settings[setting] };
      return JSON.stringify(table(changed)) === JSON.stringify(table(DEV.settings));
    });
    expect(silent).toEqual([]);
  });
});
