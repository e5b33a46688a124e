"""Mistakes about what a cluster has once, which topology/rules/kubernetes/cluster_services.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import EAST, WEST, Case

__all__ = ["CASES"]

NOT_OURS: Final = {f"{region}/eks/owns_cluster_services": False for region in (EAST, WEST)}

CASES: Final = tuple(
    Case(
        "configured-services-are-installed",
        {**NOT_OURS, f"platform/{service}": given},
        f"platform.{service}",
        "is installed in no region",
        "no such section, enabled: false, or a region whose cluster services this environment owns",
    )
    for service, given in (
        ("metrics_server", {"chart_version": "3.13.0"}),
        ("cluster_autoscaler", {"chart_version": "9.46.6", "values": {"replicaCount": 2}}),
        ("container_insights", {"enabled": True}),
    )
)
