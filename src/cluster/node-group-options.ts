import type { Size } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as eks from 'aws-cdk-lib/aws-eks-v2';
import type * as iam from 'aws-cdk-lib/aws-iam';

/**
 * A managed node group of a cluster whose network is Cilium.
 */
export interface NodeGroupOptions {
  /**
   * The instance types to choose from, all of one architecture.
   *
   * @default - the profile's: t4g.large in dev, m7g.large in staging, m7g.xlarge in prod; m7g.large for a NodeGroup on its own
   */
  readonly instanceTypes?: ec2.InstanceType[];

  /**
   * The Amazon Machine Image that nodes run: one of Amazon Linux 2023.
   *
   * @default - Amazon Linux 2023 for the architecture of `instanceTypes`
   */
  readonly amiType?: eks.NodegroupAmiType;

  /**
   * On-Demand or Spot.
   *
   * @default CapacityType.ON_DEMAND
   */
  readonly capacityType?: eks.CapacityType;

  /**
   * The smallest number of nodes: a whole number, 0 or more.
   *
   * @default - the profile's: 2 in dev, 3 in staging and prod; 2 for a NodeGroup on its own
   */
  readonly minSize?: number;

  /**
   * The largest number of nodes: a whole number, `minSize` or more. It must be given if `minSize` is a token.
   *
   * @default - the profile's: 4 in dev, 6 in staging, 12 in prod; twice `minSize` for a NodeGroup on its own
   */
  readonly maxSize?: number;

  /**
   * The number of nodes to start with.
   *
   * An update that changes it sets the number of nodes, whatever an autoscaler has chosen before.
   *
   * @default - `minSize`
   */
  readonly desiredSize?: number;

  /**
   * The size of each node's root volume: encrypted gp3.
   *
   * @default Size.gibibytes(50)
   */
  readonly diskSize?: Size;

  /**
   * Kubernetes labels of the nodes.
   *
   * @default - none but those that EKS sets
   */
  readonly labels?: { [key: string]: string };

  /**
   * Kubernetes taints of the nodes, beside the one that keeps pods away until Cilium runs.
   *
   * @default - none
   */
  readonly taints?: eks.TaintSpec[];

  /**
   * The subnets that nodes run in: private ones.
   *
   * @default - all private subnets of the cluster's VPC
   */
  readonly subnets?: ec2.SubnetSelection;

  /**
   * More security groups of the nodes, beside the cluster security group.
   *
   * Every node carries the cluster security group, whose members reach each other on all ports:
   * WireGuard, health checks, Hubble and webhooks need no rules of their own.
   *
   * @default - only the cluster security group
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * How many pods the kubelet lets run on a node: 1 to 250.
   *
   * @default - what EKS computes from the instance type; with `prefixDelegation` 110 below 30 vCPUs and 250 from there
   */
  readonly maxPods?: number;

  /**
   * The role of the nodes.
   *
   * It needs AmazonEKSWorkerNodePolicy and AmazonEC2ContainerRegistryPullOnly, and no
   * AmazonEKS_CNI_Policy: Cilium's operator has a role of its own.
   *
   * @default - a new role with these two policies
   */
  readonly role?: iam.IRole;
}

/**
 * Properties of a NodeGroup.
 */
export interface NodeGroupProps extends NodeGroupOptions {
  /**
   * The cluster that the nodes join.
   */
  readonly cluster: eks.ICluster;
}
