"""IAM: OIDC providers, and what MiniStack does not know when it evaluates a policy.

It does not know the tags of load balancers, security groups and network interfaces, nor the VPC of a security group.
"""

from collections.abc import Callable, Iterator
from typing import Any

from cloudformation import Created, Props, accepted, register
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import alb, ec2, iam, tagging

_NAMED_BY = ("RuleArn", "ResourceArns.member.1")


def install() -> None:
    register("AWS::IAM::OIDCProvider", _create_provider, _delete_provider)
    iam_actions._BOTOCORE_SERVICE_MAP["elasticloadbalancing"] = ["elbv2"]  # otherwise none of its requests has tags
    tagging._RESOURCE_TAG_COLLECTORS["elasticloadbalancing"] = lambda: iter(list(alb._tags.items()))
    tagging._RESOURCE_TAG_COLLECTORS["ec2"] = _groups_and_interfaces
    extract, resolve = iam_actions.extract_resource_arn, iam_evaluator._resolve_condition_key

    def resource(service: str, method: str, path: str, headers: Any, body: bytes, params: Any, *where: str) -> Any:
        named = [alb._p(params, name) for name in _NAMED_BY if service == "elasticloadbalancing" and params.get(name)]
        return named[0] if named else extract(service, method, path, headers, body, params, *where)

    iam_actions.extract_resource_arn = resource
    iam_evaluator._resolve_condition_key = lambda key, context: condition(key, context, resolve)


def condition(key: str, context: Any, resolve: Callable[[str, Any], Any]) -> Any:
    """The value of a condition key; `resolve` is MiniStack's own function for that."""
    match key.lower():
        case "aws:securetransport":
            return "true"  # Requests come over plain HTTP on the loopback interface, and the bootstrap bucket's policy demands HTTPS.
        case "ec2:vpc":
            return vpc_of(context.resource_arn)
        case _:
            return resolve(key, context)


def _groups_and_interfaces() -> Iterator[tuple[str, list[dict[str, str]]]]:
    for kind, store in (("security-group", ec2._security_groups), ("network-interface", ec2._network_interfaces)):
        for key in list(store):
            yield f"arn:aws:ec2:{get_region()}:{get_account_id()}:{kind}/{key}", ec2._tags.get(key, [])


def vpc_of(resource_arn: str) -> str | None:
    """The ARN of a security group's VPC; None for other resources."""
    group = ec2._security_groups.get(resource_arn.rpartition("/")[2])
    return f"arn:aws:ec2:{get_region()}:{get_account_id()}:vpc/{group['VpcId']}" if group else None


def _create_provider(logical_id: str, props: Props, stack: str) -> Created:
    url = props["Url"]
    if not url.startswith("https://"):
        raise ValueError(f"InvalidInput: The provider's URL must start with https://: {url}")
    request = {"Url": [url]}
    for name, prop in (("ClientIDList", "ClientIdList"), ("ThumbprintList", "ThumbprintList")):
        for number, value in enumerate(props.get(prop) or [], 1):
            request[f"{name}.member.{number}"] = [value]
    accepted(iam._create_oidc_provider(request))
    arn = f"arn:aws:iam::{get_account_id()}:oidc-provider/{url.removeprefix('https://').rstrip('/')}"
    return arn, {"Arn": arn}


def _delete_provider(physical_id: str, props: Props) -> None:
    iam._oidc_providers.pop(physical_id, None)
