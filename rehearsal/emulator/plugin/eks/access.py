"""Access entries and pod identities: who may do what in the cluster, and which roles its service accounts have."""

from cloudformation import Created, Props, accepted, camel, register, tag_map
from kubernetes import Kubernetes
from ministack.core.responses import get_account_id, get_region
from ministack.services import eks
from settings import Settings

_RBAC = "/apis/rbac.authorization.k8s.io/v1"
_PLURALS = {"ClusterRole": "clusterroles", "ClusterRoleBinding": "clusterrolebindings", "RoleBinding": "rolebindings"}


def install(settings: Settings, kubernetes: Kubernetes) -> None:
    def reconcile(cluster: str, account: str | None = None, region: str | None = None) -> None:
        """EKS has its own authorizer for access policies. Here they become bindings of Kubernetes roles."""
        namespaces = [item["metadata"]["name"] for item in kubernetes.list("/api/v1/namespaces")]
        objects = eks._access_policy_rbac_objects(cluster, account or get_account_id(), region or get_region(), namespaces)
        wanted = {_path(each) for each in objects}
        for each in objects:
            kubernetes.apply(_path(each), each)
        for kind in ("ClusterRoleBinding", "RoleBinding"):
            for found in kubernetes.list(f"{_RBAC}/{_PLURALS[kind]}", labelSelector=f"{eks._ACCESS_POLICY_BINDING_LABEL}=true"):
                path = _path({**found, "kind": kind})
                if path not in wanted:
                    kubernetes.delete(path)

    eks._schedule_access_policy_reconcile = reconcile
    register("AWS::EKS::AccessEntry", _create_entry, _delete_entry, _update_entry, blocks=True)
    register("AWS::EKS::PodIdentityAssociation", _create_association, _delete_association)


def _path(each: Props) -> str:
    metadata = each["metadata"]
    scope = f"/namespaces/{metadata['namespace']}" if metadata.get("namespace") else ""
    return f"{_RBAC}{scope}/{_PLURALS[each['kind']]}/{metadata['name']}"


def _create_entry(logical_id: str, props: Props, stack: str) -> Created:
    cluster, principal = props["ClusterName"], props["PrincipalArn"]
    accepted(eks._create_access_entry(cluster, {
        "principalArn": principal, "type": props.get("Type", "STANDARD"), "username": props.get("Username", ""),
        "kubernetesGroups": props.get("KubernetesGroups", []), "tags": tag_map(props),
    }))
    for policy in props.get("AccessPolicies") or []:
        accepted(eks._associate_access_policy(cluster, principal, camel(policy)))
    return f"{principal}|{cluster}", _entry_attributes(cluster, principal)


def _update_entry(physical_id: str, old: Props, new: Props, stack: str, logical_id: str | None = None) -> Created:
    cluster, principal = new["ClusterName"], new["PrincipalArn"]
    if physical_id != f"{principal}|{cluster}":
        created = _create_entry(logical_id or physical_id, new, stack)
        _delete_entry(physical_id, old)
        return created
    for policy in old.get("AccessPolicies") or []:
        accepted(eks._disassociate_access_policy(cluster, principal, policy["PolicyArn"]))
    for policy in new.get("AccessPolicies") or []:
        accepted(eks._associate_access_policy(cluster, principal, camel(policy)))
    accepted(eks._update_access_entry(cluster, principal, {
        "kubernetesGroups": new.get("KubernetesGroups", []), "username": new.get("Username", ""),
    }))
    return physical_id, _entry_attributes(cluster, principal)


def _delete_entry(physical_id: str, props: Props) -> None:
    principal, cluster = physical_id.rsplit("|", 1)
    accepted(eks._delete_access_entry(cluster, principal))
    eks._schedule_access_policy_reconcile(cluster)


def _entry_attributes(cluster: str, principal: str) -> Props:
    return {"AccessEntryArn": eks._access_entries[eks._ae_key(cluster, principal)]["accessEntryArn"]}


def _create_association(logical_id: str, props: Props, stack: str) -> Created:
    wanted = camel({key: value for key, value in props.items() if key != "Tags"})
    association = accepted(eks._create_pod_identity_association(props["ClusterName"], {**wanted, "tags": tag_map(props)}))["association"]
    return association["associationId"], {
        "AssociationArn": association["associationArn"], "AssociationId": association["associationId"],
        "ExternalId": association.get("externalId", ""),
    }


def _delete_association(physical_id: str, props: Props) -> None:
    accepted(eks._delete_pod_identity_association(props["ClusterName"], physical_id))
