import { Fn, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { maskThatHolds, overlaps, parseCidr, split } from './cidr';
import { tagSubnets } from './tags';
import { pinFeatureFlags } from '../cdk/feature-flags';
import { reject } from '../cdk/reject';
import { checkClusterName } from '../kubernetes/cluster-name';

/** The tag by which Cilium finds the pod subnets. */
export const POD_SUBNET_TAG = { key: 'cilium.io/pod-subnet', value: 'true' };

/**
 * The network of a cluster.
 */
export interface NetworkOptions {
  /**
   * The VPC's IPv4 range, /16 to /28.
   *
   * It must hold a public and a private subnet for each zone.
   *
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;

  /**
   * The availability zones to use, one public and one private subnet in each.
   *
   * Choose them where a region has fewer than three, or where EKS refuses one
   * (use1-az3, usw1-az2 and cac1-az3).
   *
   * @see https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
   * @default - the first three zones of the region
   */
  readonly availabilityZones?: string[];

  /**
   * The size of each public subnet, as the length of its mask: 16 to 28.
   *
   * @default 24
   */
  readonly publicSubnetMask?: number;

  /**
   * The size of each private subnet, as the length of its mask: 16 to 28.
   *
   * Nodes and pods take their addresses from here. A /24 has 251: where more
   * pods run, choose a smaller mask (20 has 4091) or give `podCidr`.
   *
   * @default 24
   */
  readonly privateSubnetMask?: number;

  /**
   * How many NAT gateways: 1 up to the number of zones.
   *
   * Private subnets without a gateway in their own zone route through another
   * zone's.
   *
   * @default - the profile's: 1 in dev, 2 in staging, 3 in prod; 1 for a Vpc on its own
   */
  readonly natGateways?: number;

  /**
   * Whether VPC Flow Logs are captured: of all traffic, accepted and rejected.
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
   * subnets. A range of 100.64.0.0/10 spares addresses that are routed elsewhere.
   *
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
   * @default - pods share the private subnets with the nodes
   */
  readonly podCidr?: string;

  /**
   * AWS services that are reached through interface endpoints in the private subnets.
   *
   * Each costs an hourly price in each zone.
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
   * The name of the cluster that will live in this VPC: it goes into the subnets' tags.
   *
   * 1 to 32 lower-case letters, digits and dashes.
   */
  readonly clusterName: string;
}

/**
 * A VPC for a cluster: a public and a private subnet in each of three zones.
 *
 * Defines the subnets, tagged for the AWS Load Balancer Controller and for
 * Karpenter, NAT gateways, VPC Flow Logs and a gateway endpoint for S3. It is
 * an `ec2.Vpc`, so it goes wherever CDK takes a VPC.
 *
 * Three zones are used in stacks without an environment, too, where CDK's own
 * Vpc has two.
 */
export class Vpc extends ec2.Vpc {
  /**
   * The subnets that pods take their addresses from, if `podCidr` was given; nodes never run in them.
   */
  public readonly podSubnets: ec2.ISubnet[];

  constructor(scope: Construct, id: string, props: VpcProps) {
    const path = `${scope.node.path}/${id}`;
    const { cidr, zones, publicMask, privateMask, natGateways } = plan(scope, path, props);
    super(scope, id, {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      availabilityZones: zones,
      natGateways,
      subnetConfiguration: [
        // Load balancers and NAT gateways bring their own addresses: nothing else may get a public one.
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: publicMask, mapPublicIpOnLaunch: false },
        { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: privateMask },
      ],
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
      // A custom resource and a Lambda for a group that nothing here uses: not worth it, and a flag must not decide it.
      restrictDefaultSecurityGroup: false,
    });
    tagSubnets(this, props.clusterName);
    this.podSubnets = props.podCidr ? this.addPodSubnets(props.podCidr) : [];
    if (props.flowLogs ?? true) {
      this.addFlowLogs(props);
    }
    this.addInterfaceEndpoints(props);
  }

  private addPodSubnets(podCidr: string): ec2.ISubnet[] {
    const range = new ec2.CfnVPCCidrBlock(this, 'PodCidr', { vpcId: this.vpcId, cidrBlock: podCidr });
    const blocks = split(parseCidr(podCidr)!, this.availabilityZones.length);
    return this.privateSubnets.map((subnet, index) => {
      const scope = new Construct(this, `PodSubnet${index + 1}`);
      const resource = new ec2.CfnSubnet(scope, 'Subnet', {
        vpcId: this.vpcId,
        availabilityZone: this.availabilityZones[index],
        cidrBlock: blocks[index],
        tags: [POD_SUBNET_TAG],
      });
      Tags.of(resource).add('Name', scope.node.path);
      resource.node.addDependency(range);
      // The zone's private route table: Cilium looks there first, and it holds the way to NAT and to S3.
      new ec2.CfnSubnetRouteTableAssociation(scope, 'RouteTableAssociation', {
        subnetId: resource.ref,
        routeTableId: subnet.routeTable.routeTableId,
      });
      return ec2.Subnet.fromSubnetAttributes(scope, 'Reference', {
        subnetId: resource.ref,
        availabilityZone: this.availabilityZones[index],
        ipv4CidrBlock: blocks[index],
        routeTableId: subnet.routeTable.routeTableId,
      });
    });
  }

  private addFlowLogs(props: VpcProps) {
    const scope = new Construct(this, 'FlowLogs');
    pinFeatureFlags(scope);
    new ec2.FlowLog(scope, 'FlowLog', {
      resourceType: ec2.FlowLogResourceType.fromVpc(this),
      trafficType: ec2.FlowLogTrafficType.ALL,
      destination: props.flowLogBucket ? ec2.FlowLogDestination.toS3(props.flowLogBucket) : logGroupDestination(scope, props.flowLogRetention),
    });
  }

  private addInterfaceEndpoints(props: VpcProps) {
    const services = props.interfaceEndpoints ?? [];
    if (services.length === 0) {
      return;
    }
    const scope = new Construct(this, 'InterfaceEndpoints');
    pinFeatureFlags(scope);
    const group = new ec2.SecurityGroup(scope, 'SecurityGroup', {
      vpc: this,
      description: 'HTTPS from the VPC to the interface endpoints',
      allowAllOutbound: false,
    });
    [this.vpcCidrBlock, ...props.podCidr ? [props.podCidr] : []]
      .forEach(block => group.addIngressRule(ec2.Peer.ipv4(block), ec2.Port.tcp(443), 'HTTPS from the VPC'));
    services.forEach(service => new ec2.InterfaceVpcEndpoint(scope, service.shortName, {
      vpc: this, service, securityGroups: [group], open: false, privateDnsEnabled: true,
    }));
  }
}

