"""platform-R: what the workload needs of its Kubernetes cluster, each part optional."""

from __future__ import annotations

from cdktf import Fn
from constructs import Construct

from modules.kubernetes.chart_release import InstalledChart
from modules.kubernetes.eks_connection import EksConnection
from stacks.base import RegionStack
from topology.kubernetes.charts import AUTOSCALER_IMAGES, PlatformReferences, chart_releases
from topology.kubernetes.cluster_services import installs_any_chart
from topology.model import Environment

__all__ = ["PlatformStack"]


class PlatformStack(RegionStack):
    """Helm releases: metrics-server, cluster-autoscaler, log routing."""

    def __init__(self, scope: Construct, environment: Environment, region: str) -> None:
        super().__init__(scope, "platform", environment, region)
        if not installs_any_chart(environment, region):
            return
        eks = EksConnection(self, "eks", cluster_name=self.settings.eks.cluster_name, region=region)
        eks.helm_provider()
        references = PlatformReferences(
            output=lambda kind, output: self.read(kind, region, output),
            autoscaler_image_tag=lambda: _autoscaler_image_tag(eks.kubernetes_version),
        )
        for release in chart_releases(environment, region, references):
            InstalledChart(self, release.chart, release)


def _autoscaler_image_tag(kubernetes_version: str) -> str:
    """Looked up by Terraform, which asks EKS for the version ("1.33") at each plan."""
    tag: str = Fn.lookup(AUTOSCALER_IMAGES, kubernetes_version, f"v{kubernetes_version}.0")
    return tag
