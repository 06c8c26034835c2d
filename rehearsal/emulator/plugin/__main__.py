"""MiniStack with what a cluster of eks-platform needs and MiniStack lacks.

Run as `python plugin`: changes MiniStack in memory, then starts it. The changes lean on
MiniStack's internals, so its version is pinned where it is installed.
"""

import access
import addons
import cilium
import cluster
import events
import identity
import network
import nodes
import order
import transport
from kubernetes import Kubernetes
from ministack import app
from settings import read_settings


def main() -> None:
    settings = read_settings()
    kubernetes = Kubernetes(settings.kubeconfig)
    network.install()
    identity.install()
    cluster.install(settings, kubernetes, cilium.forget)
    access.install(settings, kubernetes)
    nodes.install(settings, kubernetes)
    addons.install(settings, kubernetes)
    transport.install()
    events.install(settings.events_file)
    order.install(settings.seed)
    cilium.start(settings, kubernetes)
    app.main()


if __name__ == "__main__":
    main()
