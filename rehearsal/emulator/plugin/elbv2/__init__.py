"""Elastic Load Balancing, as the AWS Load Balancer Controller uses it.

MiniStack keeps a part of what requests say about load balancers, target groups, listeners and rules,
and checks little. Here all of it is kept, and what AWS refuses is refused, as far as a controller
can get it wrong. Tags, attributes and targets are MiniStack's own.
"""

from collections.abc import Callable
from typing import Any

from elbv2 import listeners, load_balancers, target_groups
from elbv2.records import Record, Refused
from ministack.services import alb
from query import Params, nested, xml


def install() -> None:
    for name, handler in {**load_balancers.HANDLERS, **target_groups.HANDLERS, **listeners.HANDLERS}.items():
        alb._ACTION_MAP[name] = _answering(name, handler)


def _answering(action: str, handler: Callable[[Record], Record]) -> Callable[[Params], Any]:
    def answer(params: Params) -> Any:
        try:
            return alb._xml(200, action, xml(handler(nested(params))))
        except Refused as refused:
            return alb._error(refused.code, str(refused))
    return answer
