"""Security groups: rules that are resources of their own, and groups that are in use."""

from typing import Any

from cloudformation import Created, Props, register
from ministack.core.responses import new_uuid
from ministack.services import alb, ec2
from query import Params


def install() -> None:
    register("AWS::EC2::SecurityGroupIngress", _rule("IpPermissions", "CidrIp"), _delete_rule)
    register("AWS::EC2::SecurityGroupEgress", _rule("IpPermissionsEgress", "CidrIp"), _delete_rule)
    match, delete = ec2._rules_match, ec2._ACTION_MAP["DeleteSecurityGroup"]
    ec2._rules_match = lambda wanted, kept: match(_bare(wanted), _bare(kept))
    ec2._ACTION_MAP["DeleteSecurityGroup"] = lambda params: _in_use(params) or delete(params)


def _rule(direction: str, cidr: str) -> Any:
    """Returns the function that creates a rule: it adds the rule with its own id to the group's record."""
    def create(logical_id: str, props: Props, stack: str) -> Created:
        group = ec2._security_groups.get(props["GroupId"])
        if group is None:
            raise ValueError(f"InvalidGroup.NotFound: The security group '{props['GroupId']}' does not exist")
        rule_id = f"sgr-{new_uuid().replace('-', '')[:17]}"
        peer = props.get("SourceSecurityGroupId") or props.get("DestinationSecurityGroupId")
        rule: Props = {
            "IpProtocol": str(props["IpProtocol"]),
            **{key: int(props[key]) for key in ("FromPort", "ToPort") if key in props},
            "IpRanges": [{"CidrIp": props[cidr]}] if cidr in props else [],
            "Ipv6Ranges": [{"CidrIpv6": props["CidrIpv6"]}] if "CidrIpv6" in props else [],
            "PrefixListIds": [], "UserIdGroupPairs": [{"GroupId": peer}] if peer else [],
            "SecurityGroupRuleId": rule_id,
        }
        group[direction].append(rule)
        return rule_id, {"Id": rule_id}
    return create


def _delete_rule(physical_id: str, props: Props) -> None:
    group = ec2._security_groups.get(props["GroupId"])
    for direction in ("IpPermissions", "IpPermissionsEgress") if group else ():
        group[direction] = [rule for rule in group[direction] if rule.get("SecurityGroupRuleId") != physical_id]


def _bare(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule without accounts and descriptions. Requests to revoke a rule may have them, and MiniStack would then not find it."""
    return {**rule, "UserIdGroupPairs": [{"GroupId": pair["GroupId"]} if "GroupId" in pair else pair for pair in rule.get("UserIdGroupPairs", [])]}


def _in_use(params: Params) -> Any:
    """EC2 refuses to delete a group that an interface or a load balancer has, or that a rule of another group names."""
    group = ec2._p(params, "GroupId")
    interfaces = any(group == each["GroupId"] for interface in ec2._network_interfaces.values() for each in interface["Groups"])
    balancers = any(group in balancer["SecurityGroups"] for balancer in alb._lbs.values())
    named = any(pair.get("GroupId") == group for other in ec2._security_groups.values() if other["GroupId"] != group
                for rule in other.get("IpPermissions", []) + other.get("IpPermissionsEgress", []) for pair in rule.get("UserIdGroupPairs", []))
    return ec2._error("DependencyViolation", f"resource {group} has a dependent object", 400) if interfaces or balancers or named else None
