"""Mistakes about names of clusters, which topology/rules/replication/aliases.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import EAST, WEST, Case

__all__ = ["CASES"]

CASES: Final = (
    Case(
        "aliases-are-unique",
        {f"{EAST}/alias": "east", f"{WEST}/alias": "east"},
        "regions.us-west-2.alias",
        "is the alias of us-east-1 already",
    ),
    Case(
        "aliases-are-unique",
        {f"{EAST}/alias": "the-east", f"{WEST}/alias": "The_East"},
        "regions.us-west-2.alias",
        "gives the environment variable BOOTSTRAP_THE_EAST, which is that of us-east-1",
    ),
    Case(
        "aliases-are-not-taken-by-another-region",
        {f"{EAST}/alias": "us-west-2", f"{WEST}/alias": "west"},
        "regions.us-east-1.alias",
        "is the id of another region",
    ),
    Case(
        "aliases-are-the-same-everywhere",
        {"mirrormaker/connector_properties/source": {"source.cluster.alias": "elsewhere"}},
        "mirrormaker.connector_properties.source.source.cluster.alias",
        "an alias must be the same in every connector",
    ),
    Case(
        "topics-do-not-begin-with-an-alias",
        {"flows/0/topics": {"include": ["us-east-1.orders"]}},
        "flows[0].topics.include[0]",
        "begins with the alias of us-east-1",
    ),
    Case(
        "topics-do-not-begin-with-an-alias",
        {f"{EAST}/alias": "orders"},
        "flows[0].topics",
        "begins with the alias of us-east-1",
    ),
)
