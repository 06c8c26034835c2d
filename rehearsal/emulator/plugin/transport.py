"""Requests come by plain HTTP on the loopback interface, where AWS gets them by HTTPS.

The bootstrap bucket's policy refuses what does not come by HTTPS, so policies are told that it did.
"""

from typing import Any

from ministack.core import iam_evaluator

_resolve = iam_evaluator._resolve_condition_key


def _resolve_condition_key(key: str, context: Any) -> Any:
    return "true" if key.lower() == "aws:securetransport" else _resolve(key, context)


def install() -> None:
    iam_evaluator._resolve_condition_key = _resolve_condition_key
