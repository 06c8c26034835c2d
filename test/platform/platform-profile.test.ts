import { readFileSync } from 'fs';
import { join } from 'path';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { PlatformProfile, type PlatformSettings, type PlatformSettingsOverrides } from '../../src';
import { markdownTable } from '../support/read';

const { DEV, STAGING, PROD } = PlatformProfile;

/** jsii has no Partial<>: the compiler keeps our own in step. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
export const inStep: Same<Required<PlatformSettingsOverrides>, PlatformSettings> = true;

test('profiles know their names, also when they are customized', () => {
  expect([DEV, STAGING, PROD].map(it => it.profileName)).toEqual(['dev', 'staging', 'prod']);
  expect(STAGING.customize({ natGateways: 3 }).profileName).toBe('staging');
});

test('all profiles have the same settings', () => {
  for (const profile of [STAGING, PROD]) {
    expect(Object.keys(profile.settings)).toEqual(Object.keys(DEV.settings));
  }
  expect(Object.values(DEV.settings)).not.toContain(undefined);
});

describe('customize', () => {
  test('gives a copy with the changed settings', () => {
    const custom = DEV.customize({ natGateways: 3, nodeMinSize: 5 });
    expect(custom.settings).toEqual({ ...DEV.settings, natGateways: 3, nodeMinSize: 5 });
  });

  test('leaves the original as it was', () => {
    const before = { ...PROD.settings };
    expect(PROD.customize({ deletionProtection: false, interfaceEndpoints: [] })).not.toBe(PROD);
    expect(PROD.settings).toEqual(before);
  });

  test('takes undefined for left out, and false and 0 for what they are', () => {
    const { settings } = PROD.customize({ natGateways: undefined, hubbleUi: false, nodeMinSize: 0 });
    expect(settings).toEqual({ ...PROD.settings, hubbleUi: false, nodeMinSize: 0 });
  });

  test('builds on what was customized before', () => {
    const { settings } = DEV.customize({ natGateways: 2 }).customize({ hubbleUi: false });
    expect(settings).toMatchObject({ natGateways: 2, hubbleUi: false });
  });
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
  'Secrets key of its own': it => yesNo(it.secretsEncryption),
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
