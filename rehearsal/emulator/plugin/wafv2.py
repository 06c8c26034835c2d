"""AWS WAF, where MiniStack's answer differs from AWS's."""

from typing import Any

from ministack.core.responses import json_response
from ministack.services import alb, waf

_Answer = tuple[int, Any, bytes]


def install() -> None:
    get, delete = waf._get_web_acl_for_resource, waf._delete_web_acl

    def for_resource(data: dict[str, Any]) -> _Answer:
        """A resource without a web ACL is no error."""
        return get(data) if data.get("ResourceArn") in waf._associations else json_response({})

    def delete_unused(data: dict[str, Any]) -> _Answer:
        arn = waf._web_acls.get(data.get("Id"), {}).get("ARN")
        if any(used == arn and resource in alb._lbs for resource, used in waf._associations.items()):
            return waf._waf_err("WAFAssociatedItemException", "AWS WAF couldn't perform the operation because your resource is being used")
        return delete(data)

    waf._get_web_acl_for_resource = for_resource
    waf._delete_web_acl = delete_unused
