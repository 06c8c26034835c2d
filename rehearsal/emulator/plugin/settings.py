"""What the rehearsal tells the plugin, by environment variables."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    endpoint: str
    """The real API server, https://127.0.0.1:port."""
    ca_file: str
    """The certificate of its authority."""
    kubeconfig: str
    """An administrator's, for what EKS itself does in a cluster."""
    auth_secret: str
    """Ends the address of the token webhook that the API server calls."""
    events_file: str
    """One JSON object a line: what CloudFormation did."""
    remains_file: str
    """What is in the cluster when it goes, as a JSON list."""
    upgrade_file: str
    """The Kubernetes that a cluster is to be upgraded to: the rehearsal reads it, and runs that one."""
    seed: int | None
    """Of the random order of creation; without one MiniStack's own order."""
    crds: str | None
    """A folder of Cilium's CRDs as YAML or JSON files; without one, open ones of our own."""
    node_seconds: float
    """How long a node group waits for its nodes: EKS gives them half an hour."""
    addon_seconds: float
    """How long an add-on waits for its pods."""


def read_settings() -> Settings:
    """Takes the variables out of the environment, which Lambda functions inherit."""
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
