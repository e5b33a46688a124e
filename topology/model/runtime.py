"""What runs the workers: pods on EKS, tasks on ECS, or both while the one takes over from the other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from topology.model.base import Model

__all__ = ["Ecs", "Runtime"]


class Ecs(Model):
    """Workers as Fargate tasks: the runtime that EKS takes over from, and the way back. They are the same
    Connect cluster (group, topics and connectors by the same names), so that nothing is copied."""

    cluster_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,255}$")] | None = None
    """An ECS cluster that exists, with Container Insights on. Leave out to have one created."""
    desired_count: Annotated[int, Field(ge=0, le=100)] = 2
    """Tasks with a worker each. Default: 2, the report's replicas. 0 keeps all but the tasks: the last step
    of a handover and the first of the way back."""
    cpu_units: Annotated[int, Field(ge=256)] = 2048
    """1024 are a core. Default: 2048, the report's limit of a worker."""
    memory_mib: Annotated[int, Field(ge=512)] = 4096
    """Default: 4096, the report's limit of a worker. Fargate has certain pairs of CPU and memory only."""
    registry_endpoints: bool = True
    """In a created VPC, which has no way to the internet: create endpoints through which the images come out
    of ECR. Switch it off where the EKS cluster has brought them: a VPC takes each once."""


class Runtime(Model):
    """Which of the two exist; the default is EKS alone. `ecs: {}` beside it is the handover, and with
    `eks: false` it is ECS alone."""

    eks: bool = True
    """Whether the workers run on EKS. The EKS cluster itself and what it needs is not touched by this."""
    ecs: Ecs | None = None
    """Present: the workers run on ECS. Written `{}` where the defaults will do."""

    @property
    def kind(self) -> Literal["eks", "ecs", "both"]:
        """In a word."""
        if self.ecs is None:
            return "eks"
        return "both" if self.eks else "ecs"
