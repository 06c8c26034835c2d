"""EC2, where MiniStack lacks something or accepts what AWS refuses."""

from ec2 import instances, interfaces, network, security_groups
from ec2.network import has_internet
from kubernetes import Kubernetes
from ministack.services import ec2
from query import Params

__all__ = ["has_internet", "install", "parse_filters"]


def install(kubernetes: Kubernetes) -> None:
    ec2._parse_filters = parse_filters
    network.install()
    interfaces.install()
    security_groups.install()
    instances.install(kubernetes)


def parse_filters(params: Params) -> dict[str, list[str]]:
    """Requests leave out empty values. MiniStack stops at the gap, and loses the values after it."""
    names = {key.split(".")[1]: ec2._p(params, key) for key in params if key.startswith("Filter.") and key.endswith(".Name")}
    return {name: [ec2._p(params, key) for key in sorted(params) if key.startswith(f"Filter.{number}.Value.")] for number, name in names.items()}
