"""An environment on each of its runtimes."""

from __future__ import annotations

from typing import Any

from tests.unit.topology.environments import environment
from topology.model import Environment

__all__ = ["EAST", "POD_RANGE", "RUNTIMES", "of_kind"]

EAST = "us-east-1"
POD_RANGE = "100.64.0.0/16"
RUNTIMES: dict[str, dict[str, Any]] = {
    "ecs": {"eks": False, "ecs": {}},
    "both": {"ecs": {}},
    "eks": {},
}


def of_kind(kind: str) -> Environment:
    """Pods in a range of their own in one region, and within the VPC in the other."""
    return environment({"runtime": RUNTIMES[kind], f"regions/{EAST}/eks/pod_cidrs": [POD_RANGE]})
