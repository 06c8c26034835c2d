"""AWS Shield: the account is not subscribed to it."""

import json
from typing import Any

from ministack import app
from ministack.core import iam_actions, router
from ministack.core.responses import json_response


def install() -> None:
    router.SERVICE_PATTERNS["shield"] = {"target_prefixes": ["AWSShield_20160616"], "credential_scope": "shield"}
    iam_actions.SERVICE_TO_IAM_NAMESPACE["shield"] = "shield"
    app.SERVICE_HANDLERS["shield"] = _answer


async def _answer(method: str, path: str, headers: dict[str, str], body: bytes, query_params: Any) -> tuple[int, Any, bytes]:
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if action == "GetSubscriptionState":
        return json_response({"SubscriptionState": "INACTIVE"})
    text = {"__type": "ResourceNotFoundException", "message": f"{action}: the account is not subscribed to AWS Shield Advanced"}
    return 400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(text).encode()
