"""OIDC providers, and the conditions of policies."""

import unittest
from typing import Any

import iam
from ministack.services import ec2


def unknown(key: str, context: Any) -> None:
    return None


class IdentityTest(unittest.TestCase):
    def test_an_identity_provider_has_an_https_address(self) -> None:
        with self.assertRaisesRegex(ValueError, "must start with https://"):
            iam._create_provider("Provider", {"Url": "http://127.0.0.1/id"}, "shop")

    def test_policies_see_requests_as_https(self) -> None:
        self.assertEqual(iam.condition("aws:SecureTransport", None, unknown), "true")

    def test_policies_see_the_vpc_of_a_security_group(self) -> None:
        ec2._security_groups["sg-1"] = {"GroupId": "sg-1", "VpcId": "vpc"}
        self.assertRegex(iam.vpc_of("arn:aws:ec2:us-east-1:1:security-group/sg-1") or "", ":vpc/vpc$")
        self.assertIsNone(iam.vpc_of("arn:aws:ec2:us-east-1:1:security-group/sg-other"))


if __name__ == "__main__":
    unittest.main()
