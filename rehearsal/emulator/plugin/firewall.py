"""AWS WAF where MiniStack answers otherwise than AWS, and AWS Shield, to which the account is not subscribed."""

import json
from typing import Any

from ministack import app
from ministack.core import iam_actions, router
from ministack.core.responses import json_response
from ministack.services import alb, waf

Answer = tuple[int, Any, bytes]


def install() -> None:
    get, delete = waf._get_web_acl_for_resource, waf._delete_web_acl

    def for_resource(data: dict[str, Any]) -> Answer:
        """A resource without a web ACL is no error."""
        return get(data) if data.get("ResourceArn") in waf._associations else json_response({})

    def delete_unused(data: dict[str, Any]) -> Answer:
        arn = waf._web_acls.get(data.get("Id"), {}).get("ARN")
        if any(used == arn and resource in alb._lbs for resource, used in waf._associations.items()):
            return waf._waf_err("WAFAssociatedItemException", "AWS WAF couldn't perform the operation because your resource is being used")
        return delete(data)

    waf._get_web_acl_for_resource = for_resource
    waf._delete_web_acl = delete_unused
    router.SERVICE_PATTERNS["shield"] = {"target_prefixes": ["AWSShield_20160616"], "credential_scope": "shield"}
    iam_actions.SERVICE_TO_IAM_NAMESPACE["shield"] = "shield"
    app.SERVICE_HANDLERS["shield"] = shield


async def shield(method: str, path: str, headers: dict[str, str], body: bytes, query_params: Any) -> Answer:
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if action == "GetSubscriptionState":
        return json_response({"SubscriptionState": "INACTIVE"})
    text = {"__type": "ResourceNotFoundException", "message": f"{action}: the account is not subscribed to AWS Shield Advanced"}
    return 400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(text).encode()
