"""What is in a cluster when it is deleted: everything that a stack put there and did not remove."""

import json
from typing import Any

from kubernetes import Kubernetes, KubernetesError, Object

_RELEASE = "helm.sh/release.v1"
_BY_ITSELF = {"Event", "EndpointSlice", "Endpoints", "IPAddress", "Lease", "Node", "APIService"}
"""Kinds that Kubernetes or a machine creates and deletes by itself."""
_OF_NAMESPACE = {("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")}
_OF_KUBERNETES = "kubernetes.io/bootstrapping"
"""The label of the roles that an API server creates when it starts. A newer one creates more of them."""
_OF_EKS = ("ministack.org/managed", "ministack.org/eks-access-policy")

Name = tuple[str, str, str]
"""Kind, namespace and name. Helm releases count as a kind."""


class Remains:
    """Finds what came into a cluster since it was created."""

    def __init__(self, kubernetes: Kubernetes, path: str) -> None:
        self._kubernetes, self._path = kubernetes, path
        self._before: set[Name] = set()

    def begin(self) -> None:
        self._before = {_name(each) for each in self._objects()}

    def write(self) -> None:
        """Writes the JSON list for the cluster that is being deleted."""
        objects = self._objects()
        controllers = _controllers(objects)
        left = {_name(each): each for each in objects if _counts(each) and _name(each) not in controllers}
        with open(self._path, "w", encoding="utf-8") as file:
            json.dump([
                {"kind": name[0], "namespace": name[1], "name": name[2], **_addon(each)}
                for name, each in sorted(left.items()) if name not in self._before
            ], file)

    def _objects(self) -> list[Object]:
        return [{**each, "kind": kind} for path, kind in self._kinds() for each in self._kubernetes.list(path)]

    def _kinds(self) -> list[tuple[str, str]]:
        """Each kind that can be listed, with its path, in the version that its group prefers."""
        groups = (self._kubernetes.get("/apis") or {}).get("groups", [])
        paths = ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups)]
        return [
            (f"{path}/{resource['name']}", resource["kind"]) for path in paths for resource in self._resources(path)
            if "list" in resource["verbs"] and "/" not in resource["name"] and resource["kind"] not in _BY_ITSELF
        ]

    def _resources(self, path: str) -> list[Any]:
        try:
            return (self._kubernetes.get(path) or {}).get("resources", [])
        except KubernetesError:
            return []  # the program that serves the group is gone


def _counts(each: Object) -> bool:
    """Whether an object counts: no other object owns it, it is not being deleted, and neither Kubernetes, EKS nor the namespace's controller made it."""
    metadata = each["metadata"]
    return not (
        metadata.get("ownerReferences") or metadata.get("deletionTimestamp") or (each["kind"], metadata["name"]) in _OF_NAMESPACE
        or any(label in metadata.get("labels", {}) for label in (*_OF_EKS, _OF_KUBERNETES)))


def _controllers(objects: list[Object]) -> set[Name]:
    """The service accounts of Kubernetes' own controllers. Each has a role with its name."""
    prefix = "system:controller:"
    roles = [each["metadata"]["name"] for each in objects if each["kind"] == "ClusterRole"]
    return {("ServiceAccount", "kube-system", role.removeprefix(prefix)) for role in roles if role.startswith(prefix)}


def _name(each: Object) -> Name:
    metadata = each["metadata"]
    if each.get("type") == _RELEASE:
        return "Helm release", metadata.get("namespace", ""), metadata.get("labels", {}).get("name", metadata["name"])
    return each["kind"], metadata.get("namespace", ""), metadata["name"]


def _addon(each: Object) -> dict[str, str]:
    component = each["metadata"].get("labels", {}).get("eks.amazonaws.com/component")
    return {"addon": component} if component else {}
