"""The containers of the operations pod, both of the operations image: what keeps the connectors and what
publishes how replication goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainer as Container,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerEnv as Variable,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerEnvValueFrom as ValueFrom,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerEnvValueFromFieldRef as FieldRef,
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

from modules.kubernetes import restricted_pod
from topology.kubernetes.pods import CONNECTOR_DIRECTORY, OPERATIONS_PORT, PROBE_PORT
from topology.model.mirrormaker import Operations

__all__ = ["probe_container", "reconciler_container"]

OWN_POD = (("POD_NAME", "metadata.name"), ("POD_UID", "metadata.uid"))
"""Whom the reconciler's events are about."""


def reconciler_container(
    operations: Operations, arguments: Sequence[str], variables: Mapping[str, str], secret: str | None
) -> Container:
    """Ready while no connector has failed (operations/reconciler/status.py: /healthz is about the loop,
    /readyz about what it found). `secret`: whose credentials Connect asks for."""
    return _container(
        "reconciler",
        operations,
        arguments,
        variables,
        secret,
        port=ContainerPort(name="http-metrics", container_port=OPERATIONS_PORT, protocol="TCP"),
        liveness=_liveness("/healthz", "http-metrics"),
        readiness=ReadinessProbe(
            http_get=ReadinessGet(path="/readyz", port="http-metrics", scheme="HTTP"),
            period_seconds=10,
            timeout_seconds=5,
            failure_threshold=3,
        ),
        fields=OWN_POD,
    )


def probe_container(
    operations: Operations, arguments: Sequence[str], variables: Mapping[str, str], secret: str | None
) -> Container:
    """Always ready: what it measures is no reason to take it away."""
    return _container(
        "probe",
        operations,
        arguments,
        variables,
        secret,
        port=ContainerPort(name="http-probe", container_port=PROBE_PORT, protocol="TCP"),
        liveness=_liveness("/metrics", "http-probe"),
    )


def _container(
    name: str,
    operations: Operations,
    arguments: Sequence[str],
    variables: Mapping[str, str],
    secret: str | None,
    *,
    port: ContainerPort,
    liveness: LivenessProbe,
    readiness: ReadinessProbe | None = None,
    fields: Sequence[tuple[str, str]] = (),
) -> Container:
    return Container(
        name=name,
        image=operations.image.reference,
        image_pull_policy="IfNotPresent",
        termination_message_policy="FallbackToLogsOnError",
        args=list(arguments),
        env=[*restricted_pod.variables(variables), *_fields(fields)],
        port=[port],
        liveness_probe=liveness,
        readiness_probe=readiness,
        resources=restricted_pod.resources(
            cpu_request=operations.cpu_request_millicores,
            memory_request=operations.memory_request_mib,
            memory_limit=operations.memory_limit_mib,
        ),
        security_context=restricted_pod.container_security(),
        volume_mount=restricted_pod.mounts(CONNECTOR_DIRECTORY, secret),
    )


def _fields(fields: Sequence[tuple[str, str]]) -> list[Variable]:
    return [
        Variable(name=name, value_from=ValueFrom(field_ref=FieldRef(field_path=path)))
        for name, path in fields
    ]


def _liveness(path: str, port: str) -> LivenessProbe:
    return LivenessProbe(
        http_get=LivenessGet(path=path, port=port, scheme="HTTP"),
        initial_delay_seconds=10,
        period_seconds=20,
        timeout_seconds=5,
        failure_threshold=3,
    )
