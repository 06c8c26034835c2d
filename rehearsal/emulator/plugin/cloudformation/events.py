"""Records what CloudFormation does, for the timeline of the rehearsal."""

import json
from datetime import datetime, timezone
from typing import Any

from ministack.core import iam_actions
from ministack.services.cloudformation import stacks

_EVENTS = {"IN_PROGRESS": "start", "COMPLETE": "end", "FAILED": "fail"}
_ACTIONS = ("CREATE", "UPDATE", "DELETE")

Line = dict[str, str]


def install(path: str) -> None:
    journal = Journal(path)
    add_event, update, deny = stacks._add_event, stacks._update_resource, iam_actions.access_denied_response

    def recorded_event(stack_id: str, stack_name: str, logical_id: str, resource_type: str, status: str,
                       reason: str = "", *args: Any, **kwargs: Any) -> None:
        line = describe(stack_name, logical_id, resource_type, status, reason)
        if line:
            journal.add(line)
        add_event(stack_id, stack_name, logical_id, resource_type, status, reason, *args, **kwargs)

    def recorded_update(resource_type: str, physical_id: str, old: Any, new: Any, stack: str, logical_id: str, *args: Any) -> Any:
        if old != new:
            journal.changes(logical_id)
        return update(resource_type, physical_id, old, new, stack, logical_id, *args)

    def recorded_denial(service: str, action: str, principal: str, *args: Any, **kwargs: Any) -> Any:
        journal.denied.append(f"{principal} is not authorized to perform: {action}")
        return deny(service, action, principal, *args, **kwargs)

    stacks._add_event = recorded_event
    stacks._update_resource = recorded_update
    iam_actions.access_denied_response = recorded_denial


class Journal:
    """The file of events.

    When a stack is updated, MiniStack reports every resource; only those whose properties change are recorded.
    If a resource fails, what IAM refused since its start is added to its message, because Lambda functions rarely
    pass that on.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._held: dict[str, Line] = {}
        self._changing: set[str] = set()
        self.denied: list[str] = []

    def add(self, line: Line) -> None:
        name = line["logicalId"]
        if line["event"] == "start":
            self.denied.clear()
        if line["action"] == "update" and line["event"] == "start":
            self._held[name] = line
            return
        if line["action"] == "update":
            if line["event"] == "fail":
                self.changes(name)
            self._held.pop(name, None)
            if name not in self._changing:
                return
            self._changing.remove(name)
        if line["event"] == "fail":
            denied = [f"IAM: {text}" for text in dict.fromkeys(self.denied)]
            line = {**line, "said": "\n".join([*([line["said"]] if "said" in line else []), *denied])}
        self._write(line)

    def changes(self, logical_id: str) -> None:
        line = self._held.pop(logical_id, None)
        if line:
            self._changing.add(logical_id)
            self._write(line)

    def _write(self, line: Line) -> None:
        with open(self._path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def describe(stack: str, logical_id: str, resource_type: str, status: str, reason: str = "") -> Line | None:
    """The event of a resource; None if it is neither the start nor the end of an action on a resource."""
    action, _, state = status.partition("_")
    if action not in _ACTIONS or state not in _EVENTS or resource_type == "AWS::CloudFormation::Stack":
        return None
    return {
        "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "event": _EVENTS[state], "action": action.lower(), "logicalId": logical_id, "type": resource_type, "stack": stack,
        **({"said": reason.split("\n    at ")[0].rstrip()} if state == "FAILED" and reason else {}),
    }
