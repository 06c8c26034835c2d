import type { AwsClient } from './client';

/** Names by their kind. */
export type Inventory = { readonly [kind: string]: string[] };

/** How a kind is listed: by which operation, where the list is in the answer, and the name in each of it. */
interface Listing {
  readonly service: string;
  readonly operation: string;
  readonly list: string;
  /** @default - the list is of names */
  readonly name?: string;
  /** Leaves out what does not count. @default - nothing */
  readonly where?: (it: any) => boolean;
}

const KINDS: { readonly [kind: string]: Listing } = {
  'stack': {
    service: 'cloudformation', operation: 'list_stacks', list: 'StackSummaries', name: 'StackName', where: it => it.StackStatus !== 'DELETE_COMPLETE',
  },
  'VPC': { service: 'ec2', operation: 'describe_vpcs', list: 'Vpcs', name: 'VpcId', where: it => !it.IsDefault },
  'subnet': { service: 'ec2', operation: 'describe_subnets', list: 'Subnets', name: 'SubnetId', where: it => !it.DefaultForAz },
  'security group': { service: 'ec2', operation: 'describe_security_groups', list: 'SecurityGroups', name: 'GroupId' },
  'network interface': { service: 'ec2', operation: 'describe_network_interfaces', list: 'NetworkInterfaces', name: 'NetworkInterfaceId' },
  'NAT gateway': { service: 'ec2', operation: 'describe_nat_gateways', list: 'NatGateways', name: 'NatGatewayId', where: it => it.State !== 'deleted' },
  'internet gateway': { service: 'ec2', operation: 'describe_internet_gateways', list: 'InternetGateways', name: 'InternetGatewayId' },
  'address': { service: 'ec2', operation: 'describe_addresses', list: 'Addresses', name: 'AllocationId' },
  'flow log': { service: 'ec2', operation: 'describe_flow_logs', list: 'FlowLogs', name: 'FlowLogId' },
  'VPC endpoint': { service: 'ec2', operation: 'describe_vpc_endpoints', list: 'VpcEndpoints', name: 'VpcEndpointId', where: it => it.State !== 'deleted' },
  'load balancer': { service: 'elbv2', operation: 'describe_load_balancers', list: 'LoadBalancers', name: 'LoadBalancerName' },
  'target group': { service: 'elbv2', operation: 'describe_target_groups', list: 'TargetGroups', name: 'TargetGroupName' },
  'launch template': { service: 'ec2', operation: 'describe_launch_templates', list: 'LaunchTemplates', name: 'LaunchTemplateName' },
  'role': { service: 'iam', operation: 'list_roles', list: 'Roles', name: 'RoleName' },
  'policy': { service: 'iam', operation: 'list_policies', list: 'Policies', name: 'PolicyName', where: it => !it.Arn.startsWith('arn:aws:iam::aws:') },
  'OpenID Connect provider': { service: 'iam', operation: 'list_open_id_connect_providers', list: 'OpenIDConnectProviderList', name: 'Arn' },
  'cluster': { service: 'eks', operation: 'list_clusters', list: 'clusters' },
  'function': { service: 'lambda', operation: 'list_functions', list: 'Functions', name: 'FunctionName' },
  'layer': { service: 'lambda', operation: 'list_layers', list: 'Layers', name: 'LayerName' },
  'state machine': { service: 'stepfunctions', operation: 'list_state_machines', list: 'stateMachines', name: 'name' },
  'log group': { service: 'logs', operation: 'describe_log_groups', list: 'logGroups', name: 'logGroupName' },
};

/** What is in the account. */
export async function inventory(aws: AwsClient): Promise<Inventory> {
  const found: { [kind: string]: string[] } = {};
  for (const [kind, { service, operation, list, name, where = () => true }] of Object.entries(KINDS)) {
    const answer = await aws.call(service, operation);
    found[kind] = (answer[list] ?? []).filter(where).map((it: any) => name === undefined ? it : it[name]).sort();
  }
  return found;
}

/** What is there afterwards and was not before, as `kind name`. */
export function leftOver(before: Inventory, after: Inventory): string[] {
  return Object.entries(after).flatMap(([kind, names]) => names.filter(name => !before[kind]?.includes(name)).map(name => `${kind} ${name}`));
}
