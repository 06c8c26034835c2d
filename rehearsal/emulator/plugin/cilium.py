"""What Cilium's agents and operator do to a cluster, once their pods run.

The operator registers Cilium's resource kinds. An agent waits for them and then sets up its node's
network, which makes the node ready. Then the operator removes the taint that keeps pods away.
"""

import json
import logging
import pathlib
import threading
import time

import yaml
from eks import GROUP_LABEL, READY_LABEL, is_ready
from kubernetes import Kubernetes, KubernetesError, Object
from settings import Settings

TAINT = "node.cilium.io/agent-not-ready"
_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_KINDS = {
    "CiliumNetworkPolicy": ("ciliumnetworkpolicies", ["cnp", "ciliumnp"], "Namespaced"),
    "CiliumClusterwideNetworkPolicy": ("ciliumclusterwidenetworkpolicies", ["ccnp"], "Cluster"),
    "CiliumLocalRedirectPolicy": ("ciliumlocalredirectpolicies", ["clrp"], "Namespaced"),
}
_log = logging.getLogger("rehearsal")


def start(settings: Settings, kubernetes: Kubernetes) -> None:
    cilium = Cilium(kubernetes, crds(settings.crds))

    def loop() -> None:
        while True:
            try:
                cilium.step()
            except (KubernetesError, OSError) as error:
                _log.warning("in the part of Cilium: %s", error)
            time.sleep(0.5)

    threading.Thread(target=loop, daemon=True, name="cilium").start()


def forget(kubernetes: Kubernetes) -> None:
    """Deletes the kinds: they outlive Cilium, but not the cluster."""
    for definition in kubernetes.list(_CRDS):
        if definition["spec"]["group"] == "cilium.io":
            kubernetes.delete(f"{_CRDS}/{definition['metadata']['name']}")


class Cilium:
    def __init__(self, kubernetes: Kubernetes, definitions: list[Object]) -> None:
        self._kubernetes, self._definitions = kubernetes, definitions

    def step(self) -> None:
        nodes = self._kubernetes.list("/api/v1/nodes", labelSelector=GROUP_LABEL)
        operates = self._operator_is_available()
        if operates:
            self._register_kinds()
        waiting = [node for node in nodes if not is_ready(node) or _has_taint(node)]
        if not waiting or not self._kinds_are_served():
            return
        served = self._nodes_with_agent()
        for node in waiting:
            if node["metadata"]["name"] in served:
                self._give_network(node, operates)

    def _operator_is_available(self) -> bool:
        found = self._kubernetes.list("/apis/apps/v1/deployments", fieldSelector="metadata.name=cilium-operator")
        return any(deployment.get("status", {}).get("availableReplicas", 0) > 0 for deployment in found)

    def _register_kinds(self) -> None:
        for definition in self._unserved():
            path = f"{_CRDS}/{definition['metadata']['name']}"
            if self._kubernetes.get(path) is None:
                self._kubernetes.apply(path, definition)

    def _kinds_are_served(self) -> bool:
        return not self._unserved()

    def _unserved(self) -> list[Object]:
        """Asks the API server which kinds it serves: that is short, while the definitions themselves are a megabyte."""
        served = {version: self._served(version) for version in {_group_version(definition) for definition in self._definitions}}
        return [definition for definition in self._definitions if definition["spec"]["names"]["plural"] not in served[_group_version(definition)]]

    def _served(self, group_version: str) -> set[str]:
        return {resource["name"] for resource in (self._kubernetes.get(f"/apis/{group_version}") or {}).get("resources", [])}

    def _nodes_with_agent(self) -> set[str]:
        """The nodes on which a pod of the DaemonSet `cilium` is running."""
        return {
            pod["spec"].get("nodeName", "") for pod in self._kubernetes.list("/api/v1/pods", fieldSelector="status.phase=Running")
            if any(owner["kind"] == "DaemonSet" and owner["name"] == "cilium" for owner in pod["metadata"].get("ownerReferences", []))
        }

    def _give_network(self, node: Object, operates: bool) -> None:
        path = f"/api/v1/nodes/{node['metadata']['name']}"
        if not is_ready(node):
            self._kubernetes.patch(path, {"metadata": {"labels": {READY_LABEL: "true"}}})
        elif operates:
            # Read again: the node controller may have removed its own taint since.
            fresh = self._kubernetes.get(path) or node
            taints = [taint for taint in fresh["spec"].get("taints", []) if taint["key"] != TAINT]
            version = fresh["metadata"]["resourceVersion"]
            self._kubernetes.patch(path, {"metadata": {"resourceVersion": version}, "spec": {"taints": taints}})


def _group_version(definition: Object) -> str:
    spec = definition["spec"]
    return f"{spec['group']}/{next(version['name'] for version in spec['versions'] if version['served'])}"


def _has_taint(node: Object) -> bool:
    return any(taint["key"] == TAINT for taint in node["spec"].get("taints", []))


def crds(folder: str | None) -> list[Object]:
    """The definitions in the folder; without a folder, definitions of ours that accept anything."""
    if folder is None:
        return [_open_crd(kind, *names) for kind, names in _KINDS.items()]
    found: list[Object] = []
    for file in sorted(pathlib.Path(folder).iterdir()):
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".json":
            found.append(json.loads(text))
        elif file.suffix in (".yaml", ".yml"):
            found += [each for each in yaml.safe_load_all(text) if each]
    return [each for item in found for each in item.get("items", [item]) if each.get("kind") == "CustomResourceDefinition"]


def _open_crd(kind: str, plural: str, short: list[str], scope: str) -> Object:
    return {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.cilium.io"},
        "spec": {
            "group": "cilium.io", "scope": scope,
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower(), "shortNames": short},
            "versions": [{
                "name": "v2", "served": True, "storage": True,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            }],
        },
    }
