"""The Deployment of the reconciler and probe."""

from __future__ import annotations

from collections.abc import Mapping

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
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerLivenessProbe as LivenessProbe,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerLivenessProbeHttpGet as LivenessGet,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerPort as ContainerPort,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerReadinessProbe as ReadinessProbe,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerReadinessProbeHttpGet as ReadinessGet,
)
from constructs import Construct

from modules import restricted_pod
from modules.connect_deployment import KEPT_REVISIONS, RESTARTED_AT, ConnectDeployment, PodHome
from modules.connect_services import ConnectServices
from modules.event_writer import EventWriter
from topology.model.mirrormaker import MirrorMaker
from topology.pods import (
    CONNECTOR_DIRECTORY,
    OPERATIONS_GRACE_SECONDS,
    OPERATIONS_PORT,
    operations_arguments,
    pod_annotations,
    pod_labels,
)

__all__ = ["OperationsDeployment"]

PORT_NAME = "http-metrics"
ROLLOUT = "5m"
"""It is ready when no connector has failed, which tells a deploy at once that replication does not start."""


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
        variables: Mapping[str, str],
        connect: ConnectServices,
        workers: ConnectDeployment,
        events: EventWriter,
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
                template=_template(home, workload, _container(workload, variables, connect.name)),
            ),
            wait_for_rollout=True,
            timeouts=DeploymentV1Timeouts(create=ROLLOUT, update=ROLLOUT),
            lifecycle=TerraformResourceLifecycle(ignore_changes=[RESTARTED_AT]),
            depends_on=[*home.dependencies, workers.resource, events.binding],
        )


def _template(home: PodHome, workload: MirrorMaker, container: Container) -> DeploymentV1SpecTemplate:
    return DeploymentV1SpecTemplate(
        metadata=DeploymentV1SpecTemplateMetadata(
            labels=pod_labels(home.labels, workload.tracing),
            annotations=pod_annotations(workload.tracing, OPERATIONS_PORT),
        ),
        spec=DeploymentV1SpecTemplateSpec(
            service_account_name=home.service_account.name,
            automount_service_account_token=True,  # it writes events
            enable_service_links=False,
            priority_class_name=home.namespace.priority_class_name,
            termination_grace_period_seconds=OPERATIONS_GRACE_SECONDS,
            node_selector=workload.node_selector or None,
            toleration=restricted_pod.tolerations(workload.tolerations),
            security_context=restricted_pod.pod_security(),
            container=[container],
            volume=restricted_pod.volumes(home.files.name),
        ),
    )


def _container(workload: MirrorMaker, variables: Mapping[str, str], service: str) -> Container:
    operations = workload.operations
    return Container(
        name="operations",
        image=operations.image.reference,
        image_pull_policy="IfNotPresent",
        args=list(operations_arguments(operations, service)),
        env=restricted_pod.variables(variables),
        port=[ContainerPort(name=PORT_NAME, container_port=OPERATIONS_PORT, protocol="TCP")],
        # operations/status.py: /healthz is about the loop, /readyz about what it found
        liveness_probe=LivenessProbe(
            http_get=LivenessGet(path="/healthz", port=PORT_NAME, scheme="HTTP"),
            initial_delay_seconds=10,
            period_seconds=20,
            timeout_seconds=5,
            failure_threshold=3,
        ),
        readiness_probe=ReadinessProbe(
            http_get=ReadinessGet(path="/readyz", port=PORT_NAME, scheme="HTTP"),
            period_seconds=10,
            timeout_seconds=5,
            failure_threshold=3,
        ),
        resources=restricted_pod.resources(
            cpu_request=operations.cpu_request_millicores,
            memory_request=operations.memory_request_mib,
            memory_limit=operations.memory_limit_mib,
        ),
        security_context=restricted_pod.container_security(),
        volume_mount=restricted_pod.mounts(CONNECTOR_DIRECTORY),
    )
