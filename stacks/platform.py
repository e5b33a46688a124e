"""platform-R: what the workload needs of its Kubernetes cluster, each part optional."""

from __future__ import annotations

from constructs import Construct

from modules.chart_release import InstalledChart
from modules.eks_connection import EksConnection
from stacks.base import RegionStack
from topology.charts import chart_releases
from topology.model import Environment

__all__ = ["PlatformStack"]


class PlatformStack(RegionStack):
    """Helm releases: metrics-server, cluster-autoscaler, log routing."""

    def __init__(self, scope: Construct, environment: Environment, region: str) -> None:
        super().__init__(scope, "platform", environment, region)
        releases = chart_releases(environment, region, lambda output: self.read("identity", region, output))
        if releases:
            EksConnection(
                self, "eks", cluster_name=self.settings.eks.cluster_name, region=region
            ).helm_provider()
        for release in releases:
            InstalledChart(self, release.name, release)
