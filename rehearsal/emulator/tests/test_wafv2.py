"""Web ACLs."""

import unittest

import wafv2
from ministack.services import waf


class WebAclTest(unittest.TestCase):
    def setUp(self) -> None:
        self.addCleanup(setattr, waf, "_get_web_acl_for_resource", waf._get_web_acl_for_resource)
        self.addCleanup(setattr, waf, "_delete_web_acl", waf._delete_web_acl)
        wafv2.install()

    def test_a_resource_without_a_web_acl_is_no_error(self) -> None:
        self.assertEqual(waf._get_web_acl_for_resource({"ResourceArn": "arn:balancer"})[0], 200)


if __name__ == "__main__":
    unittest.main()
