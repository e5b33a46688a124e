"""Mistakes about who reaches the brokers, most of which topology/rules/network/broker_access.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import EAST, WEST, Case

__all__ = ["CASES"]

MANY = [f"192.168.{number}.0/24" for number in range(57)]
"""With two ranges of workers and two exporters one rule more than 60."""
GROUP = "sg-0123456789abcdef0"

CASES: Final = (
    Case(
        "clients-are-not-everybody",
        {"kafka/client_cidrs": ["10.9.0.0/16", "0.0.0.0/0"]},
        "kafka.client_cidrs[1]",
        "admits every address",
    ),
    Case(
        "identifiers-belong-to-one-region",
        {"kafka/client_security_groups": [GROUP]},
        "kafka.client_security_groups[0]",
        "belongs to us-east-1 already",
    ),
    Case(
        "identifiers-belong-to-one-region",
        {
            f"{EAST}/kafka": {"client_security_groups": [GROUP]},
            f"{WEST}/kafka": {"client_security_groups": [GROUP]},
        },
        "regions.us-west-2.kafka.client_security_groups[0]",
        "belongs to us-east-1 already",
    ),
    Case(
        "security-groups-hold-their-rules",
        {f"{EAST}/kafka": {"client_cidrs": MANY}},
        "regions.us-east-1.kafka.client_cidrs",
        "gives the security group of the brokers 61 rules",
    ),
    Case(
        "security-groups-hold-their-rules",
        {f"{EAST}/kafka": {"client_security_groups": [f"sg-000000{number:02}" for number in range(57)]}},
        "regions.us-east-1.kafka.client_security_groups",
        "gives the security group of the brokers 61 rules",
    ),
    Case(
        "security-groups-hold-their-rules",
        {f"{EAST}/network/rules_quota": 3, "runtime": {"ecs": {}}},
        "regions.us-east-1.eks.pod_cidrs",
        "gives the security group of the ECS tasks 5 rules",
    ),
)
