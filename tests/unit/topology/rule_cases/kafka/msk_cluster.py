"""Mistakes that MSK answers at CreateCluster, which topology/rules/kafka/msk_cluster.py refuses."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.topology.environments import ISSUER
from tests.unit.topology.rule_cases.case import EAST, SUBNETS, Case

__all__ = ["CASES"]

EXPRESS: Final = {"kafka/broker": {"type": "express.m7g.large"}, "kafka/version": "3.9.x.kraft"}
ZONES, OWN_SUBNETS = f"{EAST}/network/zones", f"{EAST}/network/private_subnet_ids"
FOUR: Final = [f"subnet-0000000{n}" for n in range(4)]


def existing(subnets: list[str]) -> dict[str, Any]:
    """The eastern VPC exists, with these subnets, and six brokers in all."""
    return {f"{EAST}/network/vpc_id": "vpc-00000001", OWN_SUBNETS: subnets, "kafka/broker": {"count": 12}}


CASES: Final = (
    Case(
        "brokers-have-two-or-three-subnets",
        {ZONES: ["a"]},
        "regions.us-east-1.network.zones",
        "gives the brokers in us-east-1 1 subnets",
        "2 or 3, each in a zone of its own",
    ),
    Case(
        "brokers-have-two-or-three-subnets",
        {ZONES: ["a", "b", "c", "d"], "kafka/broker": {"count": 12}},
        "regions.us-east-1.network.zones",
        "gives the brokers in us-east-1 4 subnets",
    ),
    Case(
        "brokers-have-two-or-three-subnets",
        existing(SUBNETS[:1]),
        "regions.us-east-1.network.private_subnet_ids",
        "gives the brokers in us-east-1 1 subnets",
    ),
    Case(
        "brokers-have-two-or-three-subnets",
        existing(FOUR),
        "regions.us-east-1.network.private_subnet_ids",
        "gives the brokers in us-east-1 4 subnets",
    ),
    Case(
        "brokers-have-two-or-three-subnets",
        {**EXPRESS, ZONES: ["a", "b"], "kafka/broker/count": 6},
        "regions.us-east-1.network.zones",
        "gives Express brokers 2 subnets",
        "3, each in a zone of its own",
    ),
    Case(
        "brokers-have-two-or-three-subnets",
        {
            "regions/us-west-1": {
                "network": {"cidr": "10.9.0.0/16"},
                "eks": {"cluster_name": "eks-9", "oidc_issuer": ISSUER.format(region="us-west-1")},
            }
        },
        "regions.us-west-1.network.zones",
        "gives the brokers in us-west-1 3 subnets",
        "2, each in a zone of its own",
    ),
    Case(
        "express-brokers-keep-three-replicas",
        {**EXPRESS, "kafka/replication_factor": 2, "kafka/min_insync_replicas": 1},
        "kafka.replication_factor",
        "is fixed at 3 on express.m7g.large",
        "3",
    ),
    Case(
        "express-brokers-keep-three-replicas",
        {**EXPRESS, "kafka/broker/count": 6, "kafka/replication_factor": 4, "kafka/min_insync_replicas": 3},
        "kafka.min_insync_replicas",
        "is fixed at 2 on express.m7g.large",
        "2",
    ),
    Case(
        "kafka-version-is-one-of-msk",
        {"kafka/version": "9.9.x.kraft"},
        "kafka.version",
        "is not a Kafka version of MSK",
        "3.7.x, 3.7.x.kraft, 3.8.x, 3.8.x.kraft, 3.9.x, 3.9.x.kraft, 4.0.x.kraft, 4.1.x.kraft, 4.2.x.kraft;"
        " a newer one with allow_unknown: [kafka_version]",
    ),
    Case(
        "kafka-version-is-one-of-msk",
        {"kafka/version": "3.8.x.tiered"},
        "kafka.version",
        "is not a Kafka version of MSK",
    ),
    Case(
        "kafka-version-is-one-of-msk",
        {"kafka/version": "4.1.x"},
        "kafka.version",
        "Kafka 4 runs with KRaft only",
        "4.1.x.kraft",
    ),
    Case(
        "kafka-version-is-one-of-msk",
        {"kafka/version": "3.6.0"},
        "kafka.version",
        "is past MSK's end of support",
    ),
    Case(
        "kafka-version-is-one-of-msk",
        {"kafka/version": "3.9.1"},
        "kafka.version",
        "is not MSK's name of a version",
        "3.9.x",
    ),
    Case(
        "kafka-version-is-one-of-msk",
        {**EXPRESS, "kafka/version": "3.9.x"},
        "kafka.version",
        "is not a version for express.m7g.large",
        "3.8.x, 3.9.x.kraft, 4.2.x.kraft",
    ),
    Case(
        "kafka-version-is-one-of-msk",
        {"kafka/version": "3.5.1", "allow_unknown": ["kafka_version"]},
        "kafka.version",
        "is past MSK's end of support",
    ),
    Case(
        "broker-type-is-one-of-msk",
        {"kafka/broker": {"type": "kafka.x9.huge"}},
        "kafka.broker.type",
        "is not a broker type of MSK that is known here",
    ),
    Case(
        "broker-type-is-one-of-msk",
        {"kafka/broker": {"type": "kafka.m7g.24xlarge"}},
        "kafka.broker.type",
        "is not a broker type of MSK that is known here",
    ),
    Case(
        "t3-brokers-keep-zookeeper",
        {"kafka": {"broker": {"type": "kafka.t3.small"}, "version": "3.9.x.kraft", "planned_topics": 5}},
        "kafka.version",
        "does not go with kafka.t3.small",
        "3.7.x, 3.8.x, 3.9.x, or a larger broker type",
    ),
)
