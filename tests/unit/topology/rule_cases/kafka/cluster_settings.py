"""Mistakes about brokers, which topology/rules/kafka/cluster_settings.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import EAST, Case

__all__ = ["CASES"]

CASES: Final = (
    Case(
        "replicas-fit-the-brokers",
        {"kafka/replication_factor": 4},
        "kafka.replication_factor",
        "is more than the 3 brokers",
        "1 to 3",
    ),
    Case(
        "min-isr-leaves-room-for-a-restart",
        {"kafka/min_insync_replicas": 3},
        "kafka.min_insync_replicas",
        "leaves no room for a broker to be away",
        "at most 2",
    ),
    Case(
        "brokers-are-spread-evenly",
        {f"{EAST}/kafka": {"broker": {"count": 4}}},
        "regions.us-east-1.kafka.broker.count",
        "is not a multiple of the 3 subnets",
        "3, 6, 9 ...",
    ),
    Case(
        "partitions-fit-the-broker-type",
        {"kafka/planned_topics": 100},
        "kafka.planned_topics",
        "gives 1200 partition replicas a broker",
    ),
    Case(
        "express-brokers-have-no-volumes",
        {"kafka/broker": {"type": "express.m7g.large"}, "kafka/storage": {"volume_gib": 100}},
        "kafka.storage",
        "Express brokers have no EBS volumes",
    ),
    Case(
        "volumes-grow-upwards",
        {"kafka/storage": {"volume_gib": 2000}},
        "kafka.storage.autoscaling.max_gib",
        "is not more than volume_gib (2000)",
    ),
    Case(
        "cluster-names-have-no-region-in-them",
        {"kafka/cluster_name": "orders-us-west-1-b"},
        "kafka.cluster_name",
        "gives the cluster a name with a region id (us-west-1)",
    ),
)
