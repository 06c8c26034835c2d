import { Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { IConstruct } from 'constructs';
import { SERVICES, type AddOns } from './add-ons';
import { reject } from '../cdk/reject';
import { WorkloadIdentity } from '../cluster/workload-identity';
import { VERSIONS } from '../kubernetes/versions';

const { EC2, ECR, ECR_DOCKER, EKS, EKS_AUTH, LAMBDA, STS } = ec2.InterfaceVpcEndpointAwsService;

/** The partitions in which Route 53's API has no endpoint that a VPC could reach, by their regions. */
const WITHOUT_ROUTE_53 = /^(cn|us-gov|us-iso|eu-isoe|eusc)-/;

/**
 * The AWS services that a platform without a way to the internet calls from its VPC; S3 is reached through a gateway.
 *
 * @see https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
 */
export function endpointsOf(addOns: AddOns, identity?: WorkloadIdentity): ec2.InterfaceVpcEndpointAwsService[] {
  return [
    EC2, ECR, ECR_DOCKER,
    EKS, LAMBDA, // for the function that runs Helm: it asks for the cluster, and continues by invoking itself
    identity === WorkloadIdentity.POD_IDENTITY ? EKS_AUTH : STS,
    ...keysOf(SERVICES).flatMap(addOn => addOns[addOn] && SERVICES[addOn] || []),
  ];
}

/** What a platform must have to run without a way to the internet. */
export interface Isolated {
  readonly imageRegistry?: string;
  readonly endpointAccess: eks.EndpointAccess;
  readonly addOns: AddOns;
}

/** Refuses what can't work, or would never start, without a way to the internet. */
export function checkIsolated(scope: IConstruct, { imageRegistry, endpointAccess, addOns }: Isolated): void {
  const { path } = scope.node;
  const { region } = Stack.of(scope);
  if (imageRegistry === undefined) {
    reject(path, 'imageRegistry', undefined, 'given in a VPC without a way to the internet', 'copy the images into a registry that nodes reach: docs/isolated.md lists them');
  }
  if (addOns.externalDns && !Token.isUnresolved(region) && WITHOUT_ROUTE_53.test(region)) {
    reject(path, 'hostedZones', region, 'left out without a way to the internet in this partition', 'Route 53\'s API has no endpoint there that a VPC could reach');
  }
  for (const addOn of keysOf(VERSIONS.charts)) {
    const options = addOns[addOn];
    if (options && options.chartAsset === undefined && options.chartRepository === undefined) {
      reject(path, `${addOn}.chartAsset`, undefined, `given, or \`${addOn}.chartRepository\`, in a VPC without a way to the internet`,
        'the repository of the chart\'s authors can\'t be reached from there');
    }
  }
  if (endpointAccess === eks.EndpointAccess.PUBLIC) { // the only one without private access, as it can't be restricted to ranges
    reject(path, 'endpointAccess', 'PUBLIC', 'PRIVATE or PUBLIC_AND_PRIVATE in a VPC without a way to the internet', 'nodes reach the API from inside only');
  }
}

function keysOf<T extends object>(table: T): (keyof T)[] {
  return Object.keys(table) as (keyof T)[];
}
