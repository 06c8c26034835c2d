"""CloudFormation: the types that other services add, the order of a stack's resources, and its events."""

from cloudformation import events, order
from cloudformation.registry import Created, Props, accepted, camel, native, register, tag_map
from settings import Settings

__all__ = ["Created", "Props", "accepted", "camel", "install", "native", "register", "tag_map"]


def install(settings: Settings) -> None:
    events.install(settings.events_file)
    order.install(settings.seed)
