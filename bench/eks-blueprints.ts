import type { App } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { KubernetesVersion, NodegroupAmiType } from 'aws-cdk-lib/aws-eks-v2';

/**
 * The parts of library.ts that EKS Blueprints has, on its own eks-v2 cluster: VPC, cluster, nodes, CoreDNS, the AWS Load
 * Balancer Controller and ExternalDNS. It has neither Cilium nor a node-local DNS cache, and its VPC has two zones.
 *
 * The package is not installed here: this file runs in a folder of its own, where it is.
 */
export async function define(app: App): Promise<void> {
  const name = '@aws-quickstart/eks-blueprints';
  const blueprints = await import(name);
  const nodes = { id: 'Nodes', instanceTypes: [new InstanceType('t4g.large')], amiType: NodegroupAmiType.AL2023_ARM_64_STANDARD, minSize: 2, maxSize: 4 };
  await blueprints.EksBlueprint.builder()
    .clusterProvider(new blueprints.GenericClusterProviderV2({ version: KubernetesVersion.V1_34, managedNodeGroups: [nodes] }))
    .resourceProvider(blueprints.GlobalResources.Vpc, new blueprints.VpcProvider())
    .resourceProvider('Zone', new blueprints.ImportHostedZoneProvider('Z0123456789ABCDEFGHIJ', 'example.com'))
    .addOns(
      new blueprints.CoreDnsAddOn('v1.13.2-eksbuild.3'), // without a version it would ask AWS for one
      new blueprints.AwsLoadBalancerControllerAddOn(),
      new blueprints.ExternalDnsAddOn({ hostedZoneResources: ['Zone'] }),
    )
    .buildAsync(app, 'Shop');
}
