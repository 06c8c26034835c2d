import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import { podPorts, type IngressBackend } from './ingress-path';
import { LoadBalancerScheme } from './load-balancer-scheme';
import type { INamespace } from '../policy/namespace';

/** The subnets in which the controller puts a load balancer that names none. */
export function subnetsOf(cluster: eks.ICluster, scheme: string | undefined): ec2.ISubnet[] {
  const { publicSubnets, privateSubnets, isolatedSubnets } = cluster.vpc;
  return scheme === LoadBalancerScheme.INTERNET_FACING ? publicSubnets : privateSubnets.length > 0 ? privateSubnets : isolatedSubnets;
}

/** Lets a load balancer reach the pods behind it. */
export function openNamespace(namespace: INamespace, subnets: ec2.ISubnet[], backends: IngressBackend[], healthCheckPort?: number): void {
  for (const backend of backends.filter(it => it.portName !== 'use-annotation')) {
    namespace.allowFromLoadBalancer({ subnets, podLabels: backend.podLabels, ports: podPorts(backend, healthCheckPort) });
  }
}
