import { CfnParameter, Fn } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Vpc, type VpcProps } from '../../src';
import { stackFixture } from '../support/fixtures';
import { vpcFixture } from '../support/network';

const ZONES = ['a', 'b', 'c', 'd', 'e'];
const error = (props: Partial<VpcProps>) => {
  try {
    vpcFixture(props);
  } catch (thrown) {
    return (thrown as Error).message;
  }
  throw new Error('nothing was thrown');
};

describe('cidr', () => {
  test.each([
    '10.0.0.0', '10.0.0.0/15', '10.0.0.0/29', '10.0.0.0/33', '10.0.0/16', '300.0.0.0/16', 'vpc', '',
  ])('fails if %j is not a range of /16 to /28', cidr => {
    expect(error({ cidr })).toBe(`\`cidr\` must be an IPv4 range of /16 to /28 that starts at a multiple of its size, known at synthesis, got: "${cidr}"; `
      + 'give one such as 10.0.0.0/16 [Shop/Vpc]');
  });

  test.each(['10.0.0.1/16', '10.0.128.0/16', '10.0.1.0/22'])('fails if %s is off its boundary', cidr => {
    expect(error({ cidr })).toContain(`\`cidr\` must be an IPv4 range of /16 to /28 that starts at a multiple of its size, known at synthesis, got: "${cidr}"`);
  });

  test('fails if it is a token', () => {
    expect(error({ cidr: Fn.importValue('cidr') }))
      .toContain('`cidr` must be an IPv4 range of /16 to /28 that starts at a multiple of its size, known at synthesis, got: "a token"');
  });

  // The range that is one size too small, and what would do.
  test.each([
    [{ cidr: '10.0.0.0/22' }, '/21 or larger to hold 3 public /24 and 3 private /24 subnets'],
    [{ cidr: '10.0.0.0/24' }, '/21 or larger to hold 3 public /24 and 3 private /24 subnets'],
    [{ cidr: '10.0.0.0/17', privateSubnetMask: 18 }, '/16 or larger to hold 3 public /24 and 3 private /18 subnets'],
    [{ cidr: '10.0.0.0/26', publicSubnetMask: 28, privateSubnetMask: 28 }, '/25 or larger to hold 3 public /28 and 3 private /28 subnets'],
    [{ cidr: '10.0.0.0/24', availabilityZones: ['a'] }, '/23 or larger to hold 1 public /24 and 1 private /24 subnets'],
    // Behind the small blocks a gap, up to the boundary of the large ones.
    [{ cidr: '10.0.0.0/21', publicSubnetMask: 28, privateSubnetMask: 23, availabilityZones: ['a', 'b', 'c', 'd'] },
      '/20 or larger to hold 4 public /28 and 4 private /23 subnets'],
  ])('fails if the subnets do not fit, and says what would: %j', (props, allowed) => {
    expect(error(props)).toBe(`\`cidr\` must be ${allowed}, got: "${props.cidr}"; `
      + 'give a larger range, or smaller subnets with `publicSubnetMask` and `privateSubnetMask` [Shop/Vpc]');
  });

  test.each([
    [{ cidr: '10.0.0.0/21' }],
    [{ cidr: '10.0.0.0/16', privateSubnetMask: 18 }],
    [{ cidr: '10.0.0.0/25', publicSubnetMask: 28, privateSubnetMask: 28 }],
    [{ cidr: '10.0.0.0/23', availabilityZones: ['a'] }],
    [{ cidr: '10.0.0.0/20', publicSubnetMask: 28, privateSubnetMask: 23, availabilityZones: ['a', 'b', 'c', 'd'] }],
  ])('holds the subnets in what the error asks for: %j', props => {
    expect(() => vpcFixture(props)).not.toThrow();
  });

  test('fails if no VPC could hold the subnets, without asking for a larger one', () => {
    expect(error({ privateSubnetMask: 16 })).toBe('`cidr` must be /14, larger than a VPC can be, to hold 3 public /24 and 3 private /16 subnets, '
      + 'got: "10.0.0.0/16"; give smaller subnets with `publicSubnetMask` and `privateSubnetMask` [Shop/Vpc]');
  });
});

