import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';

/**
 * The network of a cluster.
 */
export interface NetworkOptions {
  /**
   * The VPC's IPv4 range, /16 to /28.
   *
   * It must hold a public and a private subnet for each zone. Can't be changed on a living platform.
   *
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;

  /**
   * The availability zones to use, one public and one private subnet in each.
   *
   * Choose them where a region has fewer than three, or where EKS refuses one
   * (use1-az3, usw1-az2 and cac1-az3). Can't be changed on a living platform.
   *
   * @see https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
   * @default - the first three zones of the region
   */
  readonly availabilityZones?: string[];

  /**
   * The size of each public subnet, as the length of its mask: 16 to 28.
   *
   * Can't be changed on a living platform.
   *
   * @default 24
   */
  readonly publicSubnetMask?: number;

  /**
   * The size of each private subnet, as the length of its mask: 16 to 28.
   *
   * Nodes and pods take their addresses from here. A /24 has 251: where more
   * pods run, choose a smaller mask (20 has 4091) or give `podCidr`. Can't be changed on a living platform.
   *
   * @default 24
   */
  readonly privateSubnetMask?: number;

  /**
   * Whether the VPC is cut off from the internet, in both directions: private subnets only, and no NAT gateway.
   *
   * A platform then defines the interface endpoints that it needs, and must be given `imageRegistry` and a place that
   * each chart comes from: see docs/isolated.md. Can't be changed on a living platform.
   *
   * @default false
   */
  readonly isolated?: boolean;

  /**
   * How many NAT gateways: 1 up to the number of zones. None with `isolated`.
   *
   * Private subnets without a gateway in their own zone route through the gateway
   * of another zone.
   *
   * @default - the profile's: 1 in dev, 2 in staging, 3 in prod; 1 for a Vpc on its own
   */
  readonly natGateways?: number;

  /**
   * Whether VPC Flow Logs are captured, for all traffic, accepted and rejected.
   *
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
   * @default true
   */
  readonly flowLogs?: boolean;

  /**
   * How long flow logs are kept in CloudWatch Logs.
   *
   * @default - the profile's: a week in dev, a month in staging, a year in prod; a month for a Vpc on its own
   */
  readonly flowLogRetention?: logs.RetentionDays;

  /**
   * A bucket that takes the flow logs in place of CloudWatch Logs.
   *
   * The bucket keeps its own retention, so `flowLogRetention` can't be given with it.
   *
   * @default - flow logs go to CloudWatch Logs
   */
  readonly flowLogBucket?: s3.IBucket;

  /**
   * A second IPv4 range for pods, /16 to /26, with a pod subnet in each zone.
   *
   * Nodes stay in the private subnets; Cilium gives pods addresses from the pod
   * subnets. A range in 100.64.0.0/10 leaves addresses that your other networks route to unused.
   *
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
   * @default - pods share the private subnets with the nodes
   */
  readonly podCidr?: string;

  /**
   * AWS services that are reached through interface endpoints in the private subnets.
   *
   * Each is billed by the hour in each zone. A platform's `isolated` network also has those that the platform needs.
   *
   * @default - the profile's: none in dev and staging; EC2, ECR, ELB and STS in prod; none for a Vpc on its own
   */
  readonly interfaceEndpoints?: ec2.InterfaceVpcEndpointAwsService[];
}

/**
 * Properties of a Vpc.
 */
export interface VpcProps extends NetworkOptions {
  /**
   * The name of the cluster that will live in this VPC, for the subnets' tags.
   *
   * 1 to 32 lower-case letters, digits and dashes.
   */
  readonly clusterName: string;
}
