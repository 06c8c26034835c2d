"""Elastic Load Balancing, as the AWS Load Balancer Controller uses it.

MiniStack knows a part of what load balancers, target groups, listeners and rules can be told,
and checks little. Here they keep all that they are told, and what AWS refuses is refused, as far
as a controller can get it wrong. Tags, attributes and targets are MiniStack's own.
"""

from collections.abc import Callable
from typing import Any

import listeners
import target_groups
from elb import Record, Refused, arn_of, keep, known, selected
from listeners import delete_listener
from ministack.core.responses import get_region
from ministack.services import alb, ec2, waf
from query import Params, nested, xml


def install() -> None:
    for name, handler in {**_HANDLERS, **target_groups.HANDLERS, **listeners.HANDLERS}.items():
        alb._ACTION_MAP[name] = _answering(name, handler)
    match, delete_group = ec2._rules_match, ec2._ACTION_MAP["DeleteSecurityGroup"]
    ec2._rules_match = lambda wanted, kept: match(_bare(wanted), _bare(kept))
    ec2._ACTION_MAP["DeleteSecurityGroup"] = lambda params: _in_use(params) or delete_group(params)


def _answering(action: str, handler: Callable[[Record], Record]) -> Callable[[Params], Any]:
    def answer(params: Params) -> Any:
        try:
            return alb._xml(200, action, xml(handler(nested(params))))
        except Refused as refused:
            return alb._error(refused.code, str(refused))
    return answer


def _create_load_balancer(params: Record) -> Record:
    name, kind = params["Name"], params.get("Type", "application")
    if any(balancer["LoadBalancerName"] == name for balancer in alb._lbs.values()):
        raise Refused("DuplicateLoadBalancerName", f"A load balancer with the name '{name}' already exists")
    arn = arn_of(f"loadbalancer/{'app' if kind == 'application' else 'net'}/{name}/{alb._short_id()}")
    zones = _zones(params, kind)
    vpc = ec2._subnets[zones[0]["SubnetId"]]["VpcId"]
    scheme = params.get("Scheme", "internet-facing")
    if scheme == "internet-facing" and not _has_internet(vpc):
        raise Refused("InvalidSubnet", f"VPC {vpc} has no internet gateway")
    groups = params.get("SecurityGroups", [])
    for group in groups:
        if group not in ec2._security_groups:
            raise Refused("InvalidSecurityGroup", f"Security group '{group}' does not exist")
    balancer = keep(alb._lbs, arn, {
        "LoadBalancerArn": arn, "LoadBalancerName": name, "Type": kind, "Scheme": scheme, "VpcId": vpc,
        "DNSName": f"{'internal-' if scheme == 'internal' else ''}{name}-{arn[-8:]}.{get_region()}.elb.amazonaws.com",
        "CanonicalHostedZoneId": "Z35SXDOTRQ7X7K", "CreatedTime": alb._now_iso(), "State": {"Code": "active"},
        "AvailabilityZones": zones, "SecurityGroups": groups, "IpAddressType": params.get("IpAddressType", "ipv4"),
    }, params)
    alb._lb_attrs[arn] = [{"Key": key, "Value": value} for key, value in (
        ("deletion_protection.enabled", "false"), ("access_logs.s3.enabled", "false"),
        *([("idle_timeout.timeout_seconds", "60"), ("routing.http2.enabled", "true")] if kind == "application" else []),
    )]
    return {"LoadBalancers": [balancer]}


def _zones(params: Record, kind: str) -> list[Record]:
    subnets = params.get("Subnets") or [mapping["SubnetId"] for mapping in params.get("SubnetMappings", [])]
    for subnet in subnets:
        if subnet not in ec2._subnets:
            raise Refused("SubnetNotFound", f"The subnet ID '{subnet}' is not valid")
    zones = [{"ZoneName": ec2._subnets[subnet]["AvailabilityZone"], "SubnetId": subnet, "LoadBalancerAddresses": []} for subnet in subnets]
    if len({zone["ZoneName"] for zone in zones}) < len(zones):
        raise Refused("InvalidConfigurationRequest", "A load balancer cannot be attached to multiple subnets in the same Availability Zone")
    if len(zones) < (2 if kind == "application" else 1):
        raise Refused("ValidationError", "At least two subnets in two different Availability Zones must be specified")
    return zones


def _has_internet(vpc: str) -> bool:
    return any(attachment.get("VpcId") == vpc for gateway in ec2._internet_gateways.values() for attachment in gateway.get("Attachments", []))


def _describe_load_balancers(params: Record) -> Record:
    found = selected(alb._lbs, params.get("LoadBalancerArns"), "LoadBalancerNotFound")
    names = params.get("Names")
    if names and not any(balancer["LoadBalancerName"] in names for balancer in found):
        raise Refused("LoadBalancerNotFound", f"Load balancers '{names}' not found")
    return {"LoadBalancers": [balancer for balancer in found if not names or balancer["LoadBalancerName"] in names]}


def _delete_load_balancer(params: Record) -> Record:
    arn = params["LoadBalancerArn"]
    if {"Key": "deletion_protection.enabled", "Value": "true"} in alb._lb_attrs.get(arn, []):
        raise Refused("OperationNotPermitted", f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled")
    for listener in [each["ListenerArn"] for each in alb._listeners.values() if each["LoadBalancerArn"] == arn]:
        delete_listener({"ListenerArn": listener})
    for store in (alb._lbs, alb._lb_attrs, alb._tags, waf._associations):
        store.pop(arn, None)
    return {}


def _set_subnets(params: Record) -> Record:
    balancer = known(alb._lbs, params["LoadBalancerArn"], "LoadBalancerNotFound")
    balancer["AvailabilityZones"] = _zones(params, balancer["Type"])
    return {"AvailabilityZones": balancer["AvailabilityZones"]}


def _capacity(params: Record) -> Record:
    known(alb._lbs, params["LoadBalancerArn"], "LoadBalancerNotFound")
    return {"CapacityReservationState": [], "DecreaseRequestsRemaining": 2}


def _bare(rule: Record) -> Record:
    """Who revokes a rule tells it as it was described, with its account and its description: MiniStack would not know it."""
    return {**rule, "UserIdGroupPairs": [{"GroupId": pair["GroupId"]} if "GroupId" in pair else pair for pair in rule.get("UserIdGroupPairs", [])]}


def _in_use(params: Params) -> Any:
    """A security group of a load balancer, or one that another's rules name, stays."""
    group = alb._p(params, "GroupId")
    balancers = any(group in balancer["SecurityGroups"] for balancer in alb._lbs.values())
    named = any(pair.get("GroupId") == group for other in ec2._security_groups.values() if other["GroupId"] != group
                for rule in other.get("IpPermissions", []) + other.get("IpPermissionsEgress", []) for pair in rule.get("UserIdGroupPairs", []))
    return ec2._error("DependencyViolation", f"resource {group} has a dependent object", 400) if balancers or named else None


_HANDLERS: dict[str, Callable[[Record], Record]] = {
    "CreateLoadBalancer": _create_load_balancer, "DescribeLoadBalancers": _describe_load_balancers,
    "DeleteLoadBalancer": _delete_load_balancer, "SetSubnets": _set_subnets,
    "DescribeCapacityReservation": _capacity, "ModifyCapacityReservation": _capacity,
    "DescribeTrustStores": lambda params: {"TrustStores": []},
}
