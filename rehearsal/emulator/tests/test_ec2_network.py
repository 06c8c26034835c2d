"""Subnets and their access to the internet."""

import unittest
from typing import Any

from ec2 import network
from ministack.services import ec2


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

    def test_an_address_is_not_released_while_a_nat_gateway_has_it(self) -> None:
        ec2._internet_gateways["igw"] = {"Attachments": [{"VpcId": "vpc"}]}
        address, attributes = network._create_address("Address", {}, "shop")
        gateway, _ = network._create_nat_gateway("Gateway", {"SubnetId": "subnet", "AllocationId": attributes["AllocationId"]}, "shop")
        with self.assertRaisesRegex(ValueError, "InvalidIPAddress.InUse"):
            network._delete_address(address, {})
        network._delete_nat_gateway(gateway, {})
        network._delete_address(address, {})
        self.assertNotIn(attributes["AllocationId"], ec2._addresses)


if __name__ == "__main__":
    unittest.main()
