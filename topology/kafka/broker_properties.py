"""The MSK cluster's server configuration and its name, which changes when the configuration must be new."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from topology.aws.names import Names
from topology.kafka.catalogue import definitions
from topology.kafka.effective import merged, number
from topology.model import Environment
from topology.replication.flows import flows_into

__all__ = [
    "ANY_TIME",
    "BROKER_LIMITS",
    "MESSAGE_MAX_BYTES",
    "BrokerLimit",
    "broker_default",
    "broker_limit",
    "configuration_name",
    "kafka_line",
    "server_properties",
]


MESSAGE_MAX_BYTES = 1024**2
"""The largest batch of records, compressed, that brokers take unless the file says otherwise."""
ANY_TIME = str(2**63 - 1)


@dataclass(frozen=True)
class BrokerLimit:
    """Partition replicas that a broker of matching types carries (MSK Developer Guide, best practices for
    Standard and Express brokers, "Right-size your cluster: number of partitions per broker")."""

    pattern: str
    partitions: int


BROKER_LIMITS = (
    BrokerLimit(r"kafka\.t3\.small", 300),
    BrokerLimit(r"kafka\.(m5|m7g)\.(large|xlarge)", 1000),
    BrokerLimit(r"kafka\.(m5|m7g)\.2xlarge", 2000),
    BrokerLimit(r"kafka\.m5\.(4|8|12|16|24)xlarge", 4000),
    BrokerLimit(r"kafka\.m7g\.(4|8|12|16)xlarge", 4000),
    BrokerLimit(r"express\.m7g\.(large|xlarge)", 1500),
    BrokerLimit(r"express\.m7g\.2xlarge", 3000),
    BrokerLimit(r"express\.m7g\.(4|8|12|16)xlarge", 6000),
)
"""Every type that MSK has (MSK Developer Guide, "Amazon MSK broker sizes", 2026-11-27). A type that came
later passes with `allow_unknown: [broker_type]`; how many partitions it carries is then not checked."""


def broker_limit(broker_type: str) -> int | None:
    """Partition replicas a broker of this type carries; None for types that are not in the table."""
    for limit in BROKER_LIMITS:
        if re.fullmatch(limit.pattern, broker_type):
            return limit.partitions
    return None


def server_properties(environment: Environment, region: str) -> dict[str, str]:
    """The cluster's server.properties, sorted: the report's, with corrections, and what the file adds."""
    kafka = environment.regions[region].kafka
    derived = {
        "auto.create.topics.enable": "false",
        "num.partitions": str(kafka.default_partitions),
        "log.retention.ms": str(168 * 3600 * 1000),
        "message.max.bytes": str(MESSAGE_MAX_BYTES),
        # the source broker's send window caps a long link: 8 -> 33 MB/s over 70 ms with -1 (measured)
        "socket.send.buffer.bytes": "-1",
        "socket.receive.buffer.bytes": "-1",
    }
    largest = number(kafka.server_properties, "message.max.bytes")
    if largest is not None and largest > MESSAGE_MAX_BYTES:
        # followers fetch a larger batch all the same, one at a time
        derived["replica.fetch.max.bytes"] = str(largest)
    if flows_into(environment, region):
        derived |= _times_of_mirrored_records(environment, region)
    if not kafka.broker.is_express:  # Express brokers fix replication at 3 and min ISR at 2
        derived |= {
            "default.replication.factor": str(kafka.replication_factor),
            "min.insync.replicas": str(kafka.min_insync_replicas),
            "offsets.topic.replication.factor": str(kafka.replication_factor),
            "transaction.state.log.replication.factor": str(kafka.replication_factor),
            "transaction.state.log.min.isr": str(kafka.min_insync_replicas),
            # MSK's default is true, which loses acknowledged records; Kafka's is false
            "unclean.leader.election.enable": "false",
        }
    return merged(derived, kafka.server_properties)


def _times_of_mirrored_records(environment: Environment, region: str) -> dict[str, str]:
    """Mirrored records keep their time stamps, and may be of any age when they arrive. By default Express
    brokers refuse records of more than a day ago or ahead, Kafka 4 those of more than an hour ahead, and for
    ever: the error is not retriable. Before Kafka 4 the third property holds where the other two are at
    Kafka's default (KIP-937)."""
    kafka = environment.regions[region].kafka
    old = int(kafka_line(kafka.version).split(".")[0]) < 4
    sides = ("before", "after", "difference") if kafka.broker.is_express and old else ("before", "after")
    return {f"log.message.timestamp.{side}.max.ms": ANY_TIME for side in sides}


def broker_default(version: str, key: str) -> int | None:
    """Kafka's own default of a broker property that is a number, in the release of MSK's `version`; None
    where that release does not have the property."""
    definition = definitions(kafka_line(version))["broker"].get(key)
    return int(definition["default"]) if definition else None


def configuration_name(environment: Environment, region: str) -> str:
    """Name of the MSK configuration. A change of kafka_versions replaces a configuration, and a name cannot
    be taken twice, so the version is part of it; changed properties make a new revision under this name."""
    version = environment.regions[region].kafka.version
    digest = hashlib.sha256(version.encode()).hexdigest()[:8]
    return f"{Names(environment, region).msk_cluster}-{digest}"


def kafka_line(version: str) -> str:
    """The Kafka release whose ConfigDef stands for MSK's `version`: `3.9.x.kraft` -> `3.9`."""
    return ".".join(version.split(".")[:2])
