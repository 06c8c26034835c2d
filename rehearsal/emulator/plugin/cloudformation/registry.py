"""Adds resource types to MiniStack's CloudFormation."""

import json
from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners, stacks

Props = dict[str, Any]
Created = tuple[str, Props]
"""The physical id, and the attributes for Fn::GetAtt."""
Create = Callable[[str, Props, str], Created]
"""Takes the logical id, the properties and the stack's name."""
Delete = Callable[[str, Props], None]
Update = Callable[[str, Props, Props, str, str | None], Created]
"""Takes the physical id, the old and new properties, the stack's name and the logical id."""

_blocking: set[str] = set()


def register(resource_type: str, create: Create, delete: Delete, update: Update | None = None, *, blocks: bool = False) -> None:
    """Adds a type, or replaces MiniStack's.

    Without `update`, every change except one of tags replaces the resource. Set `blocks` for a type that waits for
    Kubernetes: MiniStack then runs it on a thread, and serves requests meanwhile.
    """
    attributes: dict[str, Props] = {}

    def made(logical_id: str, props: Props, stack: str) -> Created:
        physical_id, attributes[physical_id] = created = create(logical_id, props, stack)
        return created

    def replace(physical_id: str, old: Props, new: Props, stack: str, logical_id: str | None = None) -> Created:
        if {**old, "Tags": None} == {**new, "Tags": None}:
            return physical_id, attributes[physical_id]
        created = made(logical_id or physical_id, new, stack)
        provisioners._delete_predecessor(delete, physical_id, old)
        return created

    provisioners._RESOURCE_HANDLERS[resource_type] = {
        "create": made, "delete": delete, "update": update or replace, "update_with_logical_id": True,
    }
    if blocks:
        _blocking.add(resource_type)


def native(resource_type: str) -> dict[str, Any]:
    """MiniStack's own handlers of a type."""
    return dict(provisioners._RESOURCE_HANDLERS[resource_type])


_runs_on_worker_thread = stacks._runs_on_worker_thread
stacks._runs_on_worker_thread = lambda resource_type: resource_type in _blocking or _runs_on_worker_thread(resource_type)


def accepted(response: tuple[int, Any, Any]) -> Props:
    """The answer of a MiniStack service. Raises its error."""
    status, _, body = response
    text = body.decode(errors="replace") if isinstance(body, bytes) else str(body)
    if status >= 400:
        raise ValueError(text)
    return json.loads(text) if text.startswith("{") else {}


def camel(value: Any) -> Any:
    """Properties with the names that the services' APIs use: they begin with a small letter."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: camel(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [camel(entry) for entry in value]
    return value


def tag_map(props: Props) -> dict[str, str]:
    tags = props.get("Tags") or {}
    return {tag["Key"]: tag["Value"] for tag in tags} if isinstance(tags, list) else dict(tags)
