"""AWS::IAM types that MiniStack lacks."""

from cloudformation import Created, Props, accepted, register
from ministack.core.responses import get_account_id
from ministack.services import iam


def install() -> None:
    register("AWS::IAM::OIDCProvider", _create, _delete)


def _create(logical_id: str, props: Props, stack: str) -> Created:
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


def _delete(physical_id: str, props: Props) -> None:
    iam._oidc_providers.pop(physical_id, None)
