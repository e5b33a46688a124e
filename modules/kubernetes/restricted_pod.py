"""Parts that every pod of the workload has: no rights, a token for STS, files, one writable directory.

Blocks that are present go to the API server whole, with false for booleans that were left out (provider
kubernetes 2.38): a container's security context without run_as_non_root overrides the pod's and is refused.
So both levels say everything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerEnv as Variable,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerResources as ContainerResources,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerSecurityContext as ContainerSecurity,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerSecurityContextCapabilities as Capabilities,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerSecurityContextSeccompProfile as ContainerSeccomp,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainerVolumeMount as Mount,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecSecurityContext as PodSecurity,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecSecurityContextSeccompProfile as PodSeccomp,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecToleration as PodToleration,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecVolume as Volume,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecVolumeConfigMap as ConfigMapVolume,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecVolumeEmptyDir as EmptyDirectory,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecVolumeProjected as ProjectedVolume,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecVolumeProjectedSources as ProjectedSources,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecVolumeProjectedSourcesServiceAccountToken as ProjectedToken,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecVolumeSecret as SecretVolume,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecVolumeSecretItems as SecretItem,
)

from topology.aws.arns import STS_AUDIENCE
from topology.kubernetes.pods import SCRATCH_SIZE, TOKEN_DIRECTORY, USER_ID, cpu_quantity, memory_quantity
from topology.model.mirrormaker import Toleration
from topology.replication.rest_auth import AUTH_DIRECTORY, CREDENTIALS_KEY

__all__ = [
    "container_security",
    "mounts",
    "pod_security",
    "resources",
    "tolerations",
    "variables",
    "volumes",
]

# the name that EKS's own webhook gives it: where the webhook runs too, it finds the volume and adds no second
TOKEN_VOLUME = "aws-iam-token"  # noqa: S105 - a name
TOKEN_SECONDS = 86400
"""What EKS's webhook asks for; the kubelet renews a token when four fifths of it are over."""
FILES_VOLUME = "files"
SCRATCH_VOLUME = "scratch"
SCRATCH_DIRECTORY = "/tmp"  # noqa: S108 - the container's own
READ_ALL = "0444"
CREDENTIALS_VOLUME = "rest-credentials"
READ_GROUP = "0440"
"""For the pod's group, which fs_group gives the volume."""


def pod_security() -> PodSecurity:
    """Nobody in particular; fs_group lets that user read the projected token."""
    user = str(USER_ID)
    return PodSecurity(
        run_as_non_root=True,
        run_as_user=user,
        run_as_group=user,
        fs_group=user,
        seccomp_profile=PodSeccomp(type="RuntimeDefault"),
    )


def container_security() -> ContainerSecurity:
    """What the level restricted demands, and a root file system that cannot be written to."""
    user = str(USER_ID)
    return ContainerSecurity(
        run_as_non_root=True,
        run_as_user=user,
        run_as_group=user,
        privileged=False,
        allow_privilege_escalation=False,
        read_only_root_filesystem=True,
        capabilities=Capabilities(drop=["ALL"]),
        seccomp_profile=ContainerSeccomp(type="RuntimeDefault"),
    )


def volumes(config_map: str, secret: str | None = None) -> list[Volume]:
    """The ConfigMap's files, a token for STS, room to write and, where there is a Secret, the credentials for
    Connect's REST interface: a pod waits until the Secret has them.

    The token is projected here and not left to EKS's webhook: that one is skipped while it does not answer
    (its failure policy is Ignore), and pods without credentials would start; and so the pods are the same on
    any cluster.
    """
    token = ProjectedToken(path="token", audience=STS_AUDIENCE, expiration_seconds=TOKEN_SECONDS)
    return [
        Volume(name=FILES_VOLUME, config_map=ConfigMapVolume(name=config_map, default_mode=READ_ALL)),
        Volume(
            name=TOKEN_VOLUME,
            projected=[ProjectedVolume(sources=[ProjectedSources(service_account_token=token)])],
        ),
        Volume(name=SCRATCH_VOLUME, empty_dir=EmptyDirectory(size_limit=SCRATCH_SIZE)),
        *([_credentials(secret)] if secret else []),
    ]


def mounts(files: str, secret: str | None = None) -> list[Mount]:
    """Where the container finds the volumes; `files`: the directory of the ConfigMap's files."""
    credentials = Mount(name=CREDENTIALS_VOLUME, mount_path=AUTH_DIRECTORY, read_only=True)
    return [
        Mount(name=FILES_VOLUME, mount_path=files, read_only=True),
        Mount(name=TOKEN_VOLUME, mount_path=TOKEN_DIRECTORY, read_only=True),
        Mount(name=SCRATCH_VOLUME, mount_path=SCRATCH_DIRECTORY),
        *([credentials] if secret else []),
    ]


def variables(values: Mapping[str, str]) -> list[Variable]:
    """Environment variables, by name, so that an added one moves no others in a plan."""
    return [Variable(name=name, value=values[name]) for name in sorted(values)]


def resources(
    *, cpu_request: int, memory_request: int, memory_limit: int, cpu_limit: int | None = None
) -> ContainerResources:
    """Requests and limits, in millicores and MiB."""
    limits = {"memory": memory_quantity(memory_limit)}
    if cpu_limit is not None:
        limits["cpu"] = cpu_quantity(cpu_limit)
    requests = {"cpu": cpu_quantity(cpu_request), "memory": memory_quantity(memory_request)}
    return ContainerResources(requests=requests, limits=limits)


def tolerations(given: Sequence[Toleration]) -> list[PodToleration] | None:
    """Taints that the pods accept; None where there are none, so that no empty block is in the plan."""
    return [
        PodToleration(key=one.key, operator=one.operator, value=one.value, effect=one.effect) for one in given
    ] or None


def _credentials(secret: str) -> Volume:
    item = SecretItem(key=CREDENTIALS_KEY, path=CREDENTIALS_KEY)
    return Volume(
        name=CREDENTIALS_VOLUME,
        secret=SecretVolume(secret_name=secret, default_mode=READ_GROUP, items=[item]),
    )
