"""The platform of library.py as it is written today on aws-eks-v2 alone: as ../hand-written.ts, whose template it gives."""

import json
from pathlib import Path

from aws_cdk import App, Fn, RemovalPolicy, Stack, Tags
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk.lambda_layer_kubectl_v36 import KubectlV36Layer
from hand_written_values import alb_controller_values, cilium_values, external_dns_values, node_local_dns

CILIUM_ACTIONS = [
    "ec2:AssignPrivateIpAddresses", "ec2:AttachNetworkInterface", "ec2:CreateNetworkInterface", "ec2:CreateTags",
    "ec2:DeleteNetworkInterface", "ec2:DescribeInstanceTypes", "ec2:DescribeManagedPrefixLists",
    "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
    "ec2:DescribeVpcs", "ec2:GetManagedPrefixListEntries", "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:UnassignPrivateIpAddresses",
]


def define(stack: Stack, statements: list[dict]) -> None:
    zone = route53.HostedZone.from_hosted_zone_attributes(
        stack, "Zone", zone_name="example.com", hosted_zone_id="Z0123456789ABCDEFGHIJ"
    )
    vpc = define_vpc(stack)
    cluster = define_cluster(stack, vpc)
    cilium = define_cilium(cluster)
    nodes = define_nodes(stack, cluster)
    nodes.node.add_dependency(cilium)
    core_dns = eks.Addon(stack, "CoreDns", cluster=cluster, addon_name="coredns")
    core_dns.node.add_dependency(nodes)
    for addon in (
        define_alb_controller(stack, cluster, vpc, statements),
        define_external_dns(stack, cluster, zone),
        cluster.add_manifest("NodeLocalDns", *node_local_dns("172.20.0.10")),
    ):
        addon.node.add_dependency(core_dns)


def define_vpc(stack: Stack) -> ec2.Vpc:
    log_group = logs.LogGroup(
        stack, "FlowLogs", retention=logs.RetentionDays.ONE_WEEK, removal_policy=RemovalPolicy.DESTROY
    )
    vpc = ec2.Vpc(
        stack, "Vpc",
        ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/16"),
        availability_zones=[Fn.select(index, Fn.get_azs()) for index in range(3)],
        nat_gateways=1,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24, map_public_ip_on_launch=False),
            ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=24),
        ],
        gateway_endpoints={"S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)},
        restrict_default_security_group=False,
        flow_logs={"All": ec2.FlowLogOptions(destination=ec2.FlowLogDestination.to_cloud_watch_logs(log_group))},
    )
    for role, subnets in (("elb", vpc.public_subnets), ("internal-elb", vpc.private_subnets)):
        for subnet in subnets:
            Tags.of(subnet).add(f"kubernetes.io/role/{role}", "1")
            Tags.of(subnet).add("kubernetes.io/cluster/shop", "shared")
            Tags.of(subnet).add("karpenter.sh/discovery", "shop")
    return vpc


def define_cluster(stack: Stack, vpc: ec2.Vpc) -> eks.Cluster:
    cluster = eks.Cluster(
        stack, "Cluster",
        cluster_name="shop",
        version=eks.KubernetesVersion.V1_36,
        vpc=vpc,
        vpc_subnets=[ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)],
        service_ipv4_cidr="172.20.0.0/16",
        endpoint_access=eks.EndpointAccess.PUBLIC_AND_PRIVATE,
        bootstrap_self_managed_addons=False,
        bootstrap_cluster_creator_admin_permissions=False,
        default_capacity_type=eks.DefaultCapacityType.NODEGROUP,
        default_capacity=0,
        kubectl_provider_options=eks.KubectlProviderOptions(kubectl_layer=KubectlV36Layer(stack, "KubectlLayer")),
    )
    cluster.node.default_child.node.add_dependency(vpc)  # the routes outlive the cluster
    return cluster


def define_cilium(cluster: eks.Cluster) -> eks.HelmChart:
    account = cluster.add_service_account("CiliumOperator", name="cilium-operator", namespace="kube-system")
    account.add_to_principal_policy(iam.PolicyStatement(actions=CILIUM_ACTIONS, resources=["*"]))
    chart = cluster.add_helm_chart(
        "Cilium",
        chart="cilium",
        release="cilium",
        repository="https://helm.cilium.io",
        version="1.20.2",
        namespace="kube-system",
        values=cilium_values(cluster),
    )
    chart.node.add_dependency(account)
    return chart


def define_nodes(stack: Stack, cluster: eks.Cluster) -> eks.Nodegroup:
    disk = ec2.BlockDeviceVolume.ebs(50, volume_type=ec2.EbsDeviceVolumeType.GP3, encrypted=True)
    template = ec2.LaunchTemplate(
        stack, "NodeTemplate",
        require_imdsv2=True,
        http_put_response_hop_limit=1,
        block_devices=[ec2.BlockDevice(device_name="/dev/xvda", volume=disk)],
    )
    policies = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"]
    return cluster.add_nodegroup_capacity(
        "Nodes",
        ami_type=eks.NodegroupAmiType.AL2023_ARM_64_STANDARD,
        instance_types=[ec2.InstanceType("t4g.large")],
        min_size=2,
        max_size=4,
        subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
        taints=[eks.TaintSpec(key="node.cilium.io/agent-not-ready", value="true", effect=eks.TaintEffect.NO_EXECUTE)],
        launch_template_spec=eks.LaunchTemplateSpec(id=template.launch_template_id, version=template.latest_version_number),
        node_role=iam.Role(
            stack, "NodeRole",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in policies],
        ),
    )


def define_alb_controller(stack: Stack, cluster: eks.Cluster, vpc: ec2.Vpc, statements: list[dict]) -> eks.HelmChart:
    account = cluster.add_service_account(
        "AlbControllerAccount", name="aws-load-balancer-controller", namespace="kube-system"
    )
    for statement in statements:
        account.add_to_principal_policy(iam.PolicyStatement.from_json(statement))
    chart = cluster.add_helm_chart(
        "AlbController",
        chart="aws-load-balancer-controller",
        release="aws-load-balancer-controller",
        repository="https://aws.github.io/eks-charts",
        version="3.5.0",
        namespace="kube-system",
        wait=True,
        values=alb_controller_values(stack.region, vpc.vpc_id),
    )
    chart.node.add_dependency(account)
    return chart


def define_external_dns(stack: Stack, cluster: eks.Cluster, zone: route53.IHostedZone) -> eks.HelmChart:
    namespace = cluster.add_manifest(
        "ExternalDnsNamespace", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "external-dns"}}
    )
    account = cluster.add_service_account("ExternalDnsAccount", name="external-dns", namespace="external-dns")
    account.node.add_dependency(namespace)
    account.add_to_principal_policy(iam.PolicyStatement(
        actions=["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"], resources=[zone.hosted_zone_arn]
    ))
    account.add_to_principal_policy(iam.PolicyStatement(actions=["route53:ListHostedZones"], resources=["*"]))
    chart = cluster.add_helm_chart(
        "ExternalDns",
        chart="external-dns",
        release="external-dns",
        repository="https://kubernetes-sigs.github.io/external-dns",
        version="1.21.1",
        namespace="external-dns",
        wait=True,
        values=external_dns_values(stack.region, zone),
    )
    chart.node.add_dependency(account)
    return chart


if __name__ == "__main__":
    app = App()
    # The policy that the controller's authors publish lies beside the app.
    define(Stack(app, "Shop"), json.loads(Path(__file__).with_name("alb-iam-policy.json").read_text())["Statement"])
    app.synth()
