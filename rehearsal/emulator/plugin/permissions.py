"""What policies ask about, and MiniStack does not tell its IAM: tags of load balancers, security groups and network interfaces, and a group's VPC."""

from collections.abc import Iterator
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import alb, ec2, tagging

_NAMED_BY = ("RuleArn", "ResourceArns.member.1")


def install() -> None:
    iam_actions._BOTOCORE_SERVICE_MAP["elasticloadbalancing"] = ["elbv2"]  # else no request of it has tags
    tagging._RESOURCE_TAG_COLLECTORS["elasticloadbalancing"] = lambda: iter(list(alb._tags.items()))
    tagging._RESOURCE_TAG_COLLECTORS["ec2"] = _groups_and_interfaces
    extract, resolve = iam_actions.extract_resource_arn, iam_evaluator._resolve_condition_key

    def resource(service: str, method: str, path: str, headers: Any, body: bytes, params: Any, *where: str) -> Any:
        named = [alb._p(params, name) for name in _NAMED_BY if service == "elasticloadbalancing" and params.get(name)]
        return named[0] if named else extract(service, method, path, headers, body, params, *where)

    def condition(key: str, context: Any) -> Any:
        return vpc_of(context.resource_arn) if key.lower() == "ec2:vpc" else resolve(key, context)

    iam_actions.extract_resource_arn = resource
    iam_evaluator._resolve_condition_key = condition


def _groups_and_interfaces() -> Iterator[tuple[str, list[dict[str, str]]]]:
    for kind, store in (("security-group", ec2._security_groups), ("network-interface", ec2._network_interfaces)):
        for key in list(store):
            yield f"arn:aws:ec2:{get_region()}:{get_account_id()}:{kind}/{key}", ec2._tags.get(key, [])


def vpc_of(resource_arn: str) -> str | None:
    """The VPC's ARN, where the resource is a security group."""
    group = ec2._security_groups.get(resource_arn.rpartition("/")[2])
    return f"arn:aws:ec2:{get_region()}:{get_account_id()}:vpc/{group['VpcId']}" if group else None
