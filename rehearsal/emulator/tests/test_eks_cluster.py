"""A cluster's protection against deletion, and upgrades of its Kubernetes."""

import json
import os
import tempfile
import unittest
from types import SimpleNamespace
from typing import Any

from eks import cluster
from fake_kubernetes import FakeKubernetes, Object
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

    def test_of_another_cluster_is_not_found(self) -> None:
        self.assertEqual(self.post("/clusters/other/update-config"), 404)
        self.assertTrue(eks._clusters["shop"]["deletionProtection"])

    def test_is_the_only_update_that_is_answered(self) -> None:
        self.assertEqual(self.post("/clusters/shop/updates"), 404)


class Exchanged(FakeKubernetes):
    """Fails once after another version is asked for, and then is that version."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file = file
        self._away = 1
        self.create("/api/v1/namespaces", {"metadata": {"name": "default"}})

    def get(self, path: str) -> Object | None:
        if path != "/version":
            return super().get(path)
        if not os.path.exists(self._file):
            return {"major": "1", "minor": "35"}
        if self._away > 0:
            self._away -= 1
            raise ConnectionRefusedError
        return {"major": "1", "minor": "36+"}


class UpgradeTest(unittest.TestCase):
    def setUp(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.file = os.path.join(self._folder.name, "upgrade")
        self.settings: Any = SimpleNamespace(upgrade_file=self.file)

    def upgrade(self, has: str, wanted: str) -> None:
        kubernetes: Any = Exchanged(self.file)
        cluster._upgrade(self.settings, kubernetes, has, wanted)

    def test_tells_the_rehearsal_which_kubernetes_is_wanted_and_waits_for_it(self) -> None:
        self.upgrade("1.35", "1.36")
        with open(self.file, encoding="utf-8") as file:
            self.assertEqual(file.read(), "1.36")

    def test_goes_one_minor_at_a_time_and_never_back(self) -> None:
        for wanted in ("1.37", "1.34"):
            with self.assertRaisesRegex(ValueError, f"Unsupported Kubernetes minor version update from 1.35 to {wanted}"):
                self.upgrade("1.35", wanted)
        self.assertFalse(os.path.exists(self.file))


if __name__ == "__main__":
    unittest.main()
