"""What is recorded of a cluster that is deleted."""

import json
import tempfile
import unittest
from typing import Any

from eks.remains import Remains
from fake_kubernetes import FakeKubernetes
from kubernetes import KubernetesError

_KINDS = {
    "/api/v1": {"namespaces": "Namespace", "configmaps": "ConfigMap", "secrets": "Secret", "pods": "Pod", "nodes": "Node", "serviceaccounts": "ServiceAccount"},
    "/apis/rbac.authorization.k8s.io/v1": {"clusterroles": "ClusterRole"},
    "/apis/cilium.io/v2": {"ciliumnetworkpolicies": "CiliumNetworkPolicy"},
    "/apis/apps/v1": {"deployments": "Deployment", "deployments/scale": "Scale"},
}


class RemainsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.kubernetes: Any = FakeKubernetes()
        self.kubernetes.objects["/apis"] = {"groups": [
            {"preferredVersion": {"groupVersion": path.removeprefix("/apis/")}} for path in _KINDS if path.startswith("/apis/")
        ]}
        for path, kinds in _KINDS.items():
            self.kubernetes.objects[path] = {"resources": [{"name": name, "kind": kind, "verbs": ["get", "list"]} for name, kind in kinds.items()]}
        self.put("/api/v1/namespaces/kube-system")

    def put(self, path: str, each: dict[str, Any] | None = None, **metadata: Any) -> None:
        parts = path.split("/")
        namespace = {"namespace": parts[-3]} if parts[-4] == "namespaces" else {}
        self.kubernetes.objects[path] = {**(each or {}), "metadata": {"name": parts[-1], **namespace, **metadata}}

    def left(self, remains: Remains | None = None) -> list[dict[str, str]]:
        with tempfile.NamedTemporaryFile("r") as file:
            told = remains or Remains(self.kubernetes, file.name)
            told._path = file.name
            told.write()
            return json.load(file)

    def test_what_came_since_the_cluster_was_created_is_recorded(self) -> None:
        remains = Remains(self.kubernetes, "")
        remains.begin()
        self.put("/apis/apps/v1/namespaces/kube-system/deployments/shop")
        self.put("/apis/cilium.io/v2/namespaces/shop/ciliumnetworkpolicies/all")
        self.assertEqual(self.left(remains), [
            {"kind": "CiliumNetworkPolicy", "namespace": "shop", "name": "all"}, {"kind": "Deployment", "namespace": "kube-system", "name": "shop"},
        ])

    def test_a_release_is_recorded_once_for_all_its_revisions(self) -> None:
        for revision in "12":
            self.put(f"/api/v1/namespaces/kube-system/secrets/sh.helm.release.v1.shop.v{revision}", {"type": "helm.sh/release.v1"}, labels={"name": "shop"})
        self.assertIn({"kind": "Helm release", "namespace": "kube-system", "name": "shop"}, self.left())
        self.assertEqual(len(self.left()), 2)

    def test_what_is_deleted_anyway_is_not_recorded(self) -> None:
        self.put("/api/v1/namespaces/shop/pods/owned", ownerReferences=[{"kind": "ReplicaSet"}])
        self.put("/api/v1/namespaces/shop/pods/going", deletionTimestamp="2026-01-01T00:00:00Z")
        self.put("/api/v1/namespaces/shop/configmaps/kube-root-ca.crt")
        self.put("/api/v1/nodes/node-1")
        self.put("/api/v1/namespaces/shop/configmaps/rbac", labels={"ministack.org/managed": "true"})
        self.assertEqual([each["kind"] for each in self.left()], ["Namespace"])

    def test_what_a_newer_kubernetes_brings_is_not_recorded(self) -> None:
        role = "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:controller:taints-controller"
        self.put(role, labels={"kubernetes.io/bootstrapping": "rbac-defaults"})
        self.put("/api/v1/namespaces/kube-system/serviceaccounts/taints-controller")
        self.put("/api/v1/namespaces/shop/serviceaccounts/taints-controller")
        self.put("/apis/rbac.authorization.k8s.io/v1/clusterroles/mine")
        self.assertEqual([(each["kind"], each["namespace"]) for each in self.left()], [
            ("ClusterRole", ""), ("Namespace", ""), ("ServiceAccount", "shop"),
        ])

    def test_an_add_on_is_recorded_with_its_name(self) -> None:
        self.put("/apis/apps/v1/namespaces/kube-system/deployments/coredns", labels={"eks.amazonaws.com/component": "coredns"})
        self.assertIn({"kind": "Deployment", "namespace": "kube-system", "name": "coredns", "addon": "coredns"}, self.left())

    def test_a_group_without_a_server_is_left_out(self) -> None:
        get = self.kubernetes.get

        def answer(path: str) -> Any:
            if path == "/apis/cilium.io/v2":
                raise KubernetesError(503, "service unavailable")
            return get(path)
        self.kubernetes.get = answer
        self.assertEqual([each["name"] for each in self.left()], ["kube-system"])


if __name__ == "__main__":
    unittest.main()
