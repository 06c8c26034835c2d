"""AWS::EKS::Nodegroup: nodes without machines, on which kwok runs the pods.

A node joins without a network, so it is not ready: cilium.py makes it ready. As on EKS, a node
group fails if its nodes do not get ready.
"""

import ipaddress
import logging
import re
from typing import Any

from cloudformation import Created, Props, native, register
from kubernetes import Kubernetes, Object, wait_until
from ministack.core.responses import get_region, new_uuid
from ministack.services import ec2, eks
from settings import Settings

TYPE = "AWS::EKS::Nodegroup"
GROUP_LABEL = "eks.amazonaws.com/nodegroup"
READY_LABEL = "rehearsal/ready"
"""kwok makes a node with this label ready."""
UNREADY = "NodeCreationFailure: Unhealthy nodes in the kubernetes cluster"
_EFFECTS = {"NO_EXECUTE": "NoExecute", "NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
_UNKNOWN = ("bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion", "machineID", "osImage", "systemUUID")
_log = logging.getLogger("rehearsal")
_SIZES = {"medium": (2, 4), "large": (2, 8), "xlarge": (4, 16), "2xlarge": (8, 32), "4xlarge": (16, 64)}


def install(settings: Settings, kubernetes: Kubernetes) -> None:
    own = native(TYPE)

    def create(logical_id: str, props: Props, stack: str) -> Created:
        name, attributes = own["create"](logical_id, props, stack)
        group = eks._nodegroups[f"{props['ClusterName']}/{name}"]
        group.update(status="CREATING", amiType=props.get("AmiType", group["amiType"]), capacityType=props.get("CapacityType", "ON_DEMAND"))
        _pools[name] = NodePool(kubernetes, name, group, settings.node_seconds)
        try:
            _pools[name].scale(group["scalingConfig"]["desiredSize"])
            _pools[name].wait_ready()
        except Exception:
            delete(name, props)
            raise
        group["status"] = "ACTIVE"
        return name, attributes

    def update(physical_id: str, old: Props, new: Props, stack: str, logical_id: str | None = None) -> Created:
        cluster = eks._clusters[new["ClusterName"]]["version"]
        if str(new.get("Version", cluster)) > cluster:
            raise ValueError(f"InvalidParameterException: Nodegroup Kubernetes version {new['Version']} must not be newer than the cluster's, {cluster}")
        name, attributes = own["update"](physical_id, old, new, stack, logical_id)
        group = eks._nodegroups[f"{new['ClusterName']}/{name}"]
        if name != physical_id:
            raise ValueError("The rehearsal does not replace node groups")
        group.update(capacityType=new.get("CapacityType", "ON_DEMAND"))
        if any(old.get(prop) != new.get(prop) for prop in ("LaunchTemplate", "Version", "ReleaseVersion")):
            _pools[name].replace(group["scalingConfig"]["desiredSize"])
        else:
            _pools[name].scale(group["scalingConfig"]["desiredSize"])
            _pools[name].label_and_taint(old)
        return name, attributes

    def delete(physical_id: str, props: Props) -> None:
        pool = _pools.pop(physical_id, None)
        if pool:
            pool.scale(0)
        if f"{props['ClusterName']}/{physical_id}" in eks._nodegroups:
            own["delete"](physical_id, props)

    register(TYPE, create, delete, update, blocks=True)


class NodePool:
    """The nodes of one group."""

    def __init__(self, kubernetes: Kubernetes, name: str, group: dict[str, Any], seconds: float) -> None:
        self._kubernetes, self._name, self._group, self._seconds = kubernetes, name, group, seconds

    def nodes(self) -> list[Object]:
        return self._kubernetes.list("/api/v1/nodes", labelSelector=f"{GROUP_LABEL}={self._name}")

    def scale(self, size: int) -> None:
        nodes = self.nodes()
        for number in range(len(nodes), size):
            self._join(number)
        for node in nodes[size:]:
            self._leave(node)

    def wait_ready(self) -> None:
        if not wait_until(lambda: all(is_ready(node) for node in self.nodes()), self._seconds):
            unready = [node["spec"]["providerID"].rsplit("/", 1)[1] for node in self.nodes() if not is_ready(node)]
            self._log_state()
            raise ValueError(f"{UNREADY} (Nodegroup {self._name}, ResourceIds: {', '.join(unready)})")

    def _log_state(self) -> None:
        """Logs what shows why nodes do not get ready."""
        for node in self.nodes():
            _log.warning("node %s: labels %s, taints %s, conditions %s", node["metadata"]["name"], node["metadata"]["labels"],
                         node["spec"].get("taints"), node["status"].get("conditions"))
        for path in ("/apis/apps/v1/deployments", "/apis/apps/v1/daemonsets", "/api/v1/pods", "/api/v1/events"):
            for it in self._kubernetes.list(path):
                said = {key: it[key] for key in ("reason", "message", "involvedObject") if key in it} or it.get("status")
                _log.warning("%s %s/%s: %s", path.rsplit("/", 1)[1], it["metadata"]["namespace"], it["metadata"]["name"], said)

    def replace(self, size: int) -> None:
        """Adds new nodes, and removes the old ones when the new ones are ready. If those do not get ready, removes them instead."""
        old = self.nodes()
        for number in range(size):
            self._join(number)
        kept = {node["metadata"]["name"] for node in old}
        try:
            self.wait_ready()
        except ValueError:
            for node in self.nodes():
                if node["metadata"]["name"] not in kept:
                    self._leave(node)
            raise
        for node in old:
            self._leave(node)

    def label_and_taint(self, old: Props) -> None:
        """Gives the nodes the group's labels and taints, and removes those that the group had before."""
        gone = {key: None for key in (old.get("Labels") or {}) if key not in self._group["labels"]}
        had = {taint["Key"] for taint in old.get("Taints") or []}
        has = {taint["key"] for taint in self._group["taints"]}
        for node in self.nodes():
            kept = [taint for taint in node["spec"].get("taints", []) if taint["key"] not in had | has or taint["key"] in had & has]
            new = [taint for taint in _taints(self._group) if taint["key"] not in had]
            self._kubernetes.patch(f"/api/v1/nodes/{node['metadata']['name']}", {
                "metadata": {"labels": {**self._group["labels"], **gone}}, "spec": {"taints": kept + new},
            })

    def _join(self, number: int) -> None:
        subnets = self._group["subnets"]
        node = node_object(self._name, self._group, ec2._subnets[subnets[number % len(subnets)]], get_region())
        status = node.pop("status")
        self._kubernetes.create("/api/v1/nodes", node)
        self._kubernetes.patch(f"/api/v1/nodes/{node['metadata']['name']}/status", {"status": status})

    def _leave(self, node: Object) -> None:
        """Drains the node and deletes it, and then the pods that DaemonSets started meanwhile."""
        name = node["metadata"]["name"]
        self._kubernetes.patch(f"/api/v1/nodes/{name}", {"spec": {"unschedulable": True}})
        self._end_pods(name)
        self._kubernetes.delete(f"/api/v1/nodes/{name}")
        self._end_pods(name)

    def _end_pods(self, node: str) -> None:
        for pod in self._kubernetes.list("/api/v1/pods", fieldSelector=f"spec.nodeName={node}"):
            metadata = pod["metadata"]
            self._kubernetes.delete(f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}", at_once=True)


_pools: dict[str, NodePool] = {}


def is_ready(node: Object) -> bool:
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in node.get("status", {}).get("conditions", []))


