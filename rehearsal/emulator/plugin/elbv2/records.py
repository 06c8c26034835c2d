"""What load balancers, target groups, listeners and rules share: they are records in MiniStack's stores."""

from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import alb

Record = dict[str, Any]
_NO_FIELDS = ("Tags", "Action", "Version")


class Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def arn_of(resource: str) -> str:
    return f"arn:aws:elasticloadbalancing:{get_region()}:{get_account_id()}:{resource}"


def known(store: Any, arn: str, code: str) -> Record:
    if arn not in store:
        raise Refused(code, f"'{arn}' not found")
    return store[arn]


def keep(store: Any, arn: str, record: Record, params: Record) -> Record:
    store[arn] = record
    alb._tags[arn] = params.get("Tags", [])
    return record


def fields_of(params: Record) -> Record:
    """The parameters of a request that become fields of the record."""
    return {name: value for name, value in params.items() if name not in _NO_FIELDS}


def selected(store: Any, arns: list[str] | None, missing: str) -> list[Record]:
    return [known(store, arn, missing) for arn in arns] if arns else list(store.values())
