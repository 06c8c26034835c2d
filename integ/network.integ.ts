// Proves that the network of the architecture document is there: subnets, tags, routes, NAT gateways by zone, flow logs, the way to S3.
//
// Cost by AWS's list prices for us-east-1 of November 2026, an hour: two NAT gateways $0.09, their addresses $0.01; no cluster.
// Time: allow 25 minutes, most of it for the first flow logs.
import { Duration, Stack } from 'aws-cdk-lib';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { call, Checks, matching } from './support/checks';
import { sandbox } from './support/sandbox';
import * as eksplatform from '@org/eks-platform';

const { stack, name, availabilityZones } = sandbox('network');
const vpc = new eksplatform.Vpc(stack, 'Vpc', { clusterName: name, availabilityZones, natGateways: 2 });
const { vpcId, publicSubnets, privateSubnets } = vpc;
const flowLogs = vpc.node.findChild('FlowLogs').node.findChild('LogGroup') as logs.LogGroup;

const checks = new Checks(stack);
const filters = (values: { [filter: string]: string }) => Object.entries({ 'vpc-id': vpcId, ...values }).map(([Name, value]) => ({ Name, Values: [value] }));
const tags = { [`tag:kubernetes.io/cluster/${name}`]: 'shared', 'tag:karpenter.sh/discovery': name };

// A subnet is found only by its range and all of its tags.
[0, 1, 2].forEach(zone => {
  const found = (role: string, cidr: string) => call('ec2', 'describeSubnets', {
    Filters: filters({ 'cidr-block': cidr, 'map-public-ip-on-launch': 'false', [`tag:kubernetes.io/role/${role}`]: '1', ...tags }),
  });
  checks.value(`PublicSubnet${zone + 1}`, found('elb', `10.0.${zone}.0/24`), 'Subnets.0.State', 'available');
  checks.value(`PrivateSubnet${zone + 1}`, found('internal-elb', `10.0.${zone + 3}.0/24`), 'Subnets.0.State', 'available');

  const way = (subnetId: string, target: { [filter: string]: string }) => call('ec2', 'describeRouteTables', {
    Filters: filters({ 'association.subnet-id': subnetId, 'route.destination-cidr-block': '0.0.0.0/0', 'route.state': 'active', ...target }),
  });
  checks.value(`PublicRoute${zone + 1}`, way(publicSubnets[zone].subnetId, { 'route.gateway-id': vpc.internetGatewayId! }), 'RouteTables.0.VpcId', vpcId);
  checks.value(`PrivateRoute${zone + 1}`, way(privateSubnets[zone].subnetId, { 'route.nat-gateway-id': 'nat-*' }), 'RouteTables.0.VpcId', vpcId);
});

const natGateways = (zone: number) => call('ec2', 'describeNatGateways', { Filter: filters({ 'subnet-id': publicSubnets[zone].subnetId, 'state': 'available' }) });
checks.value('NatGatewayInZone1', natGateways(0), 'NatGateways.0.ConnectivityType', 'public');
checks.value('NatGatewayInZone2', natGateways(1), 'NatGateways.0.ConnectivityType', 'public');
checks.none('NoNatGatewayInZone3', natGateways(2), 'NatGateways');

const s3 = { 'service-name': `com.amazonaws.${Stack.of(vpc).region}.s3`, 'vpc-endpoint-type': 'Gateway' };
checks.value('S3Endpoint', call('ec2', 'describeVpcEndpoints', { Filters: filters(s3) }), 'VpcEndpoints.0.State', matching('^[Aa]vailable$'));
checks.value('FlowLogsOfAllTraffic', call('ec2', 'describeFlowLogs', { Filter: [{ Name: 'resource-id', Values: [vpcId] }] }), 'FlowLogs.0.TrafficType', 'ALL');
checks.value('FlowLogsAreDelivered', call('cloudwatch-logs', 'describeLogStreams', { logGroupName: flowLogs.logGroupName, limit: 1 }),
  'logStreams.0.logStreamName', matching('^eni-'), Duration.minutes(20));
