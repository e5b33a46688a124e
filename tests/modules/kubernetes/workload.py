"""What the constructs of the workload are given: a namespace, labels, a home for pods."""

from __future__ import annotations

from typing import Any

from cdktf import TerraformStack
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1,
    DeploymentV1Metadata,
    DeploymentV1Spec,
    DeploymentV1SpecTemplate,
    DeploymentV1SpecTemplateMetadata,
    DeploymentV1SpecTemplateSpec,
)
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainer as Container,
)

from modules.kubernetes.connect_deployment import PodHome
from modules.kubernetes.hashed_config_map import HashedConfigMap
from modules.kubernetes.irsa_service_account import IrsaServiceAccount
from modules.kubernetes.workload_namespace import WorkloadNamespace
from tests.modules.synthesized import synthesized
from tests.synth.stack_json import resource
from topology.kubernetes.pods import Labels
from topology.model import MirrorMaker
from topology.model.mirrormaker import BasicAuth, Rest

__all__ = [
    "LABELS",
    "NAMESPACE",
    "SECURED",
    "home",
    "namespace",
    "pod_spec",
    "synthesized_container",
    "synthesized_pod",
]

LABELS = Labels({"component": "worker"}, {"part-of": "orders"})
NAMESPACE = "kubernetes_namespace_v1.namespace"
"""Address of the namespace, which everything in it comes after."""
SECURED = MirrorMaker(rest=Rest(basic_auth=BasicAuth(secret="connect-rest")))
"""Connect's REST interface asks for credentials."""


def namespace(stack: TerraformStack) -> WorkloadNamespace:
    """The namespace `mm2`."""
    return WorkloadNamespace(
        stack, "namespace", name="mm2", priority_class="orders-test", labels=LABELS.shared
    )


def home(stack: TerraformStack, inside: WorkloadNamespace) -> PodHome:
    """Service account and files of pods."""
    account = IrsaServiceAccount(
        stack, "account", namespace=inside, name="mm2-worker", role_arn="arn:role", labels=LABELS.all
    )
    files = HashedConfigMap(
        stack, "files", namespace=inside, prefix="mm2", files={"a": "b"}, labels=LABELS.all
    )
    return PodHome(inside, account, files, LABELS)


def pod_spec(deployment: dict[str, Any]) -> dict[str, Any]:
    """The specification of a deployment's pods."""
    found: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return found


def synthesized_pod(spec: DeploymentV1SpecTemplateSpec) -> dict[str, Any]:
    """A pod's specification as Terraform gets it, in a Deployment that has nothing else."""

    def build(stack: TerraformStack) -> None:
        template = DeploymentV1SpecTemplate(metadata=DeploymentV1SpecTemplateMetadata(), spec=spec)
        DeploymentV1(stack, "pods", metadata=DeploymentV1Metadata(), spec=DeploymentV1Spec(template=template))

    return pod_spec(resource(synthesized(build), "kubernetes_deployment_v1", "pods"))


def synthesized_container(container: Container) -> dict[str, Any]:
    """The same for a container."""
    (found,) = synthesized_pod(DeploymentV1SpecTemplateSpec(container=[container]))["container"]
    made: dict[str, Any] = found
    return made
