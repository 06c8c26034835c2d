"""AWS::EKS::Addon: CoreDNS with its real objects, which the API server has; other add-ons are only records."""

from typing import Any

from cloudformation import Created, Props, accepted, camel, register, tag_map
from kubernetes import Kubernetes, Object, wait_until
from ministack.services import eks
from settings import Settings

_DEPLOYMENT = "/apis/apps/v1/namespaces/kube-system/deployments/coredns"
_LABELS = {"eks.amazonaws.com/component": "coredns", "k8s-app": "kube-dns"}
_DEGRADED = (
    "Addon {addon} of cluster {cluster} is DEGRADED: InsufficientNumberOfReplicas: "
    "The add-on is unhealthy because it doesn't have the desired number of replicas."
)


def install(settings: Settings, kubernetes: Kubernetes) -> None:
    def create(logical_id: str, props: Props, stack: str) -> Created:
        cluster, addon = props["ClusterName"], props["AddonName"]
        body = camel({key: value for key, value in props.items() if key not in ("Tags", "ClusterName")})
        accepted(eks._create_addon(cluster, {**body, "tags": tag_map(props)}))
        record = eks._addons[f"{cluster}/{addon}"]
        if addon == "coredns":
            record["status"] = "CREATING"
            for path, each in core_dns(_dns_address(cluster)):
                kubernetes.apply(path, each)
            if not wait_until(lambda: _is_available(kubernetes.get(_DEPLOYMENT)), settings.addon_seconds):
                delete(f"{cluster}|{addon}", props)
                raise ValueError(_DEGRADED.format(addon=addon, cluster=cluster))
            record["status"] = "ACTIVE"
        return f"{cluster}|{addon}", {"Arn": record["addonArn"]}

    def update(physical_id: str, old: Props, new: Props, stack: str, logical_id: str | None = None) -> Created:
        cluster, addon = physical_id.split("|")
        if (new["ClusterName"], new["AddonName"]) != (cluster, addon):
            raise ValueError("The rehearsal does not replace add-ons")
        accepted(eks._update_addon(cluster, addon, camel(new)))
        return physical_id, {"Arn": eks._addons[f"{cluster}/{addon}"]["addonArn"]}

    def delete(physical_id: str, props: Props) -> None:
        cluster, addon = physical_id.split("|")
        if addon == "coredns" and str(props.get("PreserveOnDelete", "false")).lower() != "true":
            for path, _ in reversed(core_dns(_dns_address(cluster))):
                kubernetes.delete(path)
        if f"{cluster}/{addon}" in eks._addons:
            accepted(eks._delete_addon(cluster, addon))

    register("AWS::EKS::Addon", create, delete, update, blocks=True)


def _is_available(deployment: Object | None) -> bool:
    conditions = (deployment or {}).get("status", {}).get("conditions", [])
    return any(condition["type"] == "Available" and condition["status"] == "True" for condition in conditions)


def _dns_address(cluster: str) -> str:
    """The tenth address of the service range, as on EKS."""
    return eks._clusters[cluster]["kubernetesNetworkConfig"]["serviceIpv4Cidr"].rsplit(".", 1)[0] + ".10"


def _meta(name: str) -> Object:
    return {"name": name, "namespace": "kube-system", "labels": _LABELS}


def core_dns(address: str) -> list[tuple[str, Object]]:
    """The add-on's objects, each with its path."""
    corefile = "\n".join([
        ".:53 {", "    errors", "    health {", "        lameduck 5s", "    }", "    ready",
        "    kubernetes cluster.local in-addr.arpa ip6.arpa {", "        pods insecure", "        fallthrough in-addr.arpa ip6.arpa", "    }",
        "    prometheus :9153", "    forward . /etc/resolv.conf", "    cache 30", "    loop", "    reload", "    loadbalance", "}", "",
    ])
    container: dict[str, Any] = {
        "name": "coredns", "image": "eks/coredns", "args": ["-conf", "/etc/coredns/Corefile"],
        "ports": [
            {"name": "dns", "containerPort": 53, "protocol": "UDP"},
            {"name": "dns-tcp", "containerPort": 53},
            {"name": "metrics", "containerPort": 9153},
        ],
        "resources": {"requests": {"cpu": "100m", "memory": "70Mi"}, "limits": {"memory": "170Mi"}},
        "volumeMounts": [{"name": "config", "mountPath": "/etc/coredns"}],
    }
    pod = {
        "priorityClassName": "system-cluster-critical", "serviceAccountName": "coredns", "dnsPolicy": "Default",
        "tolerations": [
            {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}, {"key": "CriticalAddonsOnly", "operator": "Exists"},
        ],
        "containers": [container],
        "volumes": [{"name": "config", "configMap": {"name": "coredns"}}],
    }
    ports = [
        {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
        {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
        {"name": "metrics", "port": 9153, "protocol": "TCP", "targetPort": 9153},
    ]
    core = "/api/v1/namespaces/kube-system"
    return [
        (f"{core}/serviceaccounts/coredns", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _meta("coredns")}),
        (f"{core}/configmaps/coredns", {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _meta("coredns"), "data": {"Corefile": corefile}}),
        (f"{core}/services/kube-dns", {
            "apiVersion": "v1", "kind": "Service", "metadata": _meta("kube-dns"),
            "spec": {"clusterIP": address, "selector": {"k8s-app": "kube-dns"}, "ports": ports},
        }),
        (_DEPLOYMENT, {
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": _meta("coredns"),
            "spec": {
                "replicas": 2, "selector": {"matchLabels": _LABELS},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1}},
                "template": {"metadata": {"labels": _LABELS}, "spec": pod},
            },
        }),
    ]
