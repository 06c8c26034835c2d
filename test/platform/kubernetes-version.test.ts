import { KubectlV34Layer } from '@aws-cdk/lambda-layer-kubectl-v34';
import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { EksPlatform, NodeGroup, type EksPlatformProps } from '../../src';
import { importedClusterFixture, stackFixture } from '../support/fixtures';
import { idsOf, resourcesOf, theOnly } from '../support/read';

const LAYER_ARN = 'arn:aws:lambda:eu-central-1:123456789012:layer:kubectl:7';

function platform(stack: Stack, version: string | undefined, props: Partial<EksPlatformProps> = {}) {
  const kubernetesVersion = version === undefined ? undefined : eks.KubernetesVersion.of(version);
  new EksPlatform(stack, 'Platform', { clusterName: 'shop', kubernetesVersion, ...props });
  return Template.fromStack(stack);
}
const versionOf = (template: Template) => theOnly(template, 'AWS::EKS::Cluster').Properties.Version;

test('is 1.36 by default, with the kubectl that fits', () => {
  const template = platform(stackFixture(), undefined);
  expect(versionOf(template)).toBe('1.36');
  template.hasResourceProperties('AWS::Lambda::LayerVersion', { Description: Match.stringLikeRegexp('kubectl 1\\.36\\.') });
});

test.each(['1.35', '1.36'])('%s runs with the default kubectl', version => {
  expect(versionOf(platform(stackFixture(), version))).toBe(version);
});

test.each(['1.33', '1.34', '1.35'])('%s runs with the kubectl of 1.34', version => {
  const stack = stackFixture();
  const template = platform(stack, version, { kubectlLayer: new KubectlV34Layer(stack, 'Kubectl') });
  expect(versionOf(template)).toBe(version);
  // The given layer is in the place of the default one, not beside it.
  expect(idsOf(template, 'AWS::Lambda::LayerVersion').filter(id => id.startsWith('PlatformKubectlLayer'))).toEqual([]);
  expect(idsOf(template, 'AWS::Lambda::LayerVersion', { Description: Match.stringLikeRegexp('kubectl 1\\.34\\.') })).toHaveLength(1);
});

test.each(['1.32', '1.37', '1.4', '2.33', '1.36.1', 'latest'])('fails for %s, for which there is no chart', version => {
  expect(() => platform(stackFixture(), version)).toThrow(
    `\`kubernetesVersion\` must be 1.33 to 1.36, got: "${version}"; the charts support no other version [Shop/Platform]`);
});

test.each([['1.33', 33], ['1.34', 34]])('fails for %s with the default kubectl, and says what to install', (version, minor) => {
  expect(() => platform(stackFixture(), version)).toThrow(
    `\`kubectlLayer\` must be at most one minor away from Kubernetes ${version}, got: "kubectl 1.36"; `
    + `install @aws-cdk/lambda-layer-kubectl-v${minor} and give a KubectlV${minor}Layer [Shop/Platform]`);
});

test('fails for a kubectl that is too old', () => {
  const stack = stackFixture();
  expect(() => platform(stack, '1.36', { kubectlLayer: new KubectlV34Layer(stack, 'Kubectl') })).toThrow(
    '`kubectlLayer` must be at most one minor away from Kubernetes 1.36, got: "kubectl 1.34"; '
    + 'install @aws-cdk/lambda-layer-kubectl-v36 and give a KubectlV36Layer [Shop/Platform]');
});

test('warns of a kubectl whose version can\'t be known', () => {
  const stack = stackFixture();
  platform(stack, '1.33', { kubectlLayer: lambda.LayerVersion.fromLayerVersionArn(stack, 'Kubectl', LAYER_ARN) });
  Annotations.fromStack(stack).hasWarning('/Shop/Platform', Match.stringLikeRegexp(
    'the version of kubectl in `kubectlLayer` is not known: it must be at most one minor away from Kubernetes 1\\.33'));
});

test('does not warn of a kubectl that fits', () => {
  const stack = stackFixture();
  platform(stack, '1.35', { kubectlLayer: new KubectlV34Layer(stack, 'Kubectl') });
  expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
});

test('passes a version on that only a deployment knows', () => {
  const stack = stackFixture();
  const parameter = new CfnParameter(stack, 'Version', { default: '1.36' });
  expect(versionOf(platform(stack, parameter.valueAsString))).toEqual({ Ref: 'Version' });
});

test('nodes follow the control plane: a node group without a version keeps the one that it was made with', () => {
  const template = platform(stackFixture(), '1.35');
  expect(theOnly(template, 'AWS::EKS::Nodegroup').Properties.Version).toBe('1.35');
});

test('nodes of a cluster that was made elsewhere have the version that it has', () => {
  const { stack, cluster, template } = importedClusterFixture();
  new NodeGroup(stack, 'Nodes', { cluster });
  expect(theOnly(template(), 'AWS::EKS::Nodegroup').Properties).not.toHaveProperty('Version');
});

describe('CoreDNS', () => {
  const versionsOf = (template: Template) => Object.values(resourcesOf(template, 'AWS::EKS::Addon')).map(it => it.Properties.AddonVersion);

  test('has the version that EKS chooses', () => {
    expect(versionsOf(platform(stackFixture(), undefined))).toEqual([undefined]);
  });

  test('has the version that is given', () => {
    expect(versionsOf(platform(stackFixture(), '1.36', { coreDnsVersion: 'v1.12.1-eksbuild.2' }))).toEqual(['v1.12.1-eksbuild.2']);
  });

  test.each(['1.14.2', 'v1.14.2', 'v1.14.2-eksbuild', 'latest', ''])('fails for %p, which is not a version of the add-on', coreDnsVersion => {
    expect(() => platform(stackFixture(), '1.36', { coreDnsVersion })).toThrow(
      `\`coreDnsVersion\` must be a version of the EKS add-on, such as v1.12.1-eksbuild.2, got: "${coreDnsVersion}"; `
      + 'list them: aws eks describe-addon-versions --addon-name coredns --kubernetes-version 1.36 [Shop/Platform]');
  });
});
