import { Fn } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import { NodeGroup, type NodeGroupOptions } from '../../src';
import { clusterFixture, importedClusterFixture } from '../support/fixtures';
import { theOnly } from '../support/read';

const types = (...names: string[]) => names.map(name => new ec2.InstanceType(name));

function nodegroup(options: NodeGroupOptions) {
  const { stack, cluster, template } = importedClusterFixture();
  new NodeGroup(stack, 'Nodes', { cluster, ...options });
  return theOnly(template(), 'AWS::EKS::Nodegroup').Properties;
}

test.each([
  [['m7g.large'], 'AL2023_ARM_64_STANDARD'],
  [['t4g.large', 'c7gn.xlarge', 'r8g.large'], 'AL2023_ARM_64_STANDARD'],
  [['m7i.large'], 'AL2023_x86_64_STANDARD'],
  [['m7i-flex.large', 'm7a.large', 'c5.large', 'i3.metal'], 'AL2023_x86_64_STANDARD'],
])('%j run Amazon Linux 2023 as %s', (names, amiType) => {
  expect(nodegroup({ instanceTypes: types(...names) })).toMatchObject({ InstanceTypes: names, AmiType: amiType });
});

test.each([
  ['g4dn.xlarge', eks.NodegroupAmiType.AL2023_X86_64_NVIDIA],
  ['g5g.xlarge', eks.NodegroupAmiType.AL2023_ARM_64_NVIDIA],
  ['g6f.large', eks.NodegroupAmiType.AL2023_X86_64_NVIDIA],
  ['gr6.4xlarge', eks.NodegroupAmiType.AL2023_X86_64_NVIDIA],
  ['p5.48xlarge', eks.NodegroupAmiType.AL2023_X86_64_NVIDIA],
  ['inf2.xlarge', eks.NodegroupAmiType.AL2023_X86_64_NEURON],
  ['trn1.2xlarge', eks.NodegroupAmiType.AL2023_X86_64_NEURON],
])('%s takes the AMI type with its driver', (name, amiType) => {
  expect(nodegroup({ instanceTypes: types(name), amiType })).toMatchObject({ InstanceTypes: [name], AmiType: amiType });
});

test.each(['g4dn.xlarge', 'g5g.xlarge', 'gr6.4xlarge', 'p2.xlarge', 'p5.48xlarge', 'inf1.xlarge', 'trn1.2xlarge', 'dl1.24xlarge', 'vt1.3xlarge'])(
  'fails for %s without an AMI type', name => {
    expect(() => nodegroup({ instanceTypes: types(name) })).toThrow(
      '`amiType` must be given with accelerated `instanceTypes`, got: nothing; name the AMI type with the right driver [Shop/Nodes]');
  });

test('fails for an accelerated type among ordinary ones', () => {
  expect(() => nodegroup({ instanceTypes: types('m7i.large', 'g5.xlarge') })).toThrow('`amiType` must be given with accelerated `instanceTypes`');
});

test('fails for two architectures', () => {
  expect(() => nodegroup({ instanceTypes: types('m7g.large', 'm7i.large') })).toThrow(
    '`instanceTypes` must be of one architecture, got: ["m7g.large","m7i.large"]; make one node group for each architecture [Shop/Nodes]');
});

test.each([undefined, eks.NodegroupAmiType.AL2023_ARM_64_STANDARD])('fails for an empty list of types with the AMI type %s', amiType => {
  expect(() => nodegroup({ instanceTypes: [], amiType })).toThrow(
    '`instanceTypes` must be one type or more, got: []; leave it out for the default [Shop/Nodes]');
});

test('fails for an AMI type of another architecture', () => {
  expect(() => nodegroup({ instanceTypes: types('m7i.large'), amiType: eks.NodegroupAmiType.AL2023_ARM_64_STANDARD })).toThrow(/AMI does not match/);
});

describe('tokens', () => {
  const token = new ec2.InstanceType(Fn.importValue('type'));

  test('are accepted with an AMI type, alone or among others', () => {
    const amiType = eks.NodegroupAmiType.AL2023_ARM_64_STANDARD;
    expect(nodegroup({ instanceTypes: [token], amiType })).toMatchObject({ InstanceTypes: [{ 'Fn::ImportValue': 'type' }], AmiType: amiType });
    expect(nodegroup({ instanceTypes: [...types('m7g.large'), token], amiType }).InstanceTypes).toEqual(['m7g.large', { 'Fn::ImportValue': 'type' }]);
  });

  test('fail without one, as their architecture is not known', () => {
    expect(() => nodegroup({ instanceTypes: [token] })).toThrow(
      '`amiType` must be given where `instanceTypes` is a token, got: nothing; name the AMI type for its architecture [Shop/Nodes]');
  });
});

test.each(['BOTTLEROCKET_ARM_64', 'AL2_x86_64', 'WINDOWS_CORE_2022_x86_64'])('fails with an AMI that its launch template is not written for: %s', amiType => {
  const { stack, cluster } = clusterFixture();
  expect(() => new NodeGroup(stack, 'Nodes', { cluster, amiType: amiType as eks.NodegroupAmiType })).toThrow(
    `\`amiType\` must be one of Amazon Linux 2023 (AL2023_...), got: "${amiType}"; `
    + 'the volume and the user data are written for it: define other nodes with eks.Nodegroup [Shop/Nodes]');
});
