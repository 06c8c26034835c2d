"""The Helm values and manifests of hand_written.py."""

from aws_cdk import Fn
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_route53 as route53


def cilium_values(cluster: eks.Cluster) -> dict:
    tags = {"io.cilium/cilium-managed": "true", "io.cilium/cluster-name": "shop"}
    return {
        "cluster": {"name": "shop"},
        "eni": {"enabled": True, "awsReleaseExcessIPs": True, "gcTags": tags, "eniTags": tags},
        "ipam": {"mode": "eni"},
        "routingMode": "native",
        "enableIPv4Masquerade": False,
        "kubeProxyReplacement": True,
        "k8sServiceHost": Fn.select(1, Fn.split("//", cluster.cluster_endpoint)),
        "k8sServicePort": 443,
        "localRedirectPolicies": {"enabled": True},
        "encryption": {"enabled": True, "type": "wireguard"},
        "operator": {"replicas": 1, "rollOutPods": True},
        "serviceAccounts": {"operator": {"create": False, "name": "cilium-operator"}},
        "rollOutCiliumPods": True,
        "envoy": {"enabled": True, "rollOutPods": True},
        "prometheus": {"enabled": True},
        "hubble": {
            "enabled": True,
            "tls": {"auto": {"enabled": True, "method": "cronJob"}},
            "relay": {"enabled": True, "rollOutPods": True},
            "ui": {"enabled": True, "rollOutPods": True},
            "metrics": {
                "enableOpenMetrics": True,
                "enabled": [
                    "dns", "drop", "tcp", "flow", "port-distribution", "icmp",
                    "httpV2:exemplars=true;labelsContext=source_ip,source_namespace,source_workload,destination_ip,"
                    "destination_namespace,destination_workload,traffic_direction",
                ],
            },
        },
    }


def alb_controller_values(region: str, vpc_id: str) -> dict:
    return {
        "clusterName": "shop",
        "region": region,
        "vpcId": vpc_id,
        "replicaCount": 1,
        "serviceAccount": {"create": False, "name": "aws-load-balancer-controller"},
        "defaultTargetType": "ip",
        "defaultSSLPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "serviceMutatorWebhookConfig": {"failurePolicy": "Ignore"},
        "keepTLSSecret": True,
        "podDisruptionBudget": {"maxUnavailable": 1},
        "resources": {"requests": {"cpu": "100m", "memory": "200Mi"}, "limits": {"memory": "500Mi"}},
        "controllerConfig": {"featureGates": {"NLBGatewayAPI": False, "ALBGatewayAPI": False, "GatewayListenerSet": False}},
    }


def external_dns_values(region: str, zone: route53.IHostedZone) -> dict:
    return {
        "serviceAccount": {"create": False, "name": "external-dns"},
        "provider": {"name": "aws"},
        "sources": ["service", "ingress"],
        "policy": "sync",
        "registry": "txt",
        "txtOwnerId": "shop",
        "txtPrefix": "edns-%{record_type}.",
        "domainFilters": [zone.zone_name],
        "annotationPrefix": "external-dns.alpha.kubernetes.io/",
        "triggerLoopOnEvent": True,
        "priorityClassName": "system-cluster-critical",
        "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}},
        "env": [{"name": "AWS_REGION", "value": region}],
        "extraArgs": {"zone-id-filter": [zone.hosted_zone_id], "aws-zones-cache-duration": "1h"},
    }


NAMESPACE = "kube-system"
LABELS = {"k8s-app": "node-local-dns"}
METADATA = {"name": "node-local-dns", "namespace": NAMESPACE}


