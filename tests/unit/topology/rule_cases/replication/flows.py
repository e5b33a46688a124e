"""Mistakes about flows, which topology/rules/replication/flows.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.environments import third_region
from tests.unit.topology.rule_cases.case import Case

__all__ = ["CASES"]

CASES: Final = (
    Case(
        "flows-name-regions-of-the-environment",
        {"flows/0": {"source": "us-east-1", "target": "eu-west-1"}},
        "flows[0].target",
        "is not a region of this environment",
        "us-east-1, us-west-2",
    ),
    Case(
        "flows-name-regions-of-the-environment",
        {"flows/0": {"source": "us-east-1"}},
        "flows[0]",
        "lacks target",
    ),
    Case(
        "flows-name-regions-of-the-environment",
        {"flows/0": {"source": "us-east-1", "target": "us-east-1"}},
        "flows[0].target",
        "is the source",
    ),
    Case(
        "flows-name-regions-of-the-environment",
        {"flows/0/source": "us-east-1"},
        "flows[0].source",
        "does not go with active_active",
    ),
    Case(
        "flows-name-regions-of-the-environment",
        {"flows/0/regions": ["us-east-1"]},
        "flows[0].regions",
        "needs two regions",
    ),
    Case(
        "a-set-names-each-region-once",
        {"flows/0/regions": ["us-east-1", "us-west-2", "us-east-1"]},
        "flows[0].regions[2]",
        "is listed more than once",
    ),
    Case(
        "a-direction-is-in-one-flow-only",
        {"flows/1": {"source": "us-east-1", "target": "us-west-2", "checkpoints": {"enabled": False}}},
        "flows[1]",
        "replicates us-east-1 to us-west-2, as flows[0] does",
    ),
    Case(
        "identity-policy-only-one-way",
        {"flows/0/policy": "identity"},
        "flows[0].policy",
        "identity is refused between regions that replicate both ways (it creates a replication loop)",
        "default",
    ),
    Case(
        "identity-policy-only-one-way",
        {
            "regions/eu-west-1": third_region(),
            "flows/0": {"source": "us-east-1", "target": "us-west-2", "policy": "identity"},
            "flows/1": {"source": "us-west-2", "target": "eu-west-1", "policy": "identity"},
            "flows/2": {"source": "eu-west-1", "target": "us-east-1", "policy": "identity"},
        },
        "flows[1].policy",
        "identity is refused",
    ),
    Case(
        "mirrored-topics-are-not-mirrored-again",
        {"regions/eu-west-1": third_region(), "flows/0/topics": {"include": ["*"]}},
        "flows[0].topics.include[0]",
        "they would be mirrored again and again",
    ),
    Case(
        "group-offsets-do-not-fight",
        {"flows/0/groups/include": ["app-*"]},
        "flows[0].groups.include",
        "they would overwrite each other",
    ),
    Case(
        "topic-names-are-told-once",
        {"flows/0/topics": {"include": ["orders.*", "orders.eu"]}},
        "flows[0].topics.include[1]",
        "is within orders.*",
    ),
    Case(
        "every-worker-has-a-task",
        {"flows/0/tasks_max": 2},
        "flows[0].tasks_max",
        "is less than mirrormaker.replicas.max (6)",
        "at least 6; the default is 12",
    ),
)
