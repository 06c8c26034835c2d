"""A small client of the Kubernetes API, for what EKS and its nodes do in a cluster."""

import base64
import json
import os
import ssl
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

import yaml

Object = dict[str, Any]
_PATIENCE = 10.0
"""In seconds. The API server answers 429 for a while after a kind was deleted and registered again."""


class KubernetesError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"Kubernetes API: {status}: {message}")
        self.status = status


class Kubernetes:
    """Calls the API server as the kubeconfig's current user, with a token or a certificate."""

    def __init__(self, kubeconfig: str) -> None:
        with open(kubeconfig, encoding="utf-8") as file:
            config = yaml.safe_load(file)
        context = _named(config["contexts"], config["current-context"])["context"]
        cluster = _named(config["clusters"], context["cluster"])["cluster"]
        user = _named(config["users"], context["user"])["user"]
        self._server: str = cluster["server"].rstrip("/")
        self._headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
        self._tls = ssl.create_default_context(cadata=_content(cluster, "certificate-authority"))
        if "token" not in user:
            self._use_certificate(_content(user, "client-certificate"), _content(user, "client-key"))

    def _use_certificate(self, certificate: str, key: str) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(certificate + "\n" + key)
            file.flush()
            self._tls.load_cert_chain(file.name)

    def request(self, method: str, path: str, body: Object | None = None, content: str = "application/json") -> Object | None:
        """The answer; None if the object to get or delete does not exist."""
        request = urllib.request.Request(
            self._server + path, method=method, headers={**self._headers, "Content-Type": content},
            data=None if body is None else json.dumps(body).encode())
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, context=self._tls, timeout=10) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                text = error.read().decode(errors="replace")
                if error.code == 404 and method in ("GET", "DELETE"):
                    return None
                if error.code != 429 or time.monotonic() > end:
                    raise KubernetesError(error.code, _message(text)) from error
                time.sleep(0.3)

    def get(self, path: str) -> Object | None:
        return self.request("GET", path)

    def list(self, path: str, **selectors: str) -> list[Object]:
        query = "?" + urllib.parse.urlencode(selectors) if selectors else ""
        answer = self.request("GET", path + query)
        return answer.get("items") or [] if answer else []

    def create(self, path: str, body: Object) -> Object | None:
        return self.request("POST", path, body)

    def apply(self, path: str, body: Object) -> Object | None:
        """Server-side apply: creates an object, or changes the fields that EKS owns."""
        return self.request("PATCH", f"{path}?fieldManager=eks&force=true", body, "application/apply-patch+yaml")

    def patch(self, path: str, body: Object) -> Object | None:
        return self.request("PATCH", path, body, "application/merge-patch+json")

    def delete(self, path: str, at_once: bool = False) -> None:
        self.request("DELETE", path, {"kind": "DeleteOptions", "apiVersion": "v1", **({"gracePeriodSeconds": 0} if at_once else {})})


def wait_until(holds: Callable[[], bool], seconds: float, pause: float = 0.3) -> bool:
    """Waits until a condition holds. Returns False if it does not hold in time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(pause)
    return True


def _named(items: list[Object], name: str) -> Object:
    return next(item for item in items if item["name"] == name)


def _content(entry: Object, key: str) -> str:
    if f"{key}-data" in entry:
        return base64.b64decode(entry[f"{key}-data"]).decode()
    with open(os.path.expanduser(entry[key]), encoding="utf-8") as file:
        return file.read()


def _message(text: str) -> str:
    try:
        return str(json.loads(text).get("message", text))
    except ValueError:
        return text
