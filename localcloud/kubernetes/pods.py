"""The workers of every region as pods: a cluster a region, with the objects of its mirrormaker stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from image import BuiltImage
from localcloud.cloud import LocalCloud, LocalCloudError
from localcloud.deployment import state_outputs
from localcloud.kubernetes.cluster import KubernetesCluster
from localcloud.kubernetes.credentials import stand_for_eks
from localcloud.kubernetes.provider import apply_stack, provider_is_to_be_had
from localcloud.kubernetes.workload import Workload, localized, workload_images
from operations.manifests.references import outputs_in
from operations.terraform.synthesized import Stack, Synthesized
from topology.replication.flows import flows_into
from topology.replication.rest_auth import rest_secret
from topology.state.stacks import stack_name

__all__ = ["Pods", "start_pods"]


@dataclass
class Pods:
    """Clusters by region, each with its workload."""

    clusters: dict[str, KubernetesCluster] = field(default_factory=dict)
    workloads: dict[str, Workload] = field(default_factory=dict)
    _started: ExitStack = field(default_factory=ExitStack, repr=False)

    def how_to_look(self) -> str:
        """A command that shows the pods of a region."""
        cluster = next(iter(self.clusters.values()))
        return f"KUBECONFIG={cluster.kubeconfig} {cluster.kubectl.program} get pods --all-namespaces"

    def keep(self) -> None:
        """Leave the clusters running when this program ends."""
        self._started.pop_all()

    def stop(self) -> None:
        """End the clusters, one after the other."""
        self._started.close()


def start_pods(
    cloud: LocalCloud, synthesized: Synthesized, *, on_step: Callable[[str], None] = lambda _: None
) -> Pods:
    """Start a cluster in each target region and deploy its mirrormaker stack to it: by Terraform where the
    Kubernetes provider can be had, else by the converter; `on_step` says which. Returns when all connectors
    run, which is when the operations pods are ready.

    Raises ClusterStartError, ImageError, KubectlError or TerraformError; what was started is stopped. Raises
    LocalCloudError for an environment whose pods wait for a Secret, which nobody makes here.
    """
    if secret := rest_secret(cloud.environment.mirrormaker):
        raise LocalCloudError(
            f"mirrormaker.rest.basic_auth: no Secret {secret} here; RUNTIME=processes has users"
        )
    pods = Pods()
    regions = [region for region in cloud.environment.regions if flows_into(cloud.environment, region)]
    stacks = {region: synthesized.stacks[stack_name("mirrormaker", region)] for region in regions}
    try:
        images = _images(cloud)
        by_terraform = provider_is_to_be_had(next(iter(stacks.values())))
        for region, stack in stacks.items():
            logs = cloud.directory / region / "kubernetes"
            cluster = pods._started.enter_context(KubernetesCluster.start(cloud.wan, region, logs, on_step))
            cluster.import_images(images)
            pods.clusters[region] = cluster
            pods.workloads[region] = _deploy(cloud, cluster, stack, by_terraform, on_step)
        for region, workload in pods.workloads.items():
            workload.wait_rolled()
            on_step(f"pods of {region} are ready: {', '.join(workload.names('Deployment'))}")
    except BaseException:
        pods.stop()
        raise
    return pods


def _images(cloud: LocalCloud) -> list[BuiltImage]:
    directory = cloud.directory / "images"
    directory.mkdir(parents=True, exist_ok=True)
    return workload_images(cloud.environment.mirrormaker, directory)


def _deploy(
    cloud: LocalCloud,
    cluster: KubernetesCluster,
    stack: Stack,
    by_terraform: bool,
    on_step: Callable[[str], None],
) -> Workload:
    configuration = localized(stack.configuration)
    workload = Workload(cluster.kubectl, configuration, _deployed_outputs(cloud, configuration))
    eks = cloud.environment.regions[cluster.region].eks.cluster_name
    stand_for_eks(cluster, cluster.region, eks, cloud.aws, cloud.credentials)
    if by_terraform:
        changed = apply_stack(stack, configuration, cloud.variables, on_step)
        on_step(f"{stack.name}: deployed by terraform; a second run changed {changed}")
    else:
        workload.apply(wait=False)
        on_step(
            f"{stack.name}: {len(workload.objects)} objects applied by the converter, since Terraform's"
            " Kubernetes provider cannot be had here"
        )
    return workload


def _deployed_outputs(cloud: LocalCloud, configuration: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Outputs of the stacks that this one reads, out of the emulated account's state buckets."""
    return {
        name: state_outputs(cloud, address["config"])
        for name, address in configuration["data"]["terraform_remote_state"].items()
        if name in outputs_in(configuration["resource"])
    }
