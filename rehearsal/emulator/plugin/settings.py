"""The settings that the rehearsal gives the plugin, in environment variables."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    endpoint: str
    """The real API server, https://127.0.0.1:port."""
    ca_file: str
    """The certificate of the API server's authority."""
    kubeconfig: str
    """An administrator's kubeconfig, for what EKS itself does in a cluster."""
    auth_secret: str
    """The last part of the address of the token webhook that the API server calls."""
    events_file: str
    """The file for what CloudFormation did: one JSON object a line."""
    remains_file: str
    """The file for what is in a cluster when it is deleted: a JSON list."""
    upgrade_file: str
    """The file for the Kubernetes version that a cluster is upgraded to: the rehearsal reads it, and runs that version."""
    seed: int | None
    """The seed of the random order in which resources are created. None keeps MiniStack's own order."""
    crds: str | None
    """A folder with Cilium's CRDs as YAML or JSON files. None takes CRDs of ours, which accept anything."""
    node_seconds: float
    """How long a node group waits for its nodes. On EKS that is half an hour."""
    addon_seconds: float
    """How long an add-on waits for its pods."""


def read_settings() -> Settings:
    """Reads the variables and removes them from the environment, because Lambda functions inherit it."""
    def take(name: str, default: str | None = None) -> str | None:
        return os.environ.pop(f"REHEARSAL_{name}", default)

    def need(name: str) -> str:
        value = take(name)
        if not value:
            raise SystemExit(f"REHEARSAL_{name} is not set")
        return value

    seed = take("SEED")
    return Settings(
        endpoint=need("ENDPOINT"),
        ca_file=need("CA_FILE"),
        kubeconfig=need("KUBECONFIG"),
        auth_secret=need("AUTH_SECRET"),
        events_file=need("EVENTS_FILE"),
        remains_file=need("REMAINS_FILE"),
        upgrade_file=need("UPGRADE_FILE"),
        seed=int(seed) if seed else None,
        crds=take("CRDS") or None,
        node_seconds=float(take("NODE_SECONDS", "20") or 20),
        addon_seconds=float(take("ADDON_SECONDS", "20") or 20),
    )
