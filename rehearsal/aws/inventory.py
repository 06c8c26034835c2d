"""What is in the account, as JSON: {"kind": ["name", ...]}. Runs on botocore, with the credentials of the environment."""
import json
import botocore.session

SESSION = botocore.session.get_session()


def names(service, operation, listed, named):
    """One name for each of a list, whole list; `listed` and `named` are JMESPath."""
    client = SESSION.create_client(service)
    if client.can_paginate(operation):
        return client.get_paginator(operation).paginate().search(f"{listed}[].{named}")
    import jmespath
    return jmespath.search(f"{listed}[].{named}", getattr(client, operation)())


KINDS = {
    "stack": ("cloudformation", "list_stacks", "StackSummaries[?StackStatus!='DELETE_COMPLETE']", "StackName"),
    "VPC": ("ec2", "describe_vpcs", "Vpcs[?!IsDefault]", "VpcId"),
    "subnet": ("ec2", "describe_subnets", "Subnets[?!DefaultForAz]", "SubnetId"),
    "security group": ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    "network interface": ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    "NAT gateway": ("ec2", "describe_nat_gateways", "NatGateways[?State!='deleted']", "NatGatewayId"),
    "internet gateway": ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    "address": ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    "flow log": ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
    "VPC endpoint": ("ec2", "describe_vpc_endpoints", "VpcEndpoints[?State!='deleted']", "VpcEndpointId"),
    "load balancer": ("elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName"),
    "target group": ("elbv2", "describe_target_groups", "TargetGroups", "TargetGroupName"),
    "launch template": ("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateName"),
    "role": ("iam", "list_roles", "Roles", "RoleName"),
    "policy": ("iam", "list_policies", "Policies[?!starts_with(Arn, 'arn:aws:iam::aws:')]", "PolicyName"),
    "OpenID Connect provider": ("iam", "list_open_id_connect_providers", "OpenIDConnectProviderList", "Arn"),
    "cluster": ("eks", "list_clusters", "clusters", "@"),
    "function": ("lambda", "list_functions", "Functions", "FunctionName"),
    "layer": ("lambda", "list_layers", "Layers", "LayerName"),
    "state machine": ("stepfunctions", "list_state_machines", "stateMachines", "name"),
    "log group": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
}


def main():
    found = {}
    for kind, (service, operation, listed, named) in KINDS.items():
        try:
            found[kind] = sorted(names(service, operation, listed, named) or [])
        except Exception as error:
            found[kind] = [f"cannot be listed: {error}"]
    print(json.dumps(found))


main()
