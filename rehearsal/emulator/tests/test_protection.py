"""A cluster's protection against deletion."""

import json
import unittest
from typing import Any

import cluster
from ministack.services import eks


def others(*args: Any) -> Any:
    return 404, {}, b""


class ProtectionTest(unittest.TestCase):
    def setUp(self) -> None:
        eks._clusters.clear()
        eks._clusters["shop"] = {"name": "shop", "deletionProtection": True}

    def post(self, path: str) -> int:
        status, _, _ = cluster._with_protection(others)("POST", path, {}, json.dumps({"deletionProtection": False}).encode(), {})
        return int(status)

    def test_is_switched_off_by_the_api_of_eks(self) -> None:
        self.assertEqual(self.post("/clusters/shop/update-config"), 200)
        self.assertFalse(eks._clusters["shop"]["deletionProtection"])

    def test_of_other_clusters_is_not_known(self) -> None:
        self.assertEqual(self.post("/clusters/other/update-config"), 404)
        self.assertTrue(eks._clusters["shop"]["deletionProtection"])

    def test_is_all_that_is_answered(self) -> None:
        self.assertEqual(self.post("/clusters/shop/updates"), 404)


if __name__ == "__main__":
    unittest.main()
