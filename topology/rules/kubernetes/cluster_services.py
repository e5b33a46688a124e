"""What an EKS cluster has once: it is asked for where some cluster of the environment can have it."""

from __future__ import annotations

from collections.abc import Iterator

from topology.environment_file.problem import Problem
from topology.model import Environment
from topology.rules.registry import rule

OF_THE_CLUSTER = ("metrics_server", "cluster_autoscaler", "container_insights")


@rule
def configured_services_are_installed(environment: Environment) -> Iterator[Problem]:
    """Settings of what no region installs would be ignored, and nothing would say so."""
    if any(settings.eks.owns_cluster_services for settings in environment.regions.values()):
        return
    for name in OF_THE_CLUSTER:
        service = getattr(environment.platform, name)
        given = sorted(service.model_fields_set)
        if name in environment.platform.model_fields_set and given and service.enabled:
            yield Problem(
                ("platform", name),
                "is installed in no region: every region has eks.owns_cluster_services: false",
                found=", ".join(given),
                allowed="no such section, enabled: false, or a region whose cluster services this"
                " environment owns",
            )
