"""Load balancers, their subnets and security groups."""

from collections.abc import Callable

from ec2 import has_internet
from elbv2.listeners import delete_listener
from elbv2.records import Record, Refused, arn_of, keep, known, selected
from ministack.core.responses import get_region
from ministack.services import alb, ec2, waf


def _create_load_balancer(params: Record) -> Record:
    name, kind = params["Name"], params.get("Type", "application")
    if any(balancer["LoadBalancerName"] == name for balancer in alb._lbs.values()):
        raise Refused("DuplicateLoadBalancerName", f"A load balancer with the name '{name}' already exists")
    arn = arn_of(f"loadbalancer/{'app' if kind == 'application' else 'net'}/{name}/{alb._short_id()}")
    zones = _zones(params, kind)
    vpc = ec2._subnets[zones[0]["SubnetId"]]["VpcId"]
    scheme = params.get("Scheme", "internet-facing")
    if scheme == "internet-facing" and not has_internet(vpc):
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


HANDLERS: dict[str, Callable[[Record], Record]] = {
    "CreateLoadBalancer": _create_load_balancer, "DescribeLoadBalancers": _describe_load_balancers,
    "DeleteLoadBalancer": _delete_load_balancer, "SetSubnets": _set_subnets,
    "DescribeCapacityReservation": _capacity, "ModifyCapacityReservation": _capacity,
    "DescribeTrustStores": lambda params: {"TrustStores": []},
}
