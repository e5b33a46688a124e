"""The ECS cluster of the workers."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.ecs_cluster import EcsCluster, EcsClusterSetting
from constructs import Construct

__all__ = ["TaskCluster"]


class TaskCluster(Construct):
    """A cluster with Container Insights, which publishes what the alarms read. The machines are Fargate's."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        super().__init__(scope, construct_id)
        self.cluster = EcsCluster(
            self,
            "Default",
            name=name,
            setting=[EcsClusterSetting(name="containerInsights", value="enabled")],
        )

    @property
    def name(self) -> str:
        """Name of the cluster; whoever uses it waits until it exists."""
        return self.cluster.name
