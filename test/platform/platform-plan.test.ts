import { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ExternalDnsPolicy, PlatformProfile, type EksPlatformProps } from '../../src';
import { VERSIONS } from '../../src/kubernetes/versions';
import { planNodes, planPlatform } from '../../src/platform/platform-plan';
import { stackFixture, zoneFixture } from '../support/fixtures';

function plan(props: Partial<EksPlatformProps> = {}, stack: Stack = stackFixture()) {
  return planPlatform(new Construct(stack, 'Platform'), { clusterName: 'shop', hostedZones: [zoneFixture(stack)], ...props });
}

test('defines nothing', () => {
  const stack = new Stack();
  const scope = new Construct(stack, 'Platform');
  planPlatform(scope, { clusterName: 'shop', profile: PlatformProfile.PROD });
  expect(scope.node.children).toEqual([]);
});

describe('add-ons', () => {
  const ALL = ['cilium', 'albController', 'externalDns', 'nodeLocalDns'] as const;

  test('are these, and every chart of the versions table is that of one', () => {
    const { addOns } = plan();
    expect(Object.keys(addOns)).toEqual(ALL);
    expect(ALL).toEqual(expect.arrayContaining(Object.keys(VERSIONS.charts)));
  });

  test.each(ALL)('%s has its images in the platform\'s registry, or in its own', addOn => {
    const registryOf = (props: Partial<EksPlatformProps>) => {
      const { imageRegistry, image } = { image: undefined, imageRegistry: undefined, ...plan(props).addOns[addOn] };
      return imageRegistry ?? image;
    };
    expect(registryOf({})).toBeUndefined();
    expect(registryOf({ imageRegistry: 'registry.example.com' })).toMatch(/^registry\.example\.com/);
    const own = addOn === 'nodeLocalDns' ? { image: 'own.example.com/cache:1' } : { imageRegistry: 'own.example.com' };
    expect(registryOf({ imageRegistry: 'registry.example.com', [addOn]: own })).toMatch(/^own\.example\.com/);
  });

  test.each(ALL.slice(1))('%s can be left out, alone', leftOut => {
    const { addOns } = plan({ [leftOut]: { enabled: false } });
    expect(ALL.filter(addOn => addOns[addOn] === undefined)).toEqual([leftOut]);
  });
});

describe('records are cleaned up', () => {
  test.each<[string, Partial<EksPlatformProps>, boolean]>([
    ['where ExternalDNS deletes them itself', {}, true],
    ['not where it may not delete them', { externalDns: { policy: ExternalDnsPolicy.UPSERT_ONLY } }, false],
    ['not without ExternalDNS', { externalDns: { enabled: false } }, false],
    ['where the user says so, in any case', { externalDns: { enabled: false }, cleanUpRecords: true }, true],
    ['not where the user says so', { cleanUpRecords: false }, false],
    ['nowhere without zones', { hostedZones: undefined, cleanUpRecords: true }, false],
  ])('%s', (_, props, expected) => {
    expect(plan(props).zonesToCleanUp).toHaveLength(expected ? 1 : 0);
  });
});

describe('nodes', () => {
  const type = (name: string) => new ec2.InstanceType(name);

  test('are at least as many as the user asks for, also at the most', () => {
    expect(plan({ nodes: { minSize: 20 } }).nodes).toMatchObject({ minSize: 20, maxSize: 20 });
    expect(plan({ nodes: { minSize: 3, maxSize: undefined } }).nodes).toMatchObject({ minSize: 3, maxSize: 4 });
  });

  test('run more pods with prefixes, unless their number is given', () => {
    const { pods } = plan({ network: { podCidr: '100.64.0.0/16' } });
    expect(pods).toEqual({ prefixDelegation: true, podSubnets: true });
    expect(planNodes('Shop', pods, { instanceTypes: [type('m7g.large')] }).maxPods).toBe(110);
    expect(planNodes('Shop', pods, { instanceTypes: [type('m7g.16xlarge')] }).maxPods).toBe(250);
    expect(planNodes('Shop', pods, { maxPods: 40 }).maxPods).toBe(40);
  });

  test('run as many pods as EKS computes without prefixes', () => {
    expect(planNodes('Shop', plan().pods, { instanceTypes: [type('m7g.large')] }).maxPods).toBeUndefined();
  });
});

test('a key is made for Secrets where the profile encrypts them and none is given', () => {
  const { DEV, PROD } = PlatformProfile;
  const stack = stackFixture();
  const secretsKey = new kms.Key(stack, 'Key');
  expect([plan({ profile: DEV }), plan({ profile: PROD })].map(it => it.makesSecretsKey)).toEqual([false, true]);
  expect(plan({ profile: PROD, secretsKey }, stack)).toMatchObject({ makesSecretsKey: false, secretsKey });
});
