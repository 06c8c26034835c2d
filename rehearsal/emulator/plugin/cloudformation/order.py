"""The order in which CloudFormation creates and deletes resources.

CloudFormation starts any resource whose dependencies are complete, in no reliable order. Here a
seed chooses an order that can be repeated. Custom resources are created as early as their
dependencies allow, and so deleted as late: that shows where a dependency is missing.
"""

import random
from collections.abc import Iterator
from typing import Any

from ministack.services.cloudformation import _stacks, changesets, engine, stacks

_sort = engine._topological_sort


def install(seed: int | None) -> None:
    """Without a seed, the order is MiniStack's own."""
    def ordered(resources: dict[str, Any], conditions: dict[str, Any]) -> list[str]:
        order = _sort(resources, conditions)
        return Order(resources, order if seed is None else shuffle(resources, order, seed))

    stacks._topological_sort = ordered
    changesets._topological_sort = ordered


class Order(list[str]):
    """An order whose reverse, in which a stack is deleted, leaves out everything that an undeletable resource needs.

    MiniStack would delete the subnets of a cluster that still exists; CloudFormation does not try that.
    """

    def __init__(self, resources: dict[str, Any], order: list[str]) -> None:
        super().__init__(order)
        self._resources = resources

    def __reversed__(self) -> Iterator[str]:
        names = set(self)
        kept: set[str] = set()
        for name in super().__reversed__():
            if name in kept:
                kept |= needs_of(self._resources, name, names)
            else:
                yield name
                if self._failed(name):
                    kept |= needs_of(self._resources, name, names)

    def _failed(self, name: str) -> bool:
        return any(
            (stack.get("_template") or {}).get("Resources") is self._resources
            and stack.get("_resources", {}).get(name, {}).get("ResourceStatus") == "DELETE_FAILED"
            for stack in _stacks.values())


def needs_of(resources: dict[str, Any], name: str, names: set[str]) -> set[str]:
    return engine._extract_deps(resources[name], names) - {name} if name in resources else set()


def shuffle(resources: dict[str, Any], active: list[str], seed: int) -> list[str]:
    chance = random.Random(seed)
    names = set(active)
    needs = {name: needs_of(resources, name, names) for name in active}
    early = early_first(resources, needs)
    order: list[str] = []
    while len(order) < len(active):
        done = set(order)
        ready = [name for name in active if name not in done and needs[name] <= done]
        order.append(chance.choice([name for name in ready if name in early] or ready))
    return order


def early_first(resources: dict[str, Any], needs: dict[str, set[str]]) -> set[str]:
    """The custom resources and everything that they need: all other resources come later."""
    early: set[str] = set()
    left = [name for name in needs if resources[name].get("Type", "").startswith("Custom::")]
    while left:
        name = left.pop()
        if name not in early:
            early.add(name)
            left.extend(needs[name])
    return early
