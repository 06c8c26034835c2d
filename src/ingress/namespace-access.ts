import { Annotations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { IConstruct } from 'constructs';
import { podPorts, type IngressBackend } from './ingress-path';
import { LoadBalancerScheme } from './load-balancer-scheme';
import { reject } from '../cdk/reject';
import { isIsolated } from '../network/private-subnets';
import type { INamespace } from '../policy/namespace';

/** The subnets in which the controller puts a load balancer that names none. */
export function subnetsOf(cluster: eks.ICluster, scheme: string | undefined): ec2.ISubnet[] {
  const { publicSubnets, privateSubnets, isolatedSubnets } = cluster.vpc;
  return scheme === LoadBalancerScheme.INTERNET_FACING ? publicSubnets : privateSubnets.length > 0 ? privateSubnets : isolatedSubnets;
}

/** Refuses a load balancer for the internet in a VPC that has no way from there, as far as its subnets are known. */
export function checkReach(construct: IConstruct, cluster: eks.ICluster, scheme: string | undefined): void {
  if (scheme === LoadBalancerScheme.INTERNET_FACING && hasNoPublicSubnet(cluster)) {
    reject(construct.node.path, 'scheme', scheme, `${LoadBalancerScheme.INTERNAL} in a VPC without public subnets`, 'load balancers for the internet stand in those');
  }
}

/** Warns of a web ACL that no controller would attach: where there is no internet, ours does not ask for AWS WAF's API. */
export function warnOfWebAcl(construct: IConstruct, cluster: eks.ICluster): void {
  if (hasNoPublicSubnet(cluster) && isIsolated(cluster.vpc)) {
    Annotations.of(construct).addWarningV2('@org/eks-platform:webAclWithoutInternet',
      '`webAcl` is ignored unless `interfaceEndpoints` has WAFV2 and `albController.values` has `enableWafv2: true`: see docs/isolated.md');
  }
}

/** An imported cluster may not know its VPC, and an imported VPC not its subnets. */
function hasNoPublicSubnet(cluster: eks.ICluster): boolean {
  try {
    return cluster.vpc instanceof ec2.Vpc && cluster.vpc.publicSubnets.length === 0;
  } catch {
    return false;
  }
}

/** Lets a load balancer reach the pods behind it. */
export function openNamespace(namespace: INamespace, subnets: ec2.ISubnet[], backends: IngressBackend[], healthCheckPort?: number): void {
  for (const backend of backends.filter(it => it.portName !== 'use-annotation')) {
    namespace.allowFromLoadBalancer({ subnets, podLabels: backend.podLabels, ports: podPorts(backend, healthCheckPort) });
  }
}
