"""Rules of security groups."""

import unittest

from ec2 import security_groups
from ministack.services import ec2

security_groups.install()


class SecurityGroupTest(unittest.TestCase):
    def test_a_rule_is_added_to_its_group_and_removed(self) -> None:
        ec2._security_groups["sg"] = {"IpPermissions": [], "IpPermissionsEgress": []}
        props = {"GroupId": "sg", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"}
        rule, _ = security_groups._rule("IpPermissions", "CidrIp")("Rule", props, "shop")
        self.assertEqual(ec2._security_groups["sg"]["IpPermissions"][0]["FromPort"], 443)
        security_groups._delete_rule(rule, props)
        self.assertEqual(ec2._security_groups["sg"]["IpPermissions"], [])

    def test_a_rule_of_a_security_group_is_revoked_as_it_was_described(self) -> None:
        told = {"GroupId": ["sg-1"], "IpPermissions.1.IpProtocol": ["tcp"], "IpPermissions.1.Groups.1.GroupId": ["sg-2"]}
        ec2._security_groups["sg-1"] = {"GroupId": "sg-1", "IpPermissions": []}
        ec2._ACTION_MAP["AuthorizeSecurityGroupIngress"](told)
        self.assertEqual(len(ec2._security_groups["sg-1"]["IpPermissions"]), 1)
        ec2._ACTION_MAP["RevokeSecurityGroupIngress"]({**told, "IpPermissions.1.Groups.1.UserId": ["111122223333"]})
        self.assertEqual(ec2._security_groups["sg-1"]["IpPermissions"], [])


if __name__ == "__main__":
    unittest.main()
