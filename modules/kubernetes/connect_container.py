"""The container of a Connect worker."""

from __future__ import annotations

from collections.abc import Mapping

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
    DeploymentV1SpecTemplateSpecContainerLifecycle as Lifecycle,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerLifecyclePreStop as PreStop,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerLifecyclePreStopExec as PreStopCommand,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerLivenessProbe as LivenessProbe,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerLivenessProbeExec as LivenessCommand,
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
    DeploymentV1SpecTemplateSpecContainerReadinessProbeExec as ReadinessCommand,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerReadinessProbeHttpGet as ReadinessGet,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerStartupProbe as StartupProbe,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerStartupProbeExec as StartupCommand,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerStartupProbeHttpGet as StartupGet,
)

from modules.kubernetes import restricted_pod
from topology.kubernetes.pods import (
    METRICS_PORT,
    REST_PORT_NAME,
    WORKER_DIRECTORY,
    probe_command,
    worker_arguments,
)
from topology.kubernetes.workload import PRE_STOP_SECONDS, REST_PORT, HealthProbe, probes
from topology.model.mirrormaker import MirrorMaker
from topology.replication.rest_auth import rest_secret

__all__ = ["connect_container"]


def connect_container(workload: MirrorMaker, variables: Mapping[str, str]) -> Container:
    """Connect with `java` as its first process. `variables`: bootstrap servers and identity; POD_IP is the
    address under which the other workers find it."""
    probe, secret = probes(), rest_secret(workload)
    secured = secret is not None
    pod_ip = ValueFrom(field_ref=FieldRef(field_path="status.podIP"))
    wanted = workload.resources
    return Container(
        name="connect",
        image=workload.image.reference,
        image_pull_policy="IfNotPresent",
        # the pod's status then holds the end of a dead worker's log, and the reconciler says the cause
        termination_message_policy="FallbackToLogsOnError",
        args=list(worker_arguments(workload)),
        env=[*restricted_pod.variables(variables), Variable(name="POD_IP", value_from=pod_ip)],
        port=[
            ContainerPort(name=REST_PORT_NAME, container_port=REST_PORT, protocol="TCP"),
            ContainerPort(name="http-metrics", container_port=METRICS_PORT, protocol="TCP"),
        ],
        startup_probe=_startup(probe["startup"], secured),
        readiness_probe=_readiness(probe["readiness"], secured),
        liveness_probe=_liveness(probe["liveness"], secured),
        lifecycle=Lifecycle(
            # the provider knows no other way to wait; the image has coreutils
            pre_stop=[PreStop(exec=PreStopCommand(command=["sleep", str(PRE_STOP_SECONDS)]))]
        ),
        resources=restricted_pod.resources(
            cpu_request=wanted.cpu_request_millicores,
            cpu_limit=wanted.cpu_limit_millicores,
            memory_request=wanted.memory_request_mib,
            memory_limit=wanted.memory_limit_mib,
        ),
        security_context=restricted_pod.container_security(),
        volume_mount=restricted_pod.mounts(WORKER_DIRECTORY, secret),
    )


def _startup(probe: HealthProbe, secured: bool) -> StartupProbe:
    return StartupProbe(
        http_get=None if secured else StartupGet(path=probe.path, port=REST_PORT_NAME, scheme="HTTP"),
        exec=StartupCommand(command=list(probe_command(probe))) if secured else None,
        initial_delay_seconds=probe.initial_delay_seconds,
        period_seconds=probe.period_seconds,
        timeout_seconds=probe.timeout_seconds,
        failure_threshold=probe.failure_threshold,
    )


def _readiness(probe: HealthProbe, secured: bool) -> ReadinessProbe:
    return ReadinessProbe(
        http_get=None if secured else ReadinessGet(path=probe.path, port=REST_PORT_NAME, scheme="HTTP"),
        exec=ReadinessCommand(command=list(probe_command(probe))) if secured else None,
        initial_delay_seconds=probe.initial_delay_seconds,
        period_seconds=probe.period_seconds,
        timeout_seconds=probe.timeout_seconds,
        failure_threshold=probe.failure_threshold,
    )


def _liveness(probe: HealthProbe, secured: bool) -> LivenessProbe:
    return LivenessProbe(
        http_get=None if secured else LivenessGet(path=probe.path, port=REST_PORT_NAME, scheme="HTTP"),
        exec=LivenessCommand(command=list(probe_command(probe))) if secured else None,
        initial_delay_seconds=probe.initial_delay_seconds,
        period_seconds=probe.period_seconds,
        timeout_seconds=probe.timeout_seconds,
        failure_threshold=probe.failure_threshold,
    )