def _taints(group: dict[str, Any]) -> list[Object]:
    return [{"key": taint["key"], "value": taint.get("value", ""), "effect": _EFFECTS[taint["effect"]]} for taint in group["taints"]]


def node_object(name: str, group: dict[str, Any], subnet: dict[str, Any], region: str) -> Object:
    """A Node as the kubelet of a new instance registers it: without a network."""
    instance = f"i-{new_uuid().replace('-', '')[:17]}"
    network = ipaddress.ip_network(subnet["CidrBlock"])
    address = str(network[10 + int(instance[2:8], 16) % (network.num_addresses - 20)])
    host = f"ip-{address.replace('.', '-')}.ec2.internal"
    instance_type, zone = group["instanceTypes"][0], subnet["AvailabilityZone"]
    arch = "arm64" if re.match(r"[a-z]+\d+g", instance_type) else "amd64"
    cpu, memory = _SIZES.get(instance_type.rsplit(".", 1)[-1], (8, 32))
    room = {"cpu": str(cpu), "memory": f"{memory}Gi", "pods": "110", "ephemeral-storage": "50Gi"}
    return {
        "apiVersion": "v1", "kind": "Node",
        "metadata": {
            "name": host,
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": {
                GROUP_LABEL: name, "eks.amazonaws.com/capacityType": group["capacityType"], "eks.amazonaws.com/nodegroup-image": group["amiType"],
                "kubernetes.io/arch": arch, "kubernetes.io/os": "linux", "kubernetes.io/hostname": host,
                "node.kubernetes.io/instance-type": instance_type,
                "topology.kubernetes.io/region": region, "topology.kubernetes.io/zone": zone,
                **group["labels"],
            },
        },
        "spec": {"providerID": f"aws:///{zone}/{instance}", "taints": _taints(group)},
        "status": {
            "capacity": room, "allocatable": room,
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": host}],
            "nodeInfo": {
                **dict.fromkeys(_UNKNOWN, ""), "architecture": arch, "operatingSystem": "linux", "kubeletVersion": f"v{group['version']}.0",
            },
        },
    }
