"""Resource types, the order of resources, and events."""

import json
import tempfile
import unittest
from typing import Any

from cloudformation import register
from cloudformation.events import Journal, describe
from cloudformation.order import Order, shuffle
from ministack.services.cloudformation import _stacks, provisioners

RESOURCES: dict[str, Any] = {
    "Vpc": {"Type": "AWS::EC2::VPC"},
    "Cluster": {"Type": "AWS::EKS::Cluster", "Properties": {"Vpc": {"Ref": "Vpc"}}},
    "Nodes": {"Type": "AWS::EKS::Nodegroup", "Properties": {"ClusterName": {"Ref": "Cluster"}}},
    "Release": {"Type": "Custom::AWSCDK-EKS-HelmChart", "Properties": {"ClusterName": {"Ref": "Cluster"}}},
    "Object": {"Type": "Custom::AWSCDK-EKS-KubernetesResource", "DependsOn": ["Nodes"]},
    **{f"Other{number}": {"Type": "AWS::EC2::EIP"} for number in range(5)},
}


class OrderTest(unittest.TestCase):
    def order(self, seed: int) -> list[str]:
        return shuffle(RESOURCES, list(RESOURCES), seed)

    def test_every_order_heeds_the_dependencies(self) -> None:
        for seed in range(20):
            order = self.order(seed)
            self.assertEqual(sorted(order), sorted(RESOURCES))
            for first, then in (("Vpc", "Cluster"), ("Cluster", "Nodes"), ("Cluster", "Release"), ("Nodes", "Object")):
                self.assertLess(order.index(first), order.index(then))

    def test_seeds_give_different_orders_that_can_be_repeated(self) -> None:
        self.assertGreater(len({tuple(self.order(seed)) for seed in range(20)}), 5)
        self.assertEqual(self.order(7), self.order(7))

    def test_custom_resources_and_what_they_need_come_first(self) -> None:
        for seed in range(20):
            self.assertEqual({name for name in self.order(seed)[5:]}, {f"Other{number}" for number in range(5)})

    def test_what_an_undeletable_resource_needs_is_left_alone(self) -> None:
        left = {name: {"ResourceStatus": "CREATE_COMPLETE"} for name in RESOURCES}
        _stacks["shop"] = {"_template": {"Resources": RESOURCES}, "_resources": left}
        tried = []
        for name in reversed(Order(RESOURCES, self.order(1))):
            tried.append(name)
            if name == "Cluster":
                left[name]["ResourceStatus"] = "DELETE_FAILED"
            else:
                del left[name]
        del _stacks["shop"]
        self.assertEqual(set(left), {"Cluster", "Vpc"})
        self.assertEqual(len(tried), len(RESOURCES) - 1)


class EventsTest(unittest.TestCase):
    def written(self, *lines: tuple[str, str], changes: bool = False, denied: str = "") -> list[dict[str, str]]:
        with tempfile.NamedTemporaryFile("r") as file:
            journal = Journal(file.name)
            for status, reason in lines:
                journal.add(describe("shop", "Release", "Custom::AWSCDK-EKS-HelmChart", status, reason) or {})
                if changes and status.endswith("IN_PROGRESS"):
                    journal.changes("Release")
                if denied and status.endswith("IN_PROGRESS"):
                    journal.denied.append(denied)
            return [json.loads(line) for line in file]

    def test_an_update_that_changes_nothing_is_left_out(self) -> None:
        update = (("UPDATE_IN_PROGRESS", ""), ("UPDATE_COMPLETE", ""))
        self.assertEqual(self.written(*update), [])
        self.assertEqual([line["event"] for line in self.written(*update, changes=True)], ["start", "end"])

    def test_a_failure_says_what_iam_refused(self) -> None:
        failure = (("CREATE_IN_PROGRESS", ""), ("CREATE_FAILED", "exit status 255\n    at framework"))
        lines = self.written(*failure, denied="role may not eks:DescribeCluster")
        self.assertEqual(lines[1]["said"], "exit status 255\nIAM: role may not eks:DescribeCluster")

    def test_a_failure_says_why(self) -> None:
        event = describe("shop", "Release", "Custom::AWSCDK-EKS-HelmChart", "CREATE_FAILED", "Error: timed out") or {}
        self.assertEqual((event["event"], event["action"], event["said"]), ("fail", "create", "Error: timed out"))

    def test_other_events_than_actions_on_resources_are_left_out(self) -> None:
        self.assertIsNone(describe("shop", "shop", "AWS::CloudFormation::Stack", "CREATE_COMPLETE"))
        self.assertIsNone(describe("shop", "Zone", "AWS::Route53::HostedZone", "DELETE_SKIPPED"))


class TypeTest(unittest.TestCase):
    def setUp(self) -> None:
        self.deleted: list[str] = []
        names = iter("ab")
        register("AWS::Test::Thing", lambda *args: (next(names), {"Name": "x"}), lambda name, props: self.deleted.append(name))
        self.update = provisioners._RESOURCE_HANDLERS["AWS::Test::Thing"]["update"]
        provisioners._RESOURCE_HANDLERS["AWS::Test::Thing"]["create"]("Thing", {"Size": 1}, "shop")

    def test_other_tags_keep_a_resource(self) -> None:
        self.assertEqual(self.update("a", {"Size": 1}, {"Size": 1, "Tags": []}, "shop"), ("a", {"Name": "x"}))

    def test_other_properties_replace_it(self) -> None:
        self.assertEqual(self.update("a", {"Size": 1}, {"Size": 2}, "shop")[0], "b")
        self.assertEqual(self.deleted, ["a"])


if __name__ == "__main__":
    unittest.main()
