"""Hosted zones."""

import unittest

import route53 as plugin
from ministack.services import route53

_REQUEST = "<CreateHostedZoneRequest><Name>example.com</Name><CallerReference>{}</CallerReference></CreateHostedZoneRequest>"


class ZonesTest(unittest.TestCase):
    def setUp(self) -> None:
        self.addCleanup(setattr, route53, "_create_hosted_zone", route53._create_hosted_zone)
        plugin.install()

    def made(self, reference: str) -> str:
        before = set(route53._zones)
        route53._create_hosted_zone(_REQUEST.format(reference).encode(), {})
        return (set(route53._zones) - before).pop()

    def test_a_zone_has_the_id_that_the_reference_asks_for(self) -> None:
        self.assertEqual(self.made("id:Z0123456789EXAMPLE"), "Z0123456789EXAMPLE")

    def test_other_zones_have_ids_of_their_own(self) -> None:
        self.assertNotEqual(self.made("first"), self.made("second"))


if __name__ == "__main__":
    unittest.main()
