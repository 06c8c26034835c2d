"""Network interfaces, and what cannot be deleted because of them."""

import unittest
from typing import Any
from xml.etree import ElementTree

from ec2 import interfaces, network, security_groups
from ministack.services import alb, ec2
from ministack.services.cloudformation import provisioners

interfaces.install()
network.install()
security_groups.install()


def call(action: str, **params: str) -> tuple[int, ElementTree.Element]:
    status, _, body = ec2._ACTION_MAP[action]({name.replace("_", "."): [value] for name, value in params.items()})
    return status, ElementTree.fromstring(body.decode().replace(f' xmlns="{ec2.NS}"' if hasattr(ec2, "NS") else "", ""))


def ids(answer: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in answer.iter() if each.tag.endswith("networkInterfaceId")]


class InterfacesTest(unittest.TestCase):
    def setUp(self) -> None:
        for store in (ec2._network_interfaces, ec2._subnets, ec2._security_groups, ec2._tags, alb._lbs):
            store.clear()
        for name, vpc in (("subnet-a", "vpc-1"), ("subnet-b", "vpc-2")):
            ec2._subnets[name] = {"SubnetId": name, "VpcId": vpc, "CidrBlock": "10.0.0.0/24"}
        ec2._security_groups["sg-1"] = {"GroupId": "sg-1", "GroupName": "shop", "VpcId": "vpc-1"}

    def made(self, subnet: str = "subnet-a", **tags: str) -> str:
        params: dict[str, Any] = {"SubnetId": subnet, "SecurityGroupId_1": "sg-1", "TagSpecification_1_ResourceType": "network-interface"}
        for number, (key, value) in enumerate(tags.items(), 1):
            params |= {f"TagSpecification_1_Tag_{number}_Key": key, f"TagSpecification_1_Tag_{number}_Value": value}
        return ids(call("CreateNetworkInterface", **params)[1])[0]

    def listed(self, **filters: str) -> list[str]:
        params = {}
        for number, (name, value) in enumerate(filters.items(), 1):
            params |= {f"Filter_{number}_Name": name.replace("__", ":").replace("_", "-"), f"Filter_{number}_Value_1": value}
        return ids(call("DescribeNetworkInterfaces", **params)[1])

    def test_they_are_listed_by_network_status_and_tag(self) -> None:
        ours, others = self.made(cluster="shop"), self.made("subnet-b", cluster="other")
        self.assertEqual(self.listed(), [ours, others])
        self.assertEqual(self.listed(vpc_id="vpc-1"), [ours])
        self.assertEqual(self.listed(tag__cluster="other"), [others])
        ec2._network_interfaces[ours]["Status"] = "in-use"
        self.assertEqual(self.listed(status="available"), [others])

    def test_they_are_listed_page_by_page(self) -> None:
        made = [self.made() for _ in range(5)]
        first = call("DescribeNetworkInterfaces", MaxResults="3")[1]
        token = next(each.text for each in first.iter() if each.tag.endswith("nextToken"))
        second = call("DescribeNetworkInterfaces", MaxResults="3", NextToken=token or "")[1]
        self.assertEqual(ids(first) + ids(second), made)
        self.assertFalse([each for each in second.iter() if each.tag.endswith("nextToken")])

    def test_one_in_use_is_not_deleted(self) -> None:
        one = self.made()
        ec2._network_interfaces[one]["Status"] = "in-use"
        self.assertEqual(call("DeleteNetworkInterface", NetworkInterfaceId=one)[0], 400)
        ec2._network_interfaces[one]["Status"] = "available"
        self.assertEqual(call("DeleteNetworkInterface", NetworkInterfaceId=one)[0], 200)

    def test_their_security_group_is_not_deleted(self) -> None:
        one = self.made()
        self.assertEqual(call("DeleteSecurityGroup", GroupId="sg-1")[0], 400)
        call("DeleteNetworkInterface", NetworkInterfaceId=one)
        self.assertEqual(call("DeleteSecurityGroup", GroupId="sg-1")[0], 200)

    def test_a_subnet_is_not_deleted_while_something_is_in_it(self) -> None:
        delete = provisioners._RESOURCE_HANDLERS["AWS::EC2::Subnet"]["delete"]
        one = self.made()
        with self.assertRaisesRegex(ValueError, f"DependencyViolation.*{one}"):
            delete("subnet-a", {})
        call("DeleteNetworkInterface", NetworkInterfaceId=one)
        alb._lbs["arn"] = {"LoadBalancerName": "left", "AvailabilityZones": [{"SubnetId": "subnet-a"}]}
        with self.assertRaisesRegex(ValueError, "DependencyViolation.*left"):
            delete("subnet-a", {})
        alb._lbs.clear()
        delete("subnet-a", {})
        self.assertNotIn("subnet-a", ec2._subnets)


if __name__ == "__main__":
    unittest.main()
