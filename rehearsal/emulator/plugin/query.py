"""The format of AWS's query API: requests are parameters with dotted names, answers are XML."""

from typing import Any
from xml.sax.saxutils import escape

Params = dict[str, Any]


def nested(params: Params) -> dict[str, Any]:
    """Parameters such as `Tags.member.1.Key` as maps and lists."""
    tree: dict[str, Any] = {}
    for name, value in params.items():
        *path, last = name.split(".")
        node = tree
        for part in path:
            node = node.setdefault(part, {})
        node[last] = value[0] if isinstance(value, list) else value
    return {name: _lists(value) for name, value in tree.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "member" in value:
        members = value["member"]
        return [_lists(members[key]) for key in sorted(members, key=int)] if isinstance(members, dict) else []
    return {name: _lists(entry) for name, entry in value.items()}


def xml(value: Any) -> str:
    """A map as elements, a list as `member` elements."""
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml(entry)}</{name}>" for name, entry in value.items() if entry is not None)
    if isinstance(value, list):
        return "".join(f"<member>{xml(entry)}</member>" for entry in value)
    return str(value).lower() if isinstance(value, bool) else escape(str(value))
