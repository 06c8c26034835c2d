"""EC2 instances for the fake nodes. A controller asks for their network interfaces, to find pods by their addresses."""

from typing import Any

from kubernetes import Kubernetes, Object
from ministack.services import ec2, eks
from query import Params

PODS = "10.244.0.0/16"
"""The range from which kwok gives its pods addresses."""


def install(kubernetes: Kubernetes) -> None:
    own = ec2._ACTION_MAP["DescribeInstances"]
    ec2._ACTION_MAP["DescribeInstances"] = lambda params: _of_nodes(kubernetes, params) or own(params)


def _of_nodes(kubernetes: Kubernetes, params: Params) -> Any:
    wanted = ec2._parse_member_list(params, "InstanceId")
    if not wanted:
        return None
    nodes = {_instance(node): node for node in kubernetes.list("/api/v1/nodes")}
    if not set(wanted) <= set(nodes):
        return None
    items = "".join(_xml(each, nodes[each]) for each in wanted)
    return ec2._xml(200, "DescribeInstancesResponse", f"<reservationSet><item><reservationId>r-{wanted[0][2:]}</reservationId>"
                    f"<instancesSet>{items}</instancesSet></item></reservationSet>")


def _instance(node: Object) -> str:
    return node["spec"].get("providerID", "").rpartition("/")[2]


def _xml(instance: str, node: Object) -> str:
    addresses = node.get("status", {}).get("addresses", [])
    address = next((each["address"] for each in addresses if each["type"] == "InternalIP"), "")
    network = [cluster["resourcesVpcConfig"] for cluster in eks._clusters.values()]
    vpc, group = (network[0]["vpcId"], network[0]["clusterSecurityGroupId"]) if network else ("", "")
    groups = f"<groupSet><item><groupId>{group}</groupId></item></groupSet>" if group else ""
    return (
        f"<item><instanceId>{instance}</instanceId><instanceState><code>16</code><name>running</name></instanceState><vpcId>{vpc}</vpcId>"
        f"<networkInterfaceSet><item><networkInterfaceId>eni-{instance[2:]}</networkInterfaceId><vpcId>{vpc}</vpcId>"
        f"<privateIpAddress>{address}</privateIpAddress>{groups}"
        f"<ipv4PrefixSet><item><ipv4Prefix>{PODS}</ipv4Prefix></item></ipv4PrefixSet></item></networkInterfaceSet>{groups}</item>"
    )
