import { Fn } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { isNitro, maxPodsWithPrefixes } from '../../src/cluster/instance-types';

const type = (name: string) => new ec2.InstanceType(name);

describe('isNitro', () => {
  test.each([
    'm5.large', 'm7g.large', 'm7i-flex.large', 't3.medium', 't4g.large', 'c5n.xlarge', 'c6gn.large', 'r5b.large', 'i3en.large', 'i4i.large',
    'd3.xlarge', 'a1.large', 'z1d.large', 'p3dn.24xlarge', 'p4d.24xlarge', 'g4dn.xlarge', 'g5.xlarge', 'inf2.xlarge', 'x2gd.medium',
    'f2.6xlarge', 'u-6tb1.56xlarge', 'i3.metal', 'm8g.metal-24xl',
  ])('says yes to %s', name => {
    expect(isNitro(type(name))).toBe(true);
  });

  test.each([
    't1.micro', 't2.micro', 'm1.small', 'm2.xlarge', 'm3.medium', 'm4.large', 'c1.medium', 'c3.large', 'c4.large', 'r3.large', 'r4.large',
    'i2.xlarge', 'i3.large', 'd2.xlarge', 'h1.2xlarge', 'g2.2xlarge', 'g3.4xlarge', 'g3s.xlarge', 'p2.xlarge', 'p3.2xlarge', 'f1.2xlarge',
    'x1.16xlarge', 'x1e.xlarge',
  ])('says no to %s', name => {
    expect(isNitro(type(name))).toBe(false);
  });

  test('says yes to a token, as it may be', () => {
    expect(isNitro(type(Fn.importValue('type')))).toBe(true);
  });
});

describe('maxPodsWithPrefixes', () => {
  test.each([
    ['t3.nano', 110],
    ['m7g.medium', 110],
    ['m7g.large', 110],
    ['m7g.xlarge', 110],
    ['m7g.4xlarge', 110],
    ['f2.6xlarge', 110], // 24 vCPUs
    ['m7g.8xlarge', 250], // 32 vCPUs
    ['c5.9xlarge', 250],
    ['m7g.16xlarge', 250],
    ['u-6tb1.112xlarge', 250],
    ['c6g.metal', 250],
    ['m8g.metal-24xl', 250],
  ])('is, for %s, %i', (name, pods) => {
    expect(maxPodsWithPrefixes([type(name)])).toBe(pods);
  });

  test.each([
    ['the smallest decides', ['m7g.16xlarge', 'm7g.large'], 110],
    ['all are large', ['m7g.16xlarge', 'm7g.8xlarge'], 250],
    ['none is given, as the default type is small', [], 110],
  ])('is right where %s', (_, names, pods) => {
    expect(maxPodsWithPrefixes(names.map(type))).toBe(pods);
  });

  test('is the lower one for a token', () => {
    expect(maxPodsWithPrefixes([type(Fn.importValue('type'))])).toBe(110);
  });
});
