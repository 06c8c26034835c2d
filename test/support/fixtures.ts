import { rmSync } from 'fs';
import { KubectlV36Layer } from '@aws-cdk/lambda-layer-kubectl-v36';
import { App, Stack, type Environment } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { EksPlatform, type EksPlatformProps } from '../../src';

/** What a test says of the stack that it synthesizes into. */
export interface StackOptions {
  readonly env?: Environment;
  readonly context?: { [key: string]: any };
}

/** Each app writes its assembly into a folder of the system's for temporary files, and leaves it there. */
const assemblies: string[] = [];
globalThis.afterAll?.(() => assemblies.forEach(folder => rmSync(folder, { recursive: true, force: true }))); // not there outside of jest

/** An empty stack, without an environment unless one is given. */
export function stackFixture(options: StackOptions = {}): Stack {
  const app = new App({
    // The kubectl layer has 36 MB: no test looks into it.
    context: { 'aws:cdk:disable-asset-staging': true, ...options.context },
    analyticsReporting: false,
  });
  assemblies.push(app.outdir);
  return new Stack(app, 'Shop', { env: options.env });
}

/** A platform with one hosted zone, in its own stack. */
export function platformFixture(props: Partial<EksPlatformProps> = {}, options: StackOptions = {}) {
  const stack = stackFixture(options);
  const platform = new EksPlatform(stack, 'Platform', { clusterName: 'shop', hostedZones: [zoneFixture(stack)], ...props });
  return { stack, platform, template: () => Template.fromStack(stack) };
}

/** A cluster as a user defines it with eks-v2 alone, ready for Cilium. */
export function clusterFixture(props: Partial<eks.ClusterProps> = {}, options: StackOptions = {}) {
  const stack = stackFixture({ ...options, context: { '@aws-cdk/aws-eks:useNativeOidcProvider': true, ...options.context } });
  const cluster = new eks.Cluster(stack, 'Cluster', {
    version: eks.KubernetesVersion.V1_36,
    clusterName: 'shop',
    defaultCapacityType: eks.DefaultCapacityType.NODEGROUP,
    defaultCapacity: 0,
    bootstrapSelfManagedAddons: false,
    kubectlProviderOptions: { kubectlLayer: new KubectlV36Layer(stack, 'Kubectl') },
    ...props,
  });
  return { stack, cluster, template: () => Template.fromStack(stack) };
}

/** A cluster that was made elsewhere, with all that the add-ons ask of it. */
export function importedClusterFixture(options: StackOptions = {}) {
  const stack = stackFixture(options);
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-central-1a', 'eu-central-1b'],
    privateSubnetIds: ['subnet-a', 'subnet-b'],
    publicSubnetIds: ['subnet-c', 'subnet-d'],
  });
  const cluster = eks.Cluster.fromClusterAttributes(stack, 'Cluster', {
    vpc,
    clusterName: 'legacy',
    clusterEndpoint: 'https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com',
    clusterSecurityGroupId: 'sg-0123456789abcdef0',
    openIdConnectProvider: iam.OpenIdConnectProvider.fromOpenIdConnectProviderArn(stack, 'Oidc',
      'arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF'),
    kubectlProvider: eks.KubectlProvider.fromKubectlProviderAttributes(stack, 'Kubectl', {
      serviceToken: 'arn:aws:lambda:eu-central-1:123456789012:function:kubectl',
      role: iam.Role.fromRoleArn(stack, 'KubectlRole', 'arn:aws:iam::123456789012:role/kubectl'),
    }),
  });
  return { stack, cluster, vpc, template: () => Template.fromStack(stack) };
}

/** A hosted zone that was made elsewhere. */
export function zoneFixture(stack: Stack, zoneName = 'example.com', hostedZoneId = 'Z0123456789ABCDEFGHIJ'): route53.IHostedZone {
  return route53.HostedZone.fromHostedZoneAttributes(stack, `Zone-${zoneName}`, { zoneName, hostedZoneId });
}
