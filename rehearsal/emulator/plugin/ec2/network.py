"""CloudFormation's types for a VPC's address ranges, subnets, internet access and flow logs."""

import ipaddress
from typing import Any

from cloudformation import Created, Props, accepted, native, register
from ministack.core.responses import new_uuid
from ministack.services import alb, ec2
from ministack.services.cloudformation import provisioners


def install() -> None:
    register("AWS::EC2::EIP", _create_address, _delete_address)
    register("AWS::EC2::NatGateway", _create_nat_gateway, _delete_nat_gateway)
    register("AWS::EC2::FlowLog", _create_flow_log, lambda physical_id, props: ec2._flow_logs.pop(physical_id, None))
    register("AWS::EC2::VPCCidrBlock", _create_cidr_block, _delete_cidr_block)
    subnet = native("AWS::EC2::Subnet")
    register("AWS::EC2::Subnet", lambda *args: _create_subnet(subnet["create"], *args), lambda *args: _delete_subnet(subnet["delete"], *args),
             subnet.get("update"))


def _added(store: Any, before: set[str]) -> str:
    return next(key for key in store if key not in before)


def _create_address(logical_id: str, props: Props, stack: str) -> Created:
    before = set(ec2._addresses)
    accepted(ec2._allocate_address({"Domain": [props.get("Domain", "vpc")]}))
    allocation = _added(ec2._addresses, before)
    provisioners._ec2_apply_tags(allocation, props)
    address = ec2._addresses[allocation]["PublicIp"]
    return address, {"AllocationId": allocation, "PublicIp": address}


def _delete_address(physical_id: str, props: Props) -> None:
    allocation = next((key for key, entry in ec2._addresses.items() if entry["PublicIp"] == physical_id), None)
    if allocation is None:
        return
    if any(gateway["AllocationId"] == allocation and gateway["State"] != "deleted" for gateway in ec2._nat_gateways.values()):
        raise ValueError(f"InvalidIPAddress.InUse: address {physical_id} is in use by a NAT gateway")
    accepted(ec2._release_address({"AllocationId": [allocation]}))


def _create_nat_gateway(logical_id: str, props: Props, stack: str) -> Created:
    subnet = ec2._subnets.get(props["SubnetId"])
    if subnet is None:
        raise ValueError(f"InvalidSubnet: {props['SubnetId']} does not exist")
    if props.get("ConnectivityType", "public") == "public":
        if props.get("AllocationId") not in ec2._addresses:
            raise ValueError(f"InvalidAllocationID.NotFound: {props.get('AllocationId')} does not exist")
        if not has_internet(subnet["VpcId"]):
            raise ValueError(f"Gateway.NotAttached: network {subnet['VpcId']} has no Internet gateway attached")
    before = set(ec2._nat_gateways)
    accepted(ec2._create_nat_gateway({key: [props[key]] for key in ("SubnetId", "AllocationId", "ConnectivityType") if key in props}))
    gateway = _added(ec2._nat_gateways, before)
    provisioners._ec2_apply_tags(gateway, props)
    return gateway, {"NatGatewayId": gateway}


def has_internet(vpc: str) -> bool:
    return any(attachment.get("VpcId") == vpc
               for gateway in ec2._internet_gateways.values() for attachment in gateway.get("Attachments", []))


def _delete_nat_gateway(physical_id: str, props: Props) -> None:
    if physical_id in ec2._nat_gateways:
        accepted(ec2._delete_nat_gateway({"NatGatewayId": [physical_id]}))


def _create_flow_log(logical_id: str, props: Props, stack: str) -> Created:
    destination = props.get("LogDestination") or props.get("LogGroupName")
    if not destination:
        raise ValueError("InvalidParameter: LogDestination or LogGroupName is needed")
    before = set(ec2._flow_logs)
    accepted(ec2._create_flow_logs({
        "ResourceId.1": [props["ResourceId"]], "ResourceType": [props["ResourceType"]],
        "TrafficType": [props.get("TrafficType", "ALL")], "LogDestination": [destination],
        "LogDestinationType": [props.get("LogDestinationType", "cloud-watch-logs")],
    }))
    flow_log = _added(ec2._flow_logs, before)
    provisioners._ec2_apply_tags(flow_log, props)
    return flow_log, {"Id": flow_log}


def _create_cidr_block(logical_id: str, props: Props, stack: str) -> Created:
    vpc = ec2._vpcs[props["VpcId"]]
    association = f"vpc-cidr-assoc-{new_uuid().replace('-', '')[:17]}"
    vpc.setdefault("CidrBlockAssociationSet", []).append({
        "AssociationId": association, "CidrBlock": props["CidrBlock"], "CidrBlockState": {"State": "associated"},
    })
    return association, {"Id": association}


def _delete_cidr_block(physical_id: str, props: Props) -> None:
    vpc = ec2._vpcs.get(props["VpcId"])
    if vpc is None:
        return
    block = ipaddress.IPv4Network(props["CidrBlock"])
    ranges = [ipaddress.IPv4Network(subnet["CidrBlock"]) for subnet in ec2._subnets.values() if subnet["VpcId"] == props["VpcId"]]
    if any(each.subnet_of(block) for each in ranges):
        raise ValueError(f"InvalidCidrBlock.InUse: {props['CidrBlock']} holds subnets")
    vpc["CidrBlockAssociationSet"] = [entry for entry in vpc["CidrBlockAssociationSet"] if entry["AssociationId"] != physical_id]


def _create_subnet(create: Any, logical_id: str, props: Props, stack: str) -> Created:
    """MiniStack accepts any range. EC2 accepts one that lies in the VPC's ranges and overlaps with no other subnet."""
    if "CidrBlock" in props:
        wanted = ipaddress.IPv4Network(props["CidrBlock"])
        vpc = ec2._vpcs[props["VpcId"]]
        blocks = {vpc["CidrBlock"], *(entry["CidrBlock"] for entry in vpc.get("CidrBlockAssociationSet", []))}
        if not any(wanted.subnet_of(ipaddress.IPv4Network(block)) for block in blocks):
            raise ValueError(f"InvalidSubnet.Range: The CIDR '{wanted}' is invalid.")
        for subnet in ec2._subnets.values():
            if subnet["VpcId"] == props["VpcId"] and wanted.overlaps(ipaddress.IPv4Network(subnet["CidrBlock"])):
                raise ValueError(f"InvalidSubnet.Conflict: The CIDR '{wanted}' conflicts with another subnet")
    return create(logical_id, props, stack)


def _delete_subnet(delete: Any, physical_id: str, props: Props) -> None:
    """EC2 refuses to delete a subnet while something has an address in it."""
    interfaces = [key for key, each in ec2._network_interfaces.items() if each["SubnetId"] == physical_id]
    balancers = [each["LoadBalancerName"] for each in alb._lbs.values() if physical_id in (zone["SubnetId"] for zone in each["AvailabilityZones"])]
    if interfaces or balancers:
        raise ValueError(f"DependencyViolation: The subnet '{physical_id}' has dependencies and cannot be deleted ({', '.join(interfaces + balancers)})")
    delete(physical_id, props)