describe.each(['publicSubnetMask', 'privateSubnetMask'] as const)('%s', prop => {
  test.each([15, 29, 0, -24, 24.5, NaN, Infinity])('fails if it is %d', mask => {
    expect(error({ [prop]: mask })).toBe(`\`${prop}\` must be a whole number from 16 to 28, got: ${mask}; `
      + 'give the length of the mask, such as 24 for 251 addresses [Shop/Vpc]');
  });

  test.each([[28, '10.0.0.0/16'], [18, '10.0.0.0/16']])('may be %i', (mask, cidr) => {
    expect(() => vpcFixture({ cidr, [prop]: mask })).not.toThrow();
  });
});

test('fails without zones', () => {
  expect(error({ availabilityZones: [] })).toBe('`availabilityZones` must be one zone or more, got: []; '
    + 'leave it out for the first three zones of the region [Shop/Vpc]');
});

describe('natGateways', () => {
  test.each([0, -1, 4, 1.5, NaN, Infinity])('fails if it is %d for three zones', natGateways => {
    expect(error({ natGateways })).toBe(`\`natGateways\` must be a whole number from 1 to 3, the number of zones, got: ${natGateways}; `
      + 'give fewer gateways or more `availabilityZones` [Shop/Vpc]');
  });

  test('fails if there are more than the given zones', () => {
    expect(error({ natGateways: 3, availabilityZones: ['a', 'b'] }))
      .toContain('`natGateways` must be a whole number from 1 to 2, the number of zones, got: 3');
  });

  test('fails if it is a token, as gateways are counted at synthesis', () => {
    const stack = stackFixture();
    const natGateways = new CfnParameter(stack, 'Gateways', { type: 'Number' }).valueAsNumber;
    expect(() => new Vpc(stack, 'Vpc', { clusterName: 'shop', natGateways })).toThrow('`natGateways` must be a whole number from 1 to 3');
  });
});

describe('podCidr', () => {
  test.each(['10.0.0.0/16', '10.0.0.0/26', '10.0.255.0/24'])('fails if %s lies in the range of the VPC', podCidr => {
    expect(error({ podCidr })).toBe(`\`podCidr\` must be a range that shares no address with \`cidr\` (10.0.0.0/16), got: "${podCidr}"; `
      + 'give another, such as 100.64.0.0/16 [Shop/Vpc]');
  });

  test('fails if it contains the range of the VPC', () => {
    expect(error({ cidr: '100.64.8.0/21', podCidr: '100.64.0.0/16' }))
      .toContain('a range that shares no address with `cidr` (100.64.8.0/21), got: "100.64.0.0/16"');
  });

  test.each([
    ['100.64.0.0/15', 3, 26],
    ['100.64.0.0/27', 3, 26],
    ['100.64.0.0/27', 1, 26],
    ['100.64.0.0/26', 5, 25],
    ['100.64.0.1/16', 3, 26],
    ['pods', 3, 26],
    ['', 3, 26],
  ])('fails if it is %j for %i zones', (podCidr, zones, smallest) => {
    expect(error({ podCidr, availabilityZones: ZONES.slice(0, zones) }))
      .toContain(`\`podCidr\` must be an IPv4 range of /16 to /${smallest} that starts at a multiple of its size, known at synthesis, got: "${podCidr}"`);
  });

  test('fails if it is a token', () => {
    expect(error({ podCidr: Fn.importValue('pods') }))
      .toContain('`podCidr` must be an IPv4 range of /16 to /26 that starts at a multiple of its size, known at synthesis, got: "a token"');
  });
});

test('fails with a retention for flow logs that go to a bucket', () => {
  const flowLogBucket = s3.Bucket.fromBucketName(stackFixture(), 'Logs', 'central-logs');
  expect(error({ flowLogBucket, flowLogRetention: logs.RetentionDays.ONE_WEEK }))
    .toBe('`flowLogRetention` must be left out with `flowLogBucket`, got: 7; give the bucket a lifecycle rule [Shop/Vpc]');
});

test.each(['', 'Shop', 'shop_1', '-shop', 'shop-', 'a'.repeat(33)])('fails with the cluster name %j', clusterName => {
  expect(error({ clusterName }))
    .toContain(`\`clusterName\` must be 1 to 32 lower-case letters, digits and dashes, with no dash at either end, got: "${clusterName}"`);
});

test('defines nothing where it fails', () => {
  const stack = stackFixture();
  expect(() => new Vpc(stack, 'Vpc', { clusterName: 'shop', natGateways: 4 })).toThrow();
  expect(stack.node.children).toEqual([]);
});
