"""What EKS says of an upgrade of Kubernetes, and the word that the rehearsal gets of it."""

import os
import tempfile
import unittest
from types import SimpleNamespace
from typing import Any

import cluster
from fake_kubernetes import FakeKubernetes, Object


class Exchanged(FakeKubernetes):
    """Away once it is to be another one, and then the other one."""

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

    def test_the_rehearsal_hears_which_kubernetes_is_wanted_and_it_is_waited_for(self) -> None:
        self.upgrade("1.35", "1.36")
        with open(self.file, encoding="utf-8") as file:
            self.assertEqual(file.read(), "1.36")

    def test_goes_one_minor_at_a_time_and_never_back(self) -> None:
        for wanted in ("1.37", "1.34"):
            with self.assertRaisesRegex(ValueError, f"Unsupported Kubernetes minor version update from 1.35 to {wanted}"):
                self.upgrade("1.35", wanted)
        self.assertFalse(os.path.exists(self.file))
