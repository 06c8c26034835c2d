import { RemovalPolicy, Tags } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { parseCidr, split } from './cidr';
import type { VpcProps } from './network-options';
import { privateSubnets } from './private-subnets';
import { POD_SUBNET_TAG, tagSubnets } from './tags';
import { planVpc } from './vpc-plan';
import { pinFeatureFlags } from '../cdk/feature-flags';

/**
 * Services whose API is in one region, us-east-1, for all regions.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html
 */
const GLOBAL_SERVICES = ['iam', 'route53'];

/**
 * A VPC for a cluster: a public and a private subnet in each of three zones, or only a private one.
 *
 * Defines the subnets, tagged for the AWS Load Balancer Controller and for
 * Karpenter, NAT gateways, VPC Flow Logs and a gateway endpoint for S3. It is
 * an `ec2.Vpc`, so you can use it wherever CDK takes a VPC.
 *
 * It has three zones even in stacks without an environment, where CDK's own
 * Vpc has two.
 */
export class Vpc extends ec2.Vpc {
  /**
   * The subnets that pods take their addresses from, if `podCidr` was given. Nodes never run in them.
   */
  public readonly podSubnets: ec2.ISubnet[];

  constructor(scope: Construct, id: string, props: VpcProps) {
    const { cidr, zones, publicMask, privateMask, natGateways, isolated } = planVpc(scope, `${scope.node.path}/${id}`, props);
    super(scope, id, {
      ipAddresses: ec2.IpAddresses.cidr(cidr),
      availabilityZones: zones,
      natGateways,
      subnetConfiguration: isolated ? [{ name: 'Private', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: privateMask }] : [
        // Load balancers and NAT gateways bring their own addresses: nothing beside them may get a public one.
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC, cidrMask: publicMask, mapPublicIpOnLaunch: false },
        { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: privateMask },
      ],
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
      // It would take a custom resource and a Lambda, for a group that nothing here uses; and a feature flag must not decide it.
      restrictDefaultSecurityGroup: false,
    });
    tagSubnets(this, props.clusterName);
    this.podSubnets = props.podCidr ? this.addPodSubnets(props.podCidr) : [];
    if (props.flowLogs ?? true) {
      this.addFlowLogs(props);
    }
    this.addInterfaceEndpoints(cidr, props);
  }

  private addPodSubnets(podCidr: string): ec2.ISubnet[] {
    const range = new ec2.CfnVPCCidrBlock(this, 'PodCidr', { vpcId: this.vpcId, cidrBlock: podCidr });
    const blocks = split(parseCidr(podCidr)!, this.availabilityZones.length);
    return this.selectSubnets(privateSubnets(this)).subnets.map((subnet, index) => {
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

  private addInterfaceEndpoints(cidr: string, props: VpcProps) {
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
    [cidr, ...props.podCidr ? [props.podCidr] : []]
      .forEach(block => group.addIngressRule(ec2.Peer.ipv4(block), ec2.Port.tcp(443), 'HTTPS from the VPC'));
    services.forEach(service => new ec2.InterfaceVpcEndpoint(scope, service.shortName, {
      vpc: this, service, securityGroups: [group], open: false, privateDnsEnabled: true, serviceRegion: GLOBAL_SERVICES.includes(service.shortName) ? 'us-east-1' : undefined,
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