function logGroupDestination(scope: Construct, retention = logs.RetentionDays.ONE_MONTH): ec2.FlowLogDestination {
  const group = new logs.LogGroup(scope, 'LogGroup', { retention, removalPolicy: RemovalPolicy.DESTROY });
  const role = new iam.Role(scope, 'Role', {
    assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com'),
    inlinePolicies: {
      LogGroup: new iam.PolicyDocument({
        minimize: false,
        statements: [new iam.PolicyStatement({
          actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
          resources: [group.logGroupArn],
        })],
      }),
    },
  });
  return ec2.FlowLogDestination.toCloudWatchLogs(group, role.withoutPolicyUpdates());
}

/** What the VPC will be: the defaults, and every check that can be made before anything is defined. */
function plan(scope: Construct, path: string, props: VpcProps) {
  checkClusterName(path, props.clusterName);
  const cidr = props.cidr ?? '10.0.0.0/16';
  const zones = props.availabilityZones ?? firstThreeZones(scope);
  const publicMask = props.publicSubnetMask ?? 24;
  const privateMask = props.privateSubnetMask ?? 24;
  const natGateways = props.natGateways ?? 1;

  checkMask(path, 'publicSubnetMask', publicMask);
  checkMask(path, 'privateSubnetMask', privateMask);
  if (zones.length === 0) {
    reject(path, 'availabilityZones', zones, 'one zone or more', 'leave it out for the first three zones of the region');
  }
  if (!Number.isInteger(natGateways) || natGateways < 1 || natGateways > zones.length) {
    reject(path, 'natGateways', natGateways, `a whole number from 1 to ${zones.length}, the number of zones`,
      'give fewer gateways or more `availabilityZones`');
  }
  const block = checkCidr(path, 'cidr', cidr, 28);
  const needed = maskThatHolds([...zones.map(() => publicMask), ...zones.map(() => privateMask)]);
  if (block.mask > needed) {
    const [size, advice] = needed < 16 ? [`/${needed}, larger than a VPC can be,`, ''] : [`/${needed} or larger`, 'a larger range, or '];
    reject(path, 'cidr', cidr, `${size} to hold ${zones.length} public /${publicMask} and ${zones.length} private /${privateMask} subnets`,
      `give ${advice}smaller subnets by \`publicSubnetMask\` and \`privateSubnetMask\``);
  }
  checkPodCidr(path, cidr, zones.length, props.podCidr);
  if (props.flowLogBucket && props.flowLogRetention !== undefined) {
    reject(path, 'flowLogRetention', props.flowLogRetention, 'left out with `flowLogBucket`', 'give the bucket a lifecycle rule');
  }
  return { cidr, zones, publicMask, privateMask, natGateways };
}

/** CDK's own Vpc has two zones where the account is not known: the third must be asked for by its place in the list. */
function firstThreeZones(scope: Construct): string[] {
  const known = Stack.of(scope).availabilityZones;
  return Token.isUnresolved(known[0]) ? [0, 1, 2].map(index => Fn.select(index, Fn.getAzs())) : known.slice(0, 3);
}

function checkPodCidr(path: string, cidr: string, zones: number, podCidr?: string) {
  if (podCidr === undefined) {
    return;
  }
  const smallest = Math.min(26, 28 - Math.ceil(Math.log2(zones))); // a subnet is a /28 at the least
  if (overlaps(checkCidr(path, 'podCidr', podCidr, smallest), parseCidr(cidr)!)) {
    reject(path, 'podCidr', podCidr, `a range that shares no address with \`cidr\` (${cidr})`, 'give another, such as 100.64.0.0/16');
  }
}

function checkCidr(path: string, prop: string, text: string, smallest: number) {
  const block = Token.isUnresolved(text) ? undefined : parseCidr(text);
  if (!block || block.mask < 16 || block.mask > smallest) {
    return reject(path, prop, Token.isUnresolved(text) ? 'a token' : text, `an IPv4 range of /16 to /${smallest} on its own boundary, known at synthesis`,
      'give one such as 10.0.0.0/16');
  }
  return block;
}

function checkMask(path: string, prop: string, mask: number) {
  if (!Number.isInteger(mask) || mask < 16 || mask > 28) {
    reject(path, prop, mask, 'a whole number from 16 to 28', 'give the length of the mask, such as 24 for 251 addresses');
  }
}
