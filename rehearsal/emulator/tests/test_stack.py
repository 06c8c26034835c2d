"""What CloudFormation does with types and their order."""

import json
import tempfile
import unittest
from typing import Any

import network
from cloudformation import register
from events import Journal, describe
from identity import _create as create_provider
from ministack.services import ec2
from ministack.services.cloudformation import _stacks, provisioners
from order import Order, shuffle
from transport import _resolve_condition_key

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

    def test_every_order_is_legal(self) -> None:
        for seed in range(20):
            order = self.order(seed)
            self.assertEqual(sorted(order), sorted(RESOURCES))
            for first, then in (("Vpc", "Cluster"), ("Cluster", "Nodes"), ("Cluster", "Release"), ("Nodes", "Object")):
                self.assertLess(order.index(first), order.index(then))

    def test_seeds_make_orders_that_differ_and_can_be_had_again(self) -> None:
        self.assertGreater(len({tuple(self.order(seed)) for seed in range(20)}), 5)
        self.assertEqual(self.order(7), self.order(7))

    def test_custom_resources_and_what_they_need_come_before_all_else(self) -> None:
        for seed in range(20):
            self.assertEqual({name for name in self.order(seed)[5:]}, {f"Other{number}" for number in range(5)})


    def test_what_a_resource_needs_that_could_not_be_deleted_is_left_alone(self) -> None:
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

    def test_what_is_no_action_on_a_resource_is_left_out(self) -> None:
        self.assertIsNone(describe("shop", "shop", "AWS::CloudFormation::Stack", "CREATE_COMPLETE"))
        self.assertIsNone(describe("shop", "Zone", "AWS::Route53::HostedZone", "DELETE_SKIPPED"))


class NetworkTest(unittest.TestCase):
    def setUp(self) -> None:
        ec2._vpcs["vpc"] = {"CidrBlock": "10.0.0.0/16"}
        ec2._subnets["subnet"] = {"CidrBlock": "10.0.0.0/24", "VpcId": "vpc"}

    def subnet(self, block: str) -> tuple[str, dict[str, Any]]:
        return network._create_subnet(lambda *args: ("created", {}), "Subnet", {"VpcId": "vpc", "CidrBlock": block}, "shop")

    def test_a_subnet_lies_in_the_ranges_of_its_vpc(self) -> None:
        with self.assertRaisesRegex(ValueError, "InvalidSubnet.Range"):
            self.subnet("100.64.0.0/24")
        association, _ = network._create_cidr_block("Block", {"VpcId": "vpc", "CidrBlock": "100.64.0.0/16"}, "shop")
        self.assertEqual(self.subnet("100.64.0.0/24")[0], "created")
        network._delete_cidr_block(association, {"VpcId": "vpc", "CidrBlock": "100.64.0.0/16"})
        with self.assertRaisesRegex(ValueError, "InvalidSubnet.Range"):
            self.subnet("100.64.0.0/24")

    def test_subnets_do_not_overlap(self) -> None:
        with self.assertRaisesRegex(ValueError, "InvalidSubnet.Conflict"):
            self.subnet("10.0.0.128/25")

    def test_a_public_nat_gateway_needs_an_internet_gateway(self) -> None:
        _, attributes = network._create_address("Address", {}, "shop")
        with self.assertRaisesRegex(ValueError, "no Internet gateway attached"):
            network._create_nat_gateway("Gateway", {"SubnetId": "subnet", "AllocationId": attributes["AllocationId"]}, "shop")

    def test_an_address_is_kept_while_a_nat_gateway_has_it(self) -> None:
        ec2._internet_gateways["igw"] = {"Attachments": [{"VpcId": "vpc"}]}
        address, attributes = network._create_address("Address", {}, "shop")
        gateway, _ = network._create_nat_gateway("Gateway", {"SubnetId": "subnet", "AllocationId": attributes["AllocationId"]}, "shop")
        with self.assertRaisesRegex(ValueError, "InvalidIPAddress.InUse"):
            network._delete_address(address, {})
        network._delete_nat_gateway(gateway, {})
        network._delete_address(address, {})
        self.assertNotIn(attributes["AllocationId"], ec2._addresses)

    def test_a_rule_comes_to_its_group_and_goes(self) -> None:
        ec2._security_groups["sg"] = {"IpPermissions": [], "IpPermissionsEgress": []}
        props = {"GroupId": "sg", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"}
        rule, _ = network._rule("IpPermissions", "CidrIp")("Rule", props, "shop")
        self.assertEqual(ec2._security_groups["sg"]["IpPermissions"][0]["FromPort"], 443)
        network._no_rule(rule, props)
        self.assertEqual(ec2._security_groups["sg"]["IpPermissions"], [])


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


class IdentityTest(unittest.TestCase):
    def test_an_identity_provider_has_an_https_address(self) -> None:
        with self.assertRaisesRegex(ValueError, "must start with https://"):
            create_provider("Provider", {"Url": "http://127.0.0.1/id"}, "shop")

    def test_policies_are_told_that_requests_come_by_https(self) -> None:
        self.assertEqual(_resolve_condition_key("aws:SecureTransport", None), "true")


if __name__ == "__main__":
    unittest.main()
