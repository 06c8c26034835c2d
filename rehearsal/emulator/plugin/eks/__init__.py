"""EKS: MiniStack's records, with the rehearsal's API server behind them."""

from collections.abc import Callable

from eks import access, addons, cluster, nodes
from eks.nodes import GROUP_LABEL, READY_LABEL, is_ready
from eks.remains import Remains
from kubernetes import Kubernetes
from settings import Settings

__all__ = ["GROUP_LABEL", "READY_LABEL", "install", "is_ready"]


def install(settings: Settings, kubernetes: Kubernetes, forget: Callable[[Kubernetes], None]) -> None:
    """`forget` is called after a cluster was deleted. It removes from the API server what the next cluster must not find."""
    cluster.install(settings, kubernetes, Remains(kubernetes, settings.remains_file), forget)
    access.install(settings, kubernetes)
    nodes.install(settings, kubernetes)
    addons.install(settings, kubernetes)
