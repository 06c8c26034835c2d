import { Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { IConstruct } from 'constructs';
import type { EksPlatformProps } from './eks-platform-props';
import type { ChartOptions } from '../addons/chart-options';
import { reject } from '../cdk/reject';
import { WorkloadIdentity } from '../cluster/workload-identity';

/**
 * Route 53's API, which is in us-east-1 for all regions.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html
 */
const ROUTE_53 = new ec2.InterfaceVpcEndpointAwsService('route53', 'com.amazonaws', 443, { global: true });

/**
 * The AWS services that a platform without a way to the internet calls from its VPC; S3 is reached by a gateway.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
 */
export function neededEndpoints(props: EksPlatformProps): ec2.InterfaceVpcEndpointAwsService[] {
  const { EC2, ECR, ECR_DOCKER, EKS, EKS_AUTH, ELASTIC_LOAD_BALANCING, LAMBDA, STS } = ec2.InterfaceVpcEndpointAwsService;
  return [
    EC2, ECR, ECR_DOCKER,
    EKS, LAMBDA, // of the function that runs Helm: it asks for the cluster, and goes on by invoking itself
    props.identity === WorkloadIdentity.POD_IDENTITY ? EKS_AUTH : STS,
    ...props.albController?.enabled ?? true ? [ELASTIC_LOAD_BALANCING] : [],
    ...hasExternalDns(props) ? [ROUTE_53] : [],
  ];
}

function hasExternalDns({ hostedZones, externalDns }: EksPlatformProps): boolean {
  return hostedZones !== undefined && (externalDns?.enabled ?? true);
}

/** Refuses what can't work, or would never start, without a way to the internet. */
export function checkIsolated(scope: IConstruct, props: EksPlatformProps): void {
  const { path } = scope.node;
  const { region } = Stack.of(scope);
  if (props.imageRegistry === undefined) {
    reject(path, 'imageRegistry', undefined, 'given in a VPC without a way to the internet', 'copy the images into a registry that nodes reach: docs/isolated.md lists them');
  }
  const charts: { [prop: string]: ChartOptions | undefined | false } = {
    cilium: props.cilium,
    albController: (props.albController?.enabled ?? true) && props.albController,
    externalDns: hasExternalDns(props) && props.externalDns,
  };
  if (hasExternalDns(props) && !Token.isUnresolved(region) && /^(cn|us-gov|us-iso|eu-isoe|eusc)-/.test(region)) {
    reject(path, 'hostedZones', region, 'left out without a way to the internet in this partition', 'Route 53\'s API has no endpoint there that a VPC could reach');
  }
  for (const [prop, options] of Object.entries(charts)) {
    if (options !== false && options?.chartAsset === undefined && options?.chartRepository === undefined) {
      reject(path, `${prop}.chartAsset`, undefined, `given, or \`${prop}.chartRepository\`, in a VPC without a way to the internet`,
        'the repository of the chart\'s authors can\'t be reached from there');
    }
  }
}

/** Refuses a cluster whose API nodes would have to reach through the internet. */
export function checkIsPrivate(path: string, cluster: eks.Cluster): void {
  const config = (cluster.node.defaultChild as eks.CfnCluster).resourcesVpcConfig as eks.CfnCluster.ResourcesVpcConfigProperty;
  if (config.endpointPrivateAccess === false) {
    reject(path, 'endpointAccess', 'PUBLIC', 'PRIVATE or PUBLIC_AND_PRIVATE in a VPC without a way to the internet', 'nodes reach the API from inside only');
  }
}

/** Each service once: two endpoints of one service can't both have its name in a VPC. */
export function withoutRepetition(services: ec2.InterfaceVpcEndpointAwsService[]): ec2.InterfaceVpcEndpointAwsService[] {
  return services.filter((service, index) => services.findIndex(other => other.shortName === service.shortName) === index);
}
