import type { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { platformFixture } from '../support/fixtures';
import { helmValues, idsOf, resourcesOf, theOnly } from '../support/read';

const types = (...names: string[]) => names.map(name => new ec2.InstanceType(name));
const group = (template: Template, id: string) => Object.entries(resourcesOf(template, 'AWS::EKS::Nodegroup')).find(([it]) => it.startsWith(id))![1].Properties;

/** How many pods a node group's kubelets let run: undefined where EKS decides. */
function maxPods(template: Template, id: string): number | undefined {
  const [, launchTemplate] = Object.entries(resourcesOf(template, 'AWS::EC2::LaunchTemplate')).find(([it]) => it.startsWith(id))!;
  const userData = launchTemplate.Properties.LaunchTemplateData.UserData?.['Fn::Base64'];
  return userData === undefined ? undefined : Number(/--max-pods=(\d+)/.exec(userData)![1]);
}

const TAINT = { Key: 'node.cilium.io/agent-not-ready', Value: 'true', Effect: 'NO_EXECUTE' };

test('keeps pods away from nodes until Cilium runs', () => {
  expect(group(platformFixture().template(), 'PlatformNodes').Taints).toEqual([TAINT]);
});

test('gives the first group its options', () => {
  const { Labels, CapacityType, Taints } = group(platformFixture({
    nodes: { labels: { tier: 'web' }, capacityType: eks.CapacityType.SPOT, taints: [{ key: 'web', value: 'only', effect: eks.TaintEffect.NO_SCHEDULE }] },
  }).template(), 'PlatformNodes');
  expect({ Labels, CapacityType, Taints }).toEqual({
    Labels: { tier: 'web' }, CapacityType: 'SPOT', Taints: [TAINT, { Key: 'web', Value: 'only', Effect: 'NO_SCHEDULE' }],
  });
});

describe('addNodeGroup', () => {
  test('adds groups beside the first one, each with the taint and the options given', () => {
    const { platform, template } = platformFixture();
    platform.addNodeGroup('Batch', { instanceTypes: types('c7g.2xlarge'), minSize: 0, maxSize: 10 });
    const x86 = platform.addNodeGroup('X86', { instanceTypes: types('m7i.large') });
    expect(x86.node.path).toBe('Shop/Platform/X86');
    expect(group(template(), 'PlatformBatch')).toMatchObject({
      InstanceTypes: ['c7g.2xlarge'], ScalingConfig: { MinSize: 0, DesiredSize: 0, MaxSize: 10 }, Taints: [TAINT],
    });
    expect(group(template(), 'PlatformX86')).toMatchObject({ InstanceTypes: ['m7i.large'], AmiType: 'AL2023_x86_64_STANDARD', Taints: [TAINT] });
    template().resourceCountIs('AWS::EKS::Nodegroup', 3);
  });

  test('gives the new nodes a role and a launch template of their own, in the same cluster', () => {
    const { platform, template } = platformFixture();
    platform.addNodeGroup('Batch');
    const [first, batch] = ['PlatformNodes', 'PlatformBatch'].map(id => group(template(), id));
    expect(batch.ClusterName).toEqual(first.ClusterName);
    expect(batch.NodeRole).not.toEqual(first.NodeRole);
    expect(batch.LaunchTemplate.Id).not.toEqual(first.LaunchTemplate.Id);
  });

  test('fails for options that a group can\'t have, and says which group', () => {
    expect(() => platformFixture().platform.addNodeGroup('Batch', { minSize: 3, maxSize: 2 })).toThrow(/^`maxSize` must be .* \[Shop\/Platform\/Batch\]$/);
  });
});

describe('prefix delegation', () => {
  const prefixes = { cilium: { prefixDelegation: true } };

  test('is off, and the number of pods left to EKS', () => {
    const { platform, template } = platformFixture();
    platform.addNodeGroup('More');
    expect(helmValues(template(), 'cilium').eni.awsEnablePrefixDelegation).toBe(false);
    expect(maxPods(template(), 'PlatformNodes')).toBeUndefined();
    expect(maxPods(template(), 'PlatformMore')).toBeUndefined();
  });

  test.each([
    ['the profile\'s', undefined, 110],
    ['small ones', types('m7g.xlarge', 'm7g.4xlarge'), 110],
    ['large ones', types('m7g.8xlarge'), 250],
    ['metal', types('m7g.metal'), 250],
    ['small and large ones', types('m7g.large', 'm7g.8xlarge'), 110],
  ])('raises the number of pods of the first group: %s', (_, instanceTypes, expected) => {
    const template = platformFixture({ ...prefixes, nodes: { instanceTypes } }).template();
    expect(helmValues(template, 'cilium').eni.awsEnablePrefixDelegation).toBe(true);
    expect(maxPods(template, 'PlatformNodes')).toBe(expected);
  });

  test('raises the number of pods of added groups', () => {
    const { platform, template } = platformFixture(prefixes);
    platform.addNodeGroup('Plain');
    platform.addNodeGroup('Large', { instanceTypes: types('r7g.16xlarge') });
    platform.addNodeGroup('Own', { maxPods: 60 });
    expect(maxPods(template(), 'PlatformPlain')).toBe(110);
    expect(maxPods(template(), 'PlatformLarge')).toBe(250);
    expect(maxPods(template(), 'PlatformOwn')).toBe(60);
  });

  test('fails for types from before the Nitro System, in the first group and in added ones', () => {
    const error = (given: string, path: string) => `\`instanceTypes\` must be of the Nitro System with \`prefixDelegation\`, got: ${given}; `
      + `choose newer types, such as m7g.large [${path}]`;
    expect(() => platformFixture({ ...prefixes, nodes: { instanceTypes: types('m5.large', 'm4.large') } })).toThrow(error('["m4.large"]', 'Shop/Platform/Nodes'));
    expect(() => platformFixture(prefixes).platform.addNodeGroup('Old', { instanceTypes: types('t2.large', 'c4.large') }))
      .toThrow(error('["t2.large","c4.large"]', 'Shop/Platform/Old'));
  });

  test('accepts such types without it', () => {
    const template = platformFixture({ nodes: { instanceTypes: types('m4.large') } }).template();
    expect(theOnly(template, 'AWS::EKS::Nodegroup').Properties.InstanceTypes).toEqual(['m4.large']);
    expect(idsOf(template, 'AWS::EC2::LaunchTemplate')).toHaveLength(1);
  });
});

describe('pod subnets', () => {
  const podCidr = { network: { podCidr: '100.64.0.0/16' } };
  const podSubnetTags = { cilium: { podSubnetTags: { tier: 'pods' } } };

  test.each([['podCidr', podCidr], ['podSubnetTags', podSubnetTags]])('turn prefix delegation on, as a node\'s first interface serves no pods then: %s', (_, props) => {
    const { platform, template } = platformFixture(props);
    platform.addNodeGroup('More');
    expect(helmValues(template(), 'cilium').eni.awsEnablePrefixDelegation).toBe(true);
    expect(maxPods(template(), 'PlatformNodes')).toBe(110);
    expect(maxPods(template(), 'PlatformMore')).toBe(110);
  });

  const single = { ...podCidr, cilium: { prefixDelegation: false } };
  const error = (path: string) => '`maxPods` must be given with pod subnets and without `prefixDelegation`, got: nothing; '
    + 'pods get no addresses from a node\'s first interface then, so EKS would allow too many: give (interfaces - 1) x (addresses of each - 1) '
    + `[${path}]`;

  test('fail without prefix delegation and without a number of pods', () => {
    expect(() => platformFixture(single)).toThrow(error('Shop/Platform/Nodes'));
    expect(() => platformFixture({ ...single, nodes: { maxPods: 24 } }).platform.addNodeGroup('More')).toThrow(error('Shop/Platform/More'));
  });

  test('do without prefix delegation where the number of pods is given', () => {
    const { platform, template } = platformFixture({ ...single, nodes: { maxPods: 24 } });
    platform.addNodeGroup('More', { maxPods: 48 });
    expect(helmValues(template(), 'cilium').eni.awsEnablePrefixDelegation).toBe(false);
    expect(maxPods(template(), 'PlatformNodes')).toBe(24);
    expect(maxPods(template(), 'PlatformMore')).toBe(48);
  });
});
