"""Network interfaces. MiniStack ignores filters, keeps no tags, and deletes an interface that is in use."""

from typing import Any

from ministack.services import ec2
from query import Params

_PAGE = 1000


def install() -> None:
    create, delete = ec2._ACTION_MAP["CreateNetworkInterface"], ec2._ACTION_MAP["DeleteNetworkInterface"]
    ec2._ACTION_MAP["CreateNetworkInterface"] = lambda params: _create(create, params)
    ec2._ACTION_MAP["DescribeNetworkInterfaces"] = _describe
    ec2._ACTION_MAP["DeleteNetworkInterface"] = lambda params: _in_use(params) or delete(params)


def _create(create: Any, params: Params) -> Any:
    if ec2._p(params, "SubnetId") not in ec2._subnets:
        return ec2._error("InvalidSubnetID.NotFound", f"The subnet ID '{ec2._p(params, 'SubnetId')}' does not exist", 400)
    before = set(ec2._network_interfaces)
    create(params)
    interface = next(key for key in ec2._network_interfaces if key not in before)
    ec2._parse_tag_specs(params, "network-interface", interface)
    return ec2._xml(200, "CreateNetworkInterfaceResponse", ec2._eni_fields_xml(ec2._network_interfaces[interface], tag="networkInterface"))


def _describe(params: Params) -> Any:
    wanted, filters = ec2._parse_member_list(params, "NetworkInterfaceId"), ec2._parse_filters(params)
    found = [each for key, each in ec2._network_interfaces.items() if (not wanted or key in wanted) and _matches(key, each, filters)]
    start, size = int(ec2._p(params, "NextToken") or 0), int(ec2._p(params, "MaxResults") or _PAGE)
    items = "".join(ec2._eni_fields_xml(each) for each in found[start:start + size])
    token = f"<nextToken>{start + size}</nextToken>" if start + size < len(found) else ""
    return ec2._xml(200, "DescribeNetworkInterfacesResponse", f"<networkInterfaceSet>{items}</networkInterfaceSet>{token}")


def _matches(key: str, interface: dict[str, Any], filters: dict[str, list[str]]) -> bool:
    fields = {"vpc-id": "VpcId", "subnet-id": "SubnetId", "status": "Status"}
    return ec2._resource_matches_tag_filters(key, filters) and all(
        interface[field] in filters[name] for name, field in fields.items() if name in filters)


def _in_use(params: Params) -> Any:
    interface = ec2._p(params, "NetworkInterfaceId")
    if ec2._network_interfaces.get(interface, {}).get("Status") == "in-use":
        return ec2._error("InvalidParameterValue", f"Network interface '{interface}' is currently in use.", 400)
    return None
