"""A Kubernetes service account with an AWS role."""

from __future__ import annotations

from cdktf_cdktf_provider_kubernetes.service_account_v1 import ServiceAccountV1, ServiceAccountV1Metadata
from constructs import Construct

from modules.kubernetes.workload_namespace import WorkloadNamespace
from topology.iam.subjects import ROLE_ANNOTATION

__all__ = ["IrsaServiceAccount"]


class IrsaServiceAccount(Construct):
    """Service account annotated with the role that trusts it (EKS User Guide, "Assign IAM roles to
    Kubernetes service accounts"). Its token for the API server is not mounted: a pod that needs one says
    so."""

    name: str
    resource: ServiceAccountV1

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        namespace: WorkloadNamespace,
        name: str,
        role_arn: str,
        labels: dict[str, str],
    ) -> None:
        super().__init__(scope, id_)
        self.name = name
        self.resource = ServiceAccountV1(
            self,
            "Default",
            metadata=ServiceAccountV1Metadata(
                name=name,
                namespace=namespace.name,
                labels=labels,
                annotations={ROLE_ANNOTATION: role_arn},
            ),
            automount_service_account_token=False,
            depends_on=[namespace.resource],
        )