def node_local_dns(cluster_dns_ip: str) -> list[dict]:
    """The node-local DNS cache behind Cilium's local redirect policies."""
    ports = [{"name": "dns", "port": "53", "protocol": "UDP"}, {"name": "dns-tcp", "port": "53", "protocol": "TCP"}]

    def redirect(name: str, frontend: dict) -> dict:
        return {
            "apiVersion": "cilium.io/v2",
            "kind": "CiliumLocalRedirectPolicy",
            "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {
                "redirectFrontend": frontend,
                "redirectBackend": {"localEndpointSelector": {"matchLabels": LABELS}, "toPorts": ports},
            },
        }

    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": METADATA},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "kube-dns-upstream", "namespace": NAMESPACE, "labels": LABELS},
            "spec": {
                "selector": {"k8s-app": "kube-dns"},
                "ports": [
                    {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
                    {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
                ],
            },
        },
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": METADATA, "data": {"Corefile": corefile()}},
        {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "metadata": {**METADATA, "labels": LABELS},
            "spec": {
                "selector": {"matchLabels": LABELS},
                "updateStrategy": {"rollingUpdate": {"maxUnavailable": "10%"}},
                "template": {
                    "metadata": {
                        "labels": LABELS,
                        "annotations": {"prometheus.io/port": "9253", "prometheus.io/scrape": "true"},
                    },
                    "spec": pod_spec(cluster_dns_ip),
                },
            },
        },
        redirect("node-local-dns-service", {
            "serviceMatcher": {"serviceName": "kube-dns", "namespace": NAMESPACE, "toPorts": ports},
        }),
        redirect("node-local-dns-address", {"addressMatcher": {"ip": "169.254.20.10", "toPorts": ports}}),
    ]


def corefile() -> str:
    def block(zone: str, upstream: str, more: str = "") -> str:
        return (
            f"{zone}:53 {{\n  errors\n  cache {{\n    success 9984 30\n    denial 9984 5\n    serve_stale 3600s verify\n  }}\n"
            f"  reload\n  loop\n  bind 0.0.0.0\n  {upstream}\n  prometheus :9253\n{more}}}\n"
        )

    cluster = "forward . __PILLAR__CLUSTER__DNS__ {\n    force_tcp\n  }"
    return "".join([
        block("cluster.local", cluster, "  health\n"),
        block("in-addr.arpa", cluster),
        block("ip6.arpa", cluster),
        block(".", "forward . __PILLAR__UPSTREAM__SERVERS__"),
    ])


def pod_spec(cluster_dns_ip: str) -> dict:
    probe = {"httpGet": {"path": "/health", "port": 8080}}
    return {
        "priorityClassName": "system-node-critical",
        "serviceAccountName": "node-local-dns",
        "dnsPolicy": "Default",
        "tolerations": [{"operator": "Exists"}],
        "containers": [{
            "name": "node-cache",
            "image": "registry.k8s.io/dns/k8s-dns-node-cache:1.26.8",
            "args": [
                "-localip", f"169.254.20.10,{cluster_dns_ip}", "-conf", "/etc/Corefile", "-upstreamsvc", "kube-dns-upstream",
                "-skipteardown=true", "-setupinterface=false", "-setupiptables=false",
            ],
            "resources": {"requests": {"cpu": "25m", "memory": "5Mi"}},
            "securityContext": {
                "allowPrivilegeEscalation": False, "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
            },
            "ports": [
                {"containerPort": 53, "name": "dns", "protocol": "UDP"},
                {"containerPort": 53, "name": "dns-tcp", "protocol": "TCP"},
                {"containerPort": 9253, "name": "metrics", "protocol": "TCP"},
            ],
            "livenessProbe": {**probe, "initialDelaySeconds": 60, "timeoutSeconds": 5},
            "readinessProbe": probe,
            "volumeMounts": [
                {"mountPath": "/etc/coredns", "name": "config-volume"}, {"mountPath": "/etc/kube-dns", "name": "kube-dns-config"},
            ],
        }],
        "volumes": [
            {"name": "kube-dns-config", "configMap": {"name": "kube-dns", "optional": True}},
            {"name": "config-volume", "configMap": {"name": "node-local-dns", "items": [{"key": "Corefile", "path": "Corefile.base"}]}},
        ],
    }
