"""Node groups, and what Cilium does to their nodes."""

import json
import pathlib
import tempfile
import unittest
from typing import Any

from cilium import TAINT, Cilium, crds, forget
from fake_kubernetes import FakeKubernetes
from ministack.services import ec2
from nodes import READY_LABEL, NodePool, is_ready


def group(**changes: Any) -> dict[str, Any]:
    return {
        "subnets": ["subnet-a", "subnet-b"], "instanceTypes": ["m7g.large"], "capacityType": "ON_DEMAND", "amiType": "AL2023_ARM_64_STANDARD",
        "version": "1.36", "labels": {"team": "shop"}, "taints": [{"key": TAINT, "value": "true", "effect": "NO_EXECUTE"}], **changes,
    }


class PlatformTest(unittest.TestCase):
    def setUp(self) -> None:
        for name, zone, block in (("subnet-a", "us-east-1a", "10.0.0.0/24"), ("subnet-b", "us-east-1b", "10.0.1.0/24")):
            ec2._subnets[name] = {"CidrBlock": block, "AvailabilityZone": zone, "VpcId": "vpc"}
        self.kubernetes: Any = FakeKubernetes()
        self.cilium = Cilium(self.kubernetes, crds(None))

    def pool(self, size: int, **changes: Any) -> NodePool:
        pool = NodePool(self.kubernetes, "nodes", group(**changes), 0.1)
        pool.scale(size)
        return pool

    def run_agents(self) -> None:
        for number, node in enumerate(self.kubernetes.list("/api/v1/nodes")):
            self.kubernetes.apply(f"/api/v1/namespaces/kube-system/pods/cilium-{number}", {
                "metadata": {"name": f"cilium-{number}", "namespace": "kube-system", "ownerReferences": [{"kind": "DaemonSet", "name": "cilium"}]},
                "spec": {"nodeName": node["metadata"]["name"]}, "status": {"phase": "Running"},
            })

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


class NodePoolTest(PlatformTest):
    def test_nodes_carry_the_labels_and_taints_of_their_group_and_spread_over_its_zones(self) -> None:
        nodes = self.pool(2).nodes()
        self.assertEqual({node["metadata"]["labels"]["topology.kubernetes.io/zone"] for node in nodes}, {"us-east-1a", "us-east-1b"})
        for node in nodes:
            self.assertEqual(node["metadata"]["labels"]["team"], "shop")
            self.assertEqual(node["metadata"]["labels"]["kubernetes.io/arch"], "arm64")
            self.assertEqual(node["spec"]["taints"], [{"key": TAINT, "value": "true", "effect": "NoExecute"}])

    def test_nodes_that_do_not_get_ready_fail_the_group_in_the_words_of_eks(self) -> None:
        with self.assertRaisesRegex(ValueError, "NodeCreationFailure: Unhealthy nodes in the kubernetes cluster"):
            self.pool(2).wait_ready()

    def test_a_smaller_group_ends_nodes_and_their_pods(self) -> None:
        pool = self.pool(3)
        self.run_agents()
        pool.scale(1)
        self.assertEqual(len(pool.nodes()), 1)
        self.assertEqual(sum("/pods/" in path for path in self.kubernetes.deleted), 2)

    def test_old_nodes_stay_when_new_ones_do_not_get_ready(self) -> None:
        pool = self.pool(1)
        before = [node["metadata"]["name"] for node in pool.nodes()]
        self.kubernetes.objects[f"/api/v1/nodes/{before[0]}"]["status"]["conditions"] = [{"type": "Ready", "status": "True"}]
        with self.assertRaises(ValueError):
            pool.replace(1)
        self.assertEqual([node["metadata"]["name"] for node in pool.nodes()], before)

    def test_a_changed_group_gives_new_labels_and_taints_and_takes_old_ones(self) -> None:
        pool = self.pool(1)
        pool._group.update(labels={"tier": "web"}, taints=[{"key": "dedicated", "value": "x", "effect": "NO_SCHEDULE"}])
        pool.label_and_taint({"Labels": {"team": "shop"}, "Taints": [{"Key": TAINT, "Value": "true", "Effect": "NO_EXECUTE"}]})
        node = pool.nodes()[0]
        self.assertNotIn("team", node["metadata"]["labels"])
        self.assertEqual(node["metadata"]["labels"]["tier"], "web")
        self.assertEqual([taint["key"] for taint in node["spec"]["taints"]], ["dedicated"])


class CiliumTest(PlatformTest):
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

    def test_kinds_are_those_of_the_definitions_that_are_given(self) -> None:
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

    def test_kinds_go_with_the_cluster(self) -> None:
        self.run_operator()
        self.cilium.step()
        forget(self.kubernetes)
        self.assertEqual(self.kinds(), set())

    def test_agents_wait_for_the_kinds(self) -> None:
        self.pool(1)
        self.run_agents()
        self.assertEqual(self.state(), (False, True))

    def test_agent_and_operator_make_a_node_ready_and_open_to_pods(self) -> None:
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
