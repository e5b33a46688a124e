"""What the operations pod may do on the API server."""

from __future__ import annotations

from cdktf_cdktf_provider_kubernetes.role_binding_v1 import (
    RoleBindingV1,
    RoleBindingV1Metadata,
    RoleBindingV1RoleRef,
    RoleBindingV1Subject,
)
from cdktf_cdktf_provider_kubernetes.role_v1 import RoleV1, RoleV1Metadata, RoleV1Rule
from constructs import Construct

from modules.kubernetes.irsa_service_account import IrsaServiceAccount
from modules.kubernetes.workload_namespace import WorkloadNamespace

__all__ = ["OperationsRole"]


class OperationsRole(Construct):
    """Lets a service account write the events of its namespace and see its pods, and nothing else.

    patch raises the count of an event that comes again (Kubernetes API reference, Event v1, series); list
    shows why a worker does not start. Pods hold no secrets: the workers' identity is a projected token.
    """

    binding: RoleBindingV1

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namespace: WorkloadNamespace,
        service_account: IrsaServiceAccount,
        labels: dict[str, str],
    ) -> None:
        super().__init__(scope, id_)
        name = service_account.name
        role = RoleV1(
            self,
            "Default",
            metadata=RoleV1Metadata(name=name, namespace=namespace.name, labels=labels),
            rule=[
                RoleV1Rule(api_groups=["events.k8s.io"], resources=["events"], verbs=["create", "patch"]),
                RoleV1Rule(api_groups=[""], resources=["pods"], verbs=["list"]),
            ],
            depends_on=[namespace.resource],
        )
        self.binding = RoleBindingV1(
            self,
            "binding",
            metadata=RoleBindingV1Metadata(name=name, namespace=namespace.name, labels=labels),
            role_ref=RoleBindingV1RoleRef(api_group="rbac.authorization.k8s.io", kind="Role", name=name),
            subject=[RoleBindingV1Subject(kind="ServiceAccount", name=name, namespace=namespace.name)],
            depends_on=[role, service_account.resource],
        )
