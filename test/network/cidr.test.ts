import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { contains, formatCidr, maskThatHolds, overlaps, parseCidr, parseIp, split } from '../../src/network/cidr';
import { stackFixture } from '../support/fixtures';

const block = (text: string) => parseCidr(text)!;

describe('parseCidr', () => {
  test('reads the first address, the mask and the size', () => {
    expect(parseCidr('10.0.0.0/16')).toEqual({ first: 10 * 2 ** 24, mask: 16, size: 65536 });
  });

  test.each([
    ['0.0.0.0/0', 0, 2 ** 32],
    ['255.255.255.255/32', 2 ** 32 - 1, 1],
    ['192.168.255.240/28', 3232301040, 16],
  ])('reads %s', (text, first, size) => {
    expect(parseCidr(text)).toMatchObject({ first, size });
  });

  test.each([
    '', '10.0.0.0', '10.0.0.0/', '/16', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/1.5', '10.0.0.0/ 16', '10.0.0.0/16/16', '10.0.0/16',
    '10.0.0.0.0/16', '256.0.0.0/16', '10.0.0.00/16', '010.0.0.0/16', 'a.b.c.d/16', '10.0.0.0/sixteen', '10.0.0.0/016',
    '2001:db8::/32', ' 10.0.0.0/16', '10.0.0.0/16\n',
  ])('refuses %j', text => {
    expect(parseCidr(text)).toBeUndefined();
  });

  test.each(['10.0.0.1/16', '10.0.1.0/16', '10.0.0.8/28', '10.1.0.0/15'])('refuses %s, which is off its boundary', text => {
    expect(parseCidr(text)).toBeUndefined();
  });
});

test.each([['0.0.0.0', 0], ['0.0.1.0', 256], ['169.254.20.10', 2852000778], ['255.255.255.255', 2 ** 32 - 1]])('parseIp reads %s', (text, number) => {
  expect(parseIp(text)).toBe(number);
});

test.each(['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '1.2.3.-4', '1.2.3.04', '1.2.3.x', '1..2.3'])('parseIp refuses %j', text => {
  expect(parseIp(text)).toBeUndefined();
});

test.each([
  '0.0.0.0/0', '10.0.0.0/16', '172.20.0.0/16', '192.168.255.240/28', '255.255.255.255/32',
])('formatCidr writes what parseCidr reads: %s', text => {
  expect(formatCidr(block(text).first, block(text).mask)).toBe(text);
});

test.each([
  ['10.0.0.0/16', '10.0.0.0/16', true],
  ['10.0.0.0/16', '10.0.255.240/28', true],
  ['10.0.0.0/16', '0.0.0.0/0', true],
  ['10.0.0.0/16', '10.1.0.0/16', false],
  ['10.1.0.0/16', '10.0.0.0/16', false],
  ['10.0.0.0/16', '100.64.0.0/16', false],
  ['255.255.255.255/32', '255.255.255.254/32', false],
])('%s and %s overlap: %s', (one, other, answer) => {
  expect(overlaps(block(one), block(other))).toBe(answer);
  expect(overlaps(block(other), block(one))).toBe(answer);
});

test.each([
  ['172.20.0.0', true],
  ['172.20.0.10', true],
  ['172.20.255.255', true],
  ['172.19.255.255', false],
  ['172.21.0.0', false],
])('172.20.0.0/16 contains %s: %s', (address, answer) => {
  expect(contains(block('172.20.0.0/16'), parseIp(address)!)).toBe(answer);
});

describe('maskThatHolds', () => {
  test.each([
    [[24], 24],
    [[24, 24], 23],
    [[24, 24, 24], 22],
    [[24, 24, 24, 24, 24, 24], 21],
    [[28, 28, 28, 28, 28, 28], 25],
    [[26, 26, 26, 20, 20, 20], 18],
    [[16, 16], 15],
    // The second block starts on its own boundary, behind a gap.
    [[24, 23], 22],
    [[28, 24, 24, 24], 22],
    [[28, 24, 23], 22],
    [[28, 23, 24], 21],
    [[28, 23, 23], 21],
  ])('%j fit into a /%i', (masks, mask) => {
    expect(maskThatHolds(masks)).toBe(mask);
  });

  // Blocks that follow each other closely, and ones that leave a gap between public and private.
  test.each([
    [3, 24, 24], [3, 26, 20], [3, 28, 28], [3, 28, 19], [3, 20, 24], [2, 24, 24], [2, 28, 23],
    [1, 24, 24], [1, 28, 17], [1, 19, 28], [5, 27, 21], [4, 24, 22],
  ])('CDK allocates the same for %i zones of /%i and /%i', (zones, publicMask, privateMask) => {
    const mask = maskThatHolds([...Array(zones).fill(publicMask), ...Array(zones).fill(privateMask)]);
    const allocate = (vpcMask: number) => new ec2.Vpc(stackFixture(), 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr(`10.0.0.0/${vpcMask}`),
      availabilityZones: Array.from({ length: zones }, (_, index) => `zone-${index}`),
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: publicMask },
        { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: privateMask },
      ],
    });
    expect(() => allocate(mask)).not.toThrow();
    expect(() => allocate(mask + 1)).toThrow();
  });
});

test.each([
  ['100.64.0.0/16', 1, ['100.64.0.0/16']],
  ['100.64.0.0/16', 2, ['100.64.0.0/17', '100.64.128.0/17']],
  ['100.64.0.0/16', 3, ['100.64.0.0/18', '100.64.64.0/18', '100.64.128.0/18']],
  ['100.64.0.0/26', 4, ['100.64.0.0/28', '100.64.0.16/28', '100.64.0.32/28', '100.64.0.48/28']],
])('%s is split into %i equal parts', (text, count, parts) => {
  expect(split(block(text), count)).toEqual(parts);
});
