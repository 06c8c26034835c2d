import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type { ChartOptions } from './chart-options';
import type { HubbleOptions } from './hubble';
import type { WorkloadIdentity } from '../cluster/workload-identity';

/**
 * What Cilium encrypts.
 */
export enum CiliumEncryption {
  /**
   * WireGuard between pods on different nodes. Traffic that stays on its node is never encrypted.
   *
   * @see https://docs.cilium.io/en/stable/security/network/encryption-wireguard/
   */
  WIREGUARD = 'wireguard',

  /** WireGuard between pods and between nodes, which Cilium calls beta. */
  WIREGUARD_WITH_NODES = 'wireguard-with-nodes',

  /** Nothing. */
  NONE = 'none',
}

/**
 * Options of Cilium.
 */
export interface CiliumOptions extends ChartOptions {
  /**
   * What is encrypted.
   *
   * @default CiliumEncryption.WIREGUARD
   */
  readonly encryption?: CiliumEncryption;

  /**
   * Options of Hubble, which observes flows.
   *
   * @default - relay, web interface and seven metrics
   */
  readonly hubble?: HubbleOptions;

  /**
   * The network interfaces of nodes through which pods' traffic leaves under the node's address, such as `eth0`
   * or `ens+`.
   *
   * Giving any turns masquerading on, which nodes in public subnets need: `eth0` on Amazon Linux 2,
   * `ens5` and the like on Amazon Linux 2023. In private subnets NAT gateways do the same.
   *
   * @default - traffic leaves under the pod's own address
   */
  readonly egressMasqueradeInterfaces?: string[];

  /**
   * Whether a node's network interfaces take prefixes of 16 addresses each, so that it runs more pods.
   *
   * Needs instance types of the Nitro System, and subnets with whole /28 blocks free: a /24 runs
   * out of them soon. Nodes need a higher `maxPods`: `EksPlatform` sets it.
   *
   * @see https://docs.cilium.io/en/stable/network/concepts/ipam/eni/
   * @default - true in a platform with `podCidr` or `podSubnetTags`, otherwise false
   */
  readonly prefixDelegation?: boolean;

  /**
   * How many operators run, each on a node of its own: a whole number, 1 or more.
   *
   * @default - the profile's: 1 in dev, 2 in staging and prod; 2 for a Cilium on its own
   */
  readonly operatorReplicas?: number;

  /**
   * Tags of the subnets that pods take their addresses from.
   *
   * A node's first interface then serves no pods, as it is in the node's own subnet, and the `maxPods` that EKS
   * computes is too high: use it with `prefixDelegation`, or lower `maxPods` of the nodes.
   *
   * @default - the tag of the pod subnets with `podCidr`; otherwise pods share the subnets of the nodes
   */
  readonly podSubnetTags?: { [key: string]: string };

  /**
   * Whether Cilium serves Ingresses of the class `cilium`.
   *
   * All of them share one NLB, which the AWS Load Balancer Controller makes: internal, unless `values` say
   * otherwise with annotations of `ingressController.service`.
   *
   * @see https://docs.cilium.io/en/stable/network/servicemesh/ingress/
   * @default false
   */
  readonly ingressController?: boolean;

  /**
   * Whether Cilium serves the Gateway API.
   *
   * The CRDs of Gateway API 1.6 must be in the cluster before, as they are not in Cilium's chart.
   *
   * @see https://docs.cilium.io/en/stable/network/servicemesh/gateway-api/gateway-api/
   * @default false
   */
  readonly gatewayApi?: boolean;

  /**
   * Whether network policies can ask for mutual authentication of workloads, with a SPIRE server in the cluster.
   *
   * The server keeps its data in memory, so it needs no storage class; identities are issued anew when it restarts.
   * It is deprecated in Cilium 1.20, and no longer part of Cilium 1.21.
   *
   * @see https://docs.cilium.io/en/stable/network/servicemesh/mutual-authentication/mutual-authentication/
   * @default false
   */
  readonly mutualAuthentication?: boolean;
}

/**
 * Properties of Cilium.
 */
export interface CiliumProps extends CiliumOptions {
  /**
   * The cluster. It must know its VPC, its endpoint, and with IRSA its OpenID Connect provider.
   */
  readonly cluster: eks.ICluster;

  /**
   * The cluster's name in Cilium and in the tags of the network interfaces: 1 to 32 lower-case
   * letters, digits and dashes.
   *
   * Two clusters in one account need two names: the operator deletes unused interfaces that carry its own.
   */
  readonly clusterName: string;

  /**
   * How the operator gets its AWS credentials.
   *
   * @default WorkloadIdentity.IRSA
   */
  readonly identity?: WorkloadIdentity;

  /**
   * Security groups of nodes that do not carry the cluster security group.
   *
   * New rules let these groups and the cluster security group reach each other on all ports: pods have the
   * groups of their nodes, and WireGuard (UDP 51871), health checks (TCP 4240, ICMP), Hubble (TCP 4244) and
   * webhooks must pass. Outbound rules stay as they are.
   *
   * @default - all nodes carry the cluster security group
   */
  readonly nodeSecurityGroups?: ec2.ISecurityGroup[];

  /**
   * Whether the release waits until all of Cilium is ready, and is rolled back if it does not get there.
   *
   * Only for clusters that have nodes: before the first node it can only time out.
   *
   * @default false
   */
  readonly wait?: boolean;
}
