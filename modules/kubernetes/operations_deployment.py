"""The Deployment of the reconciler and the probe."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1,
    DeploymentV1Metadata,
    DeploymentV1Spec,
    DeploymentV1SpecSelector,
    DeploymentV1SpecStrategy,
    DeploymentV1SpecTemplate,
    DeploymentV1SpecTemplateMetadata,
    DeploymentV1SpecTemplateSpec,
    DeploymentV1Timeouts,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainer as Container,
)
from constructs import Construct

from modules.kubernetes import restricted_pod
from modules.kubernetes.connect_deployment import KEPT_REVISIONS, RESTARTED_AT, ConnectDeployment, PodHome
from modules.kubernetes.operations_rbac import OperationsRole
from topology.kubernetes.pods import (
    OPERATIONS_GRACE_SECONDS,
    OPERATIONS_PORT,
    pod_annotations,
    pod_labels,
)
from topology.model.mirrormaker import MirrorMaker
from topology.replication.rest_auth import rest_secret

__all__ = ["OperationsDeployment"]

ROLLOUT = "5m"
"""Time for all connectors to run; a deploy that does not get there fails, on purpose
(operations/reconciler/status.py). The pod's events say why: `kubectl get events -n <namespace>`."""


class OperationsDeployment(Construct):
    """One pod that keeps the connectors as the mounted ConfigMap says; never two at a time. It comes after
    the workers, because without them it has nobody to talk to."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        home: PodHome,
        name: str,
        workload: MirrorMaker,
        containers: Sequence[Container],
        workers: ConnectDeployment,
        role: OperationsRole,
    ) -> None:
        super().__init__(scope, id_)
        DeploymentV1(
            self,
            "Default",
            metadata=DeploymentV1Metadata(name=name, namespace=home.namespace.name, labels=home.labels.all),
            spec=DeploymentV1Spec(
                replicas="1",
                revision_history_limit=KEPT_REVISIONS,
                selector=DeploymentV1SpecSelector(match_labels=home.labels.selector),
                strategy=DeploymentV1SpecStrategy(type="Recreate"),
                template=_template(home, workload, containers),
            ),
            wait_for_rollout=True,
            timeouts=DeploymentV1Timeouts(create=ROLLOUT, update=ROLLOUT),
            lifecycle=TerraformResourceLifecycle(ignore_changes=[RESTARTED_AT]),
            depends_on=[*home.dependencies, workers.resource, role.binding],
        )


def _template(
    home: PodHome, workload: MirrorMaker, containers: Sequence[Container]
) -> DeploymentV1SpecTemplate:
    return DeploymentV1SpecTemplate(
        metadata=DeploymentV1SpecTemplateMetadata(
            labels=pod_labels(home.labels, workload.tracing),
            annotations=pod_annotations(workload.tracing, OPERATIONS_PORT),
        ),
        spec=DeploymentV1SpecTemplateSpec(
            service_account_name=home.service_account.name,
            automount_service_account_token=True,  # it writes events and looks at the workers' pods
            enable_service_links=False,
            priority_class_name=home.namespace.priority_class_name,
            termination_grace_period_seconds=OPERATIONS_GRACE_SECONDS,
            node_selector=workload.node_selector or None,
            toleration=restricted_pod.tolerations(workload.tolerations),
            security_context=restricted_pod.pod_security(),
            container=list(containers),
            volume=restricted_pod.volumes(home.files.name, rest_secret(workload)),
        ),
    )
