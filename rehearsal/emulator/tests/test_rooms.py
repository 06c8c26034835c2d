"""Who imports whom in the plugin: only what lies below, and only whole packages, not modules in them."""

import ast
import pathlib
import unittest
from collections.abc import Iterator

PLUGIN = pathlib.Path(__file__).parent.parent / "plugin"
FLOORS = [
    {"__main__"},
    {"cilium"},
    {"eks", "elbv2"},
    {"ec2", "iam", "route53", "shield", "wafv2"},
    {"cloudformation"},
    {"settings", "query", "kubernetes"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}


def imports() -> Iterator[tuple[str, str]]:
    """Pairs: a room of the plugin, and a module of the plugin that it imports."""
    for file in PLUGIN.rglob("*.py"):
        room = file.relative_to(PLUGIN).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            yield from ((room, name) for name in names if name.split(".")[0] in FLOOR)


class RoomsTest(unittest.TestCase):
    def test_imports_point_down(self) -> None:
        up = [pair for pair in imports() if pair[0] != pair[1].split(".")[0] and FLOOR[pair[1].split(".")[0]] <= FLOOR[pair[0]]]
        self.assertEqual(up, [])

    def test_other_packages_are_imported_as_a_whole(self) -> None:
        self.assertEqual([pair for pair in imports() if "." in pair[1] and pair[0] != pair[1].split(".")[0]], [])


if __name__ == "__main__":
    unittest.main()
