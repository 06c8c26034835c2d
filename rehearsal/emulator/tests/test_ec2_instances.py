"""Instances behind the nodes, and filters."""

import unittest
from typing import Any

from ec2 import instances, parse_filters
from fake_kubernetes import FakeKubernetes


class InstanceTest(unittest.TestCase):
    def test_a_node_is_an_instance_whose_interface_has_the_pods_addresses(self) -> None:
        kubernetes: Any = FakeKubernetes()
        kubernetes.create("/api/v1/nodes", {"metadata": {"name": "n"}, "spec": {"providerID": "aws:///us-east-1a/i-0123456789abcdef0"}})
        answer = instances._of_nodes(kubernetes, {"InstanceId.1": ["i-0123456789abcdef0"]})
        self.assertIn(instances.PODS.encode(), answer[2])
        self.assertIsNone(instances._of_nodes(kubernetes, {"InstanceId.1": ["i-1"]}))


class FilterTest(unittest.TestCase):
    def test_a_filter_keeps_its_values_after_an_empty_one(self) -> None:
        self.assertEqual(parse_filters({"Filter.1.Name": ["tag:role"], "Filter.1.Value.2": ["1"]}), {"tag:role": ["1"]})


if __name__ == "__main__":
    unittest.main()
