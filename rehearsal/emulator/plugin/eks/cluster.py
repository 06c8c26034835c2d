"""AWS::EKS::Cluster: MiniStack's record of it, with the rehearsal's API server behind it."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from cloudformation import Created, Props, native, register
from eks.remains import Remains
from kubernetes import Kubernetes, KubernetesError, wait_until
from ministack.core.responses import get_region, new_uuid
from ministack.services import ec2, eks
from settings import Settings

TYPE = "AWS::EKS::Cluster"
_UPGRADE_SECONDS = 60
"""The rehearsal replaces an API server within a few seconds."""


def install(settings: Settings, kubernetes: Kubernetes, remains: Remains, forget: Callable[[Kubernetes], None]) -> None:
    """When a cluster is deleted, `remains` records what is still in it, and `forget` cleans the API server for the next cluster."""
    own = native(TYPE)
    with open(settings.ca_file, "rb") as file:
        authority = base64.b64encode(file.read()).decode()
    eks._cluster_endpoint = lambda port: settings.endpoint
    eks._issuer_url = lambda oidc_id: f"https://oidc.eks.{get_region()}.amazonaws.com/id/{oidc_id}"
    eks._handle_auth_webhook = _webhook(eks._handle_auth_webhook)
    eks._handle_request_sync = _with_protection(eks._handle_request_sync)

    def attributes(physical_id: str) -> Props:
        cluster = eks._clusters[physical_id]
        return {
            "Arn": cluster["arn"], "Endpoint": cluster["endpoint"], "CertificateAuthorityData": authority,
            "ClusterSecurityGroupId": cluster["resourcesVpcConfig"]["clusterSecurityGroupId"],
            "OpenIdConnectIssuerUrl": cluster["identity"]["oidc"]["issuer"],
        }

    def create(logical_id: str, props: Props, stack: str) -> Created:
        if len(eks._clusters) > 0:
            raise ValueError(f"The rehearsal has one Kubernetes API server, and cluster {next(iter(eks._clusters))} uses it")
        _check(settings, kubernetes, props)
        remains.begin()
        name, _ = own["create"](logical_id, props, stack)
        cluster = eks._clusters[name]
        vpc = _vpc_of(props)
        cluster.update(
            status="ACTIVE", _auth_token=settings.auth_secret, deletionProtection=_is_true(props.get("DeletionProtection")),
            certificateAuthority={"data": authority})
        cluster["resourcesVpcConfig"].update(vpcId=vpc, clusterSecurityGroupId=_create_group(name, vpc))
        cluster["kubernetesNetworkConfig"].update(
            serviceIpv4Cidr=(props.get("KubernetesNetworkConfig") or {}).get("ServiceIpv4Cidr", "10.100.0.0/16"))
        return name, attributes(name)

    def update(physical_id: str, old: Props, new: Props, stack: str, logical_id: str | None = None) -> Created:
        wanted, has = str(new.get("Version", "")), eks._clusters[physical_id]["version"]
        if wanted not in ("", has):
            _upgrade(settings, kubernetes, has, wanted)
        name, _ = own["update"](physical_id, old, new, stack, logical_id)
        eks._clusters[name]["deletionProtection"] = _is_true(new.get("DeletionProtection"))
        return name, attributes(name)

    def delete(physical_id: str, props: Props) -> None:
        cluster = eks._clusters.get(physical_id)
        if cluster is None:
            return
        if cluster.get("deletionProtection"):
            raise ValueError(f"InvalidRequestException: Cluster {physical_id} has deletion protection enabled")
        if any(key.startswith(f"{physical_id}/") for key in eks._nodegroups):
            raise ValueError("ResourceInUseException: Cluster has nodegroups attached")
        remains.write()
        own["delete"](physical_id, props)
        ec2._security_groups.pop(cluster["resourcesVpcConfig"]["clusterSecurityGroupId"], None)
        eks._schedule_access_policy_reconcile(physical_id)
        forget(kubernetes)

    register(TYPE, create, delete, update, blocks=True)


def _upgrade(settings: Settings, kubernetes: Kubernetes, has: str, wanted: str) -> None:
    """Asks the rehearsal to run another Kubernetes on the same data, and waits until it does."""
    if _minor(wanted) != _minor(has) + 1:
        raise ValueError(f"InvalidParameterException: Unsupported Kubernetes minor version update from {has} to {wanted}")
    with open(settings.upgrade_file, "w", encoding="utf-8") as file:
        file.write(wanted)
    if not wait_until(lambda: _runs(kubernetes, wanted), _UPGRADE_SECONDS):
        raise ValueError(f"The rehearsal does not run Kubernetes {wanted}: use --kubernetes {wanted} --upgrade-from {has}")


def _runs(kubernetes: Kubernetes, version: str) -> bool:
    try:
        return _version(kubernetes) == version and kubernetes.list("/api/v1/namespaces") != []
    except (KubernetesError, OSError):
        return False  # it is being replaced


def _version(kubernetes: Kubernetes) -> str:
    real = kubernetes.get("/version") or {}
    return f"{real['major']}.{real['minor'].rstrip('+')}"


def _minor(version: str) -> int:
    return int(version.split(".")[1])


def _check(settings: Settings, kubernetes: Kubernetes, props: Props) -> None:
    missing = [subnet for subnet in props["ResourcesVpcConfig"]["SubnetIds"] if subnet not in ec2._subnets]
    if missing:
        raise ValueError(f"InvalidParameterException: The subnet ID '{missing[0]}' does not exist")
    has = _version(kubernetes)
    if props.get("Version", has) != has:
        raise ValueError(f"The rehearsal runs Kubernetes {has}, and the template asks for {props['Version']}: use --kubernetes {props['Version']}")


def _vpc_of(props: Props) -> str:
    return ec2._subnets[props["ResourcesVpcConfig"]["SubnetIds"][0]]["VpcId"]


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _create_group(cluster: str, vpc: str) -> str:
    """The cluster security group. EKS creates it, and gives it to nodes that have no other."""
    group = ec2._new_sg_id()
    none = {"IpProtocol": "-1", "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}
    ec2._security_groups[group] = {
        "GroupId": group, "GroupName": f"eks-cluster-sg-{cluster}-{new_uuid()[:8]}", "VpcId": vpc, "OwnerId": ec2.get_account_id(),
        "Description": "EKS created security group",
        "IpPermissions": [{**none, "UserIdGroupPairs": [{"GroupId": group}]}],
        "IpPermissionsEgress": [{**none, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    }
    # Controllers find the nodes' groups by the tag whose name ends with the cluster's.
    tags = {"Name": f"eks-cluster-sg-{cluster}", "aws:eks:cluster-name": cluster, f"kubernetes.io/cluster/{cluster}": "owned"}
    ec2._tags[group] = [{"Key": key, "Value": value} for key, value in tags.items()]
    return group


def _webhook(handle: Any) -> Any:
    """The API server runs before a cluster exists, so it does not know the name: any name in the webhook's address means the only cluster."""
    def answer(name: str, account: str, region: str, body: bytes, auth_token: str = "") -> Any:
        clusters = [key for key, _ in eks._clusters.all_items()]
        if len(clusters) == 1:
            account, region, name = clusters[0]
        return handle(name, account, region, body, auth_token)
    return answer


def _with_protection(handle: Any) -> Any:
    """UpdateClusterConfig, but only for the protection against deletion."""
    def answer(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        asked = re.fullmatch(r"/clusters/([^/]+)/update-config", path)
        if method != "POST" or asked is None or asked[1] not in eks._clusters:
            return handle(method, path, headers, body, query)
        eks._clusters[asked[1]]["deletionProtection"] = json.loads(body)["deletionProtection"]
        update = {"id": new_uuid(), "status": "Successful", "type": "DeletionProtectionUpdate", "params": [], "errors": []}
        return 200, {"Content-Type": "application/json"}, json.dumps({"update": update}).encode()
    return answer
