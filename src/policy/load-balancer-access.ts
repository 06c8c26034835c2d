import { Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { NEVER_CUT } from './default-deny';
import { EndpointSelector } from './endpoint-selector';
import type { CiliumNetworkPolicyOptions } from './policy-options';
import { parseBlock, PolicyPeer } from './policy-peer';
import { PolicyPort } from './policy-port';
import { reject } from '../cdk/reject';
import { checkLabels } from '../kubernetes/names';

/**
 * What load balancers may reach.
 */
export interface LoadBalancerAccess {
  /**
   * The subnets that the load balancers stand in.
   */
  readonly subnets: ec2.ISubnet[];

  /**
   * The labels of the pods behind them.
   *
   * @default - every pod of the namespace
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * The pods' own TCP ports, which targets and health checks use.
   *
   * @default - every port, unless `udpPorts` are given
   */
  readonly ports?: number[];

  /**
   * The pods' own UDP ports.
   *
   * @default - every port, unless `ports` are given
   */
  readonly udpPorts?: number[];

  /**
   * The addresses of clients, where the load balancers keep them: pods see these in place of the load balancers' own.
   *
   * @default - none
   */
  readonly clientCidrs?: string[];
}

/**
 * The policy that lets load balancers reach pods.
 *
 * To Cilium load balancers are outside the cluster: it sees the addresses of their subnets, or those of the clients where they are kept.
 */
export function loadBalancerAllowance({ subnets, podLabels, ports, udpPorts, clientCidrs = [] }: LoadBalancerAccess): CiliumNetworkPolicyOptions {
  const named = [...ports?.map(port => PolicyPort.tcp(port)) ?? [], ...udpPorts?.map(port => PolicyPort.udp(port)) ?? []];
  return {
    description: 'Load balancers',
    endpointSelector: podLabels ? EndpointSelector.labels(podLabels) : undefined,
    ingress: [{
      peers: [...subnets.map(subnet => subnet.ipv4CidrBlock), ...clientCidrs].map(block => PolicyPeer.cidr(block)),
      ports: ports || udpPorts ? named : undefined,
    }],
    ...NEVER_CUT,
  };
}

/** Throws unless load balancers can be let in like this. */
export function checkAccess(path: string, { subnets, podLabels, ports, udpPorts, clientCidrs }: LoadBalancerAccess): void {
  if (subnets.length === 0) {
    reject(path, 'subnets', [], 'one subnet or more', 'give those that the load balancer stands in');
  }
  if (podLabels && Object.keys(podLabels).length === 0) {
    reject(path, 'podLabels', {}, 'one label or more', 'leave it out for every pod');
  }
  checkLabels(path, 'podLabels', podLabels ?? {});
  for (const [prop, given] of Object.entries({ ports, udpPorts })) {
    if (given?.length === 0 && !(prop === 'udpPorts' ? ports : udpPorts)?.length) {
      reject(path, prop, [], 'one port or more', 'leave it out for every port');
    }
    if (given?.some(port => !Token.isUnresolved(port) && (!Number.isInteger(port) || port < 1 || port > 65535))) {
      reject(path, prop, given, 'whole numbers from 1 to 65535', 'give the ports that the pods listen on');
    }
  }
  clientCidrs?.forEach((block, index) => parseBlock(path, `clientCidrs[${index}]`, block));
}
