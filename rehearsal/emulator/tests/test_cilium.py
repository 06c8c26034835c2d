"""What Cilium does to the nodes of a group."""

import json
import pathlib
import tempfile
import unittest

from cilium import TAINT, Cilium, crds, forget
from eks import READY_LABEL, is_ready
from test_eks_nodes import PoolTest


class CiliumTest(PoolTest):
    def setUp(self) -> None:
        super().setUp()
        self.cilium = Cilium(self.kubernetes, crds(None))

    def run_operator(self, replicas: int = 1) -> None:
        self.kubernetes.apply("/apis/apps/v1/namespaces/kube-system/deployments/cilium-operator", {
            "metadata": {"name": "cilium-operator", "namespace": "kube-system"}, "status": {"availableReplicas": replicas},
        })

    def kubelets(self) -> None:
        """What kwok does."""
        for node in self.kubernetes.list("/api/v1/nodes"):
            ready = node["metadata"]["labels"].get(READY_LABEL) == "true"
            node["status"]["conditions"] = [{"type": "Ready", "status": str(ready)}]

    def kinds(self) -> set[str]:
        return {each["spec"]["names"]["kind"] for each in self.kubernetes.list("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")}

    def state(self) -> tuple[bool, bool]:
        """Whether the node is ready, and whether pods are kept away."""
        self.cilium.step()
        self.kubelets()
        self.cilium.step()
        node = self.kubernetes.list("/api/v1/nodes")[0]
        return is_ready(node), any(taint["key"] == TAINT for taint in node["spec"]["taints"])

    def test_a_node_without_an_agent_never_gets_ready(self) -> None:
        self.pool(1)
        self.run_operator()
        self.assertEqual(self.state(), (False, True))

    def test_kinds_are_registered_once_the_operator_is_available(self) -> None:
        self.run_operator(0)
        self.cilium.step()
        self.assertEqual(self.kinds(), set())
        self.run_operator()
        self.cilium.step()
        self.assertEqual(self.kinds(), {"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy", "CiliumLocalRedirectPolicy"})

    def test_kinds_come_from_the_given_definitions(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            definition = next(each for each in crds(None) if each["metadata"]["name"] == "ciliumnetworkpolicies.cilium.io")
            definition["spec"]["versions"][0]["name"] = "v3"
            pathlib.Path(folder, "one.json").write_text(json.dumps(definition), encoding="utf-8")
            self.cilium = Cilium(self.kubernetes, crds(folder))
        self.pool(1)
        self.run_agents()
        self.assertEqual(self.state(), (False, True))
        self.run_operator()
        self.assertEqual(self.state(), (True, False))
        self.assertEqual(self.kinds(), {"CiliumNetworkPolicy"})

    def test_kinds_are_deleted_with_the_cluster(self) -> None:
        self.run_operator()
        self.cilium.step()
        forget(self.kubernetes)
        self.assertEqual(self.kinds(), set())

    def test_agents_wait_for_the_kinds(self) -> None:
        self.pool(1)
        self.run_agents()
        self.assertEqual(self.state(), (False, True))

    def test_agent_and_operator_make_a_node_ready_for_pods(self) -> None:
        self.pool(1)
        self.run_agents()
        self.run_operator()
        self.assertEqual(self.state(), (True, False))

    def test_the_taint_stays_without_an_operator(self) -> None:
        self.run_operator()
        self.cilium.step()
        self.run_operator(0)
        self.pool(1)
        self.run_agents()
        self.assertEqual(self.state(), (True, True))

    def test_other_taints_stay(self) -> None:
        self.pool(1, taints=[{"key": TAINT, "effect": "NO_EXECUTE"}, {"key": "dedicated", "effect": "NO_SCHEDULE"}])
        self.run_agents()
        self.run_operator()
        self.state()
        node = self.kubernetes.list("/api/v1/nodes")[0]
        self.assertEqual([taint["key"] for taint in node["spec"]["taints"]], ["dedicated"])


if __name__ == "__main__":
    unittest.main()
