"""Checks Python code without running it: it compiles, its imports are there, and so is every name that it takes from them."""

import ast
import importlib
import sys


def check(source: str) -> list[str]:
    tree = ast.parse(source)
    compile(tree, "snippet", "exec")
    known: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.split(".")[0]] = importlib.import_module(alias.name)
        elif isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module)
            for alias in node.names:
                known[alias.asname or alias.name] = getattr(module, alias.name)
    return [
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in known
        and not hasattr(known[node.value.id], node.attr)
    ]


for path in sys.argv[1:]:
    with open(path) as file:
        for missing in check(file.read()):
            print(f"{path}: there is no {missing}")
