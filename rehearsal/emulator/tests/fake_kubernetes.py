"""A Kubernetes API that remembers objects and does nothing by itself."""

from typing import Any

Object = dict[str, Any]


class FakeKubernetes:
    def __init__(self) -> None:
        self.objects: dict[str, Object] = {}
        self.deleted: list[str] = []

    def get(self, path: str) -> Object | None:
        return self.objects.get(path) or self._served(path)

    def _served(self, path: str) -> Object | None:
        """The answer about a version of a group: the kinds that are defined in it."""
        _, _, group, version = [*path.split("/", 3), "", ""][:4]
        resources = [
            {"name": each["spec"]["names"]["plural"]} for key, each in self.objects.items()
            if "/customresourcedefinitions/" in key and each["spec"]["group"] == group and version in [item["name"] for item in each["spec"]["versions"]]
        ]
        return {"resources": resources} if resources else None

    def list(self, path: str, **selectors: str) -> list[Object]:
        resource = path.rsplit("/", 1)[1]
        found = [each for key, each in self.objects.items() if key.rsplit("/", 2)[1] == resource]
        for field, of in (("labelSelector", _labels), ("fieldSelector", _fields)):
            key, _, value = selectors.get(field, "").partition("=")
            found = [each for each in found if not key or (of(each).get(key) == value if value else key in of(each))]
        return found

    def create(self, path: str, body: Object) -> None:
        self.apply(f"{path}/{body['metadata']['name']}", body)

    def apply(self, path: str, body: Object) -> None:
        body["metadata"].setdefault("resourceVersion", "1")
        self.objects[path] = body

    def patch(self, path: str, body: Object) -> None:
        _merge(self.objects[path.removesuffix("/status")], body)

    def delete(self, path: str, at_once: bool = False) -> None:
        self.deleted.append(path)
        self.objects.pop(path, None)


def _labels(each: Object) -> dict[str, str]:
    return each["metadata"].get("labels", {})


def _fields(each: Object) -> dict[str, str]:
    return {
        "metadata.name": each["metadata"]["name"],
        "spec.nodeName": each.get("spec", {}).get("nodeName", ""),
        "status.phase": each.get("status", {}).get("phase", ""),
    }


def _merge(target: Object, change: Object) -> None:
    for key, value in change.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict):
            _merge(target.setdefault(key, {}), value)
        else:
            target[key] = value
