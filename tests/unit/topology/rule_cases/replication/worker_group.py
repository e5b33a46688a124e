"""Mistakes about the workers' Connect group, which topology/rules/replication/worker_group.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import EAST, Case

__all__ = ["CASES"]

CASES: Final = (
    Case(
        "brokers-accept-the-workers-session",
        {"mirrormaker/worker_properties": {"session.timeout.ms": "3000"}},
        "mirrormaker.worker_properties.session.timeout.ms",
        "accept 6000 to 1800000",
    ),
    Case(
        "brokers-accept-the-workers-session",
        {f"{EAST}/kafka/server_properties": {"group.min.session.timeout.ms": "10000"}},
        "regions.us-east-1.kafka.server_properties.group.min.session.timeout.ms",
        "accept 10000 to 1800000",
    ),
    Case(
        "brokers-accept-the-workers-session",
        {f"{EAST}/kafka/server_properties": {"group.max.session.timeout.ms": "5000"}},
        "regions.us-east-1.kafka.server_properties.group.max.session.timeout.ms",
        "accept 6000 to 5000",
    ),
    Case(
        "heartbeats-come-within-a-session",
        {"mirrormaker/worker_properties": {"heartbeat.interval.ms": "6000"}},
        "mirrormaker.worker_properties.heartbeat.interval.ms",
        "contradicts session.timeout.ms",
        "less than 6000",
    ),
    Case(
        "heartbeats-come-within-a-session",
        {"mirrormaker/worker_properties": {"session.timeout.ms": "1500"}},
        "mirrormaker.worker_properties.session.timeout.ms",
        "contradicts heartbeat.interval.ms",
        "more than 1500",
    ),
)
