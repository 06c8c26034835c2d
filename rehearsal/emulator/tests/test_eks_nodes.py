"""Node groups."""

import unittest
from typing import Any

from cilium import TAINT
from eks.nodes import NodePool
from fake_kubernetes import FakeKubernetes
from ministack.services import ec2


def group(**changes: Any) -> dict[str, Any]:
    return {
        "subnets": ["subnet-a", "subnet-b"], "instanceTypes": ["m7g.large"], "capacityType": "ON_DEMAND", "amiType": "AL2023_ARM_64_STANDARD",
        "version": "1.36", "labels": {"team": "shop"}, "taints": [{"key": TAINT, "value": "true", "effect": "NO_EXECUTE"}], **changes,
    }


class PoolTest(unittest.TestCase):
    def setUp(self) -> None:
        for name, zone, block in (("subnet-a", "us-east-1a", "10.0.0.0/24"), ("subnet-b", "us-east-1b", "10.0.1.0/24")):
            ec2._subnets[name] = {"CidrBlock": block, "AvailabilityZone": zone, "VpcId": "vpc"}
        self.kubernetes: Any = FakeKubernetes()

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


class NodePoolTest(PoolTest):
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

    def test_a_smaller_group_deletes_nodes_and_their_pods(self) -> None:
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

    def test_a_changed_group_adds_new_labels_and_taints_and_removes_old_ones(self) -> None:
        pool = self.pool(1)
        pool._group.update(labels={"tier": "web"}, taints=[{"key": "dedicated", "value": "x", "effect": "NO_SCHEDULE"}])
        pool.label_and_taint({"Labels": {"team": "shop"}, "Taints": [{"Key": TAINT, "Value": "true", "Effect": "NO_EXECUTE"}]})
        node = pool.nodes()[0]
        self.assertNotIn("team", node["metadata"]["labels"])
        self.assertEqual(node["metadata"]["labels"]["tier"], "web")
        self.assertEqual([taint["key"] for taint in node["spec"]["taints"]], ["dedicated"])


if __name__ == "__main__":
    unittest.main()
