import { Template } from 'aws-cdk-lib/assertions';
import RECOMMENDED from 'aws-cdk-lib/recommended-feature-flags.json';
import { PlatformProfile, WorkloadIdentity, type EksPlatformProps } from '../../src';
import { platformFixture, type StackOptions } from '../support/fixtures';
import { idsOf, resourcesOf, text } from '../support/read';

const { DEV, STAGING, PROD } = PlatformProfile;
const ACCOUNT = '123456789012';
const podCidr = '100.64.0.0/16';

/** Each flag against its recommendation; flags that are neither on nor off are left out. */
const OPPOSITE = Object.fromEntries(Object.entries(RECOMMENDED).filter(([, value]) => typeof value === 'boolean').map(([flag, value]) => [flag, !value]));

const templateOf = (props: Partial<EksPlatformProps>, options: StackOptions = {}) => platformFixture(props, options).template();

describe.each([
  ['without an environment', undefined],
  ['with an environment', { account: ACCOUNT, region: 'eu-central-1' }],
])('a stack %s', (_, env) => {
  test.each([DEV, STAGING, PROD])('has the same template whatever the feature flags: $profileName', profile => {
    const [none, recommended, opposite] = [{}, RECOMMENDED, OPPOSITE]
      .map(context => templateOf({ profile, network: { podCidr } }, { env, context }).toJSON());
    expect(Object.keys(OPPOSITE).length).toBeGreaterThan(50);
    expect(recommended).toEqual(none);
    expect(opposite).toEqual(none);
  });
});

test('has the same template whatever the feature flags with Pod Identity, too', () => {
  const [none, recommended, opposite] = [{}, RECOMMENDED, OPPOSITE]
    .map(context => templateOf({ profile: PROD, identity: WorkloadIdentity.POD_IDENTITY }, { context }).toJSON());
  expect(recommended).toEqual(none);
  expect(opposite).toEqual(none);
});

const REGIONS = [['the commercial partition', 'eu-central-1'], ['China', 'cn-north-1'], ['GovCloud', 'us-gov-west-1']];
const inRegion = (region: string, props: Partial<EksPlatformProps> = {}) =>
  templateOf({ profile: PROD, ...props }, { env: { account: ACCOUNT, region } });

/** All strings of a value that are an ARN, with tokens as `<token>`. */
function arns(value: any): string[] {
  if (value?.['Fn::Join'] || value?.['Fn::Sub'] || typeof value === 'string') {
    return text(value).startsWith('arn:') ? [text(value)] : [];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(arns) : [];
}

test.each([DEV, STAGING, PROD])('names no partition, region or account in a stack without an environment: $profileName', profile => {
  const template = JSON.stringify(templateOf({ profile, network: { podCidr } }).toJSON());
  expect(template).not.toMatch(/arn:aws/);
  expect(template).not.toMatch(/\b(us|eu|ap|sa|ca|me|af|il|mx|cn)-(gov-)?(north|south|east|west|central)[a-z]*-\d/);
  expect(template).not.toMatch(/\b\d{12}\b/);
});

test.each(REGIONS)('writes every ARN with the partition of the stack: %s', (_, region) => {
  const found = arns(inRegion(region).toJSON().Resources);
  expect(found.length).toBeGreaterThan(20);
  expect(found.filter(arn => !arn.startsWith('arn:<token>:'))).toEqual([]);
});

test.each(REGIONS)('asks for no other account\'s or region\'s resources: %s', (_, region) => {
  const template = JSON.stringify(inRegion(region).toJSON());
  expect([...new Set(template.match(/\b\d{12}\b/g))]).toEqual([ACCOUNT]);
  expect([...new Set(template.match(/\b(us|eu|cn)-(gov-)?(north|west|east|central)-\d/g))]).toEqual([region]);
});

test.each(REGIONS)('trusts services by their principals, which are the same everywhere: %s', (_, region) => {
  const roles = Object.values(resourcesOf(inRegion(region, { identity: WorkloadIdentity.POD_IDENTITY }), 'AWS::IAM::Role'));
  const services = roles.flatMap(it => it.Properties.AssumeRolePolicyDocument.Statement.map((statement: any) => statement.Principal.Service));
  expect([...new Set(services)].sort()).toEqual([
    'ec2.amazonaws.com', 'eks.amazonaws.com', 'lambda.amazonaws.com', 'pods.eks.amazonaws.com', 'vpc-flow-logs.amazonaws.com',
  ]);
});

test.each([
  ['the commercial partition', 'eu-central-1', 'com.amazonaws'], ['China', 'cn-north-1', 'cn.com.amazonaws'], ['GovCloud', 'us-gov-west-1', 'com.amazonaws'],
])('names the interface endpoints as the partition does: %s', (_, region, prefix) => {
  const endpoints = Object.values(resourcesOf(inRegion(region), 'AWS::EC2::VPCEndpoint')).map(it => text(it.Properties.ServiceName));
  expect(endpoints).toEqual(expect.arrayContaining(['ec2', 'ecr.api', 'ecr.dkr', 'sts'].map(service => `${prefix}.${region}.${service}`)));
});

test.each(REGIONS)('synthesizes every kind of resource that it does elsewhere: %s', (_, region) => {
  const count = (template: Template, type: string) => idsOf(template, type).length;
  const [here, elsewhere] = [inRegion(region), templateOf({ profile: PROD })];
  for (const type of new Set(Object.values(elsewhere.toJSON().Resources).map((it: any) => it.Type as string))) {
    expect([type, count(here, type)]).toEqual([type, count(elsewhere, type)]);
  }
});
