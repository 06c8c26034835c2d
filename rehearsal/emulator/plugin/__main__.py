"""MiniStack with what a cluster of eks-platform needs and MiniStack lacks.

Run as `python plugin`: changes MiniStack in memory, then starts it. The changes lean on
MiniStack's internals, so its version is pinned where it is installed.
"""

import access
import addons
import cilium
import cluster
import events
import firewall
import identity
import instances
import interfaces
import load_balancers
import network
import nodes
import order
import permissions
import transport
import zones
from kubernetes import Kubernetes
from ministack import app
from remains import Remains
from settings import read_settings


def main() -> None:
    settings = read_settings()
    kubernetes = Kubernetes(settings.kubeconfig)
    network.install()
    identity.install()
    load_balancers.install()
    interfaces.install()
    firewall.install()
    instances.install(kubernetes)
    cluster.install(settings, kubernetes, Remains(kubernetes, settings.remains_file), cilium.forget)
    access.install(settings, kubernetes)
    nodes.install(settings, kubernetes)
    addons.install(settings, kubernetes)
    transport.install()
    permissions.install()
    zones.install()
    events.install(settings.events_file)
    order.install(settings.seed)
    cilium.start(settings, kubernetes)
    app.main()


if __name__ == "__main__":
    main()
