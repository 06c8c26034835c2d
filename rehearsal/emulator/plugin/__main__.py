"""MiniStack, with what a cluster of eks-platform needs and MiniStack lacks.

Run as `python plugin`: it changes MiniStack in memory, then starts it. The changes rely on
MiniStack's internals, so its version is pinned where it is installed.

Each service of AWS is a module or a package, and imports others only as a whole: `import ec2`,
or names from `ec2`, never `ec2.network`. All may import settings, query and kubernetes.
"""

import cilium
import cloudformation
import ec2
import eks
import elbv2
import iam
import route53
import shield
import wafv2
from kubernetes import Kubernetes
from ministack import app
from settings import read_settings


def main() -> None:
    settings = read_settings()
    kubernetes = Kubernetes(settings.kubeconfig)
    cloudformation.install(settings)
    iam.install()
    ec2.install(kubernetes)
    eks.install(settings, kubernetes, cilium.forget)
    elbv2.install()
    route53.install()
    shield.install()
    wafv2.install()
    cilium.start(settings, kubernetes)
    app.main()


if __name__ == "__main__":
    main()
