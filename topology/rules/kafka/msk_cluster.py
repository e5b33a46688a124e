"""What MSK refuses when a cluster is created: versions, broker types, and what goes with which."""

from __future__ import annotations

from collections.abc import Iterator

from topology.environment_file.problem import Path, Problem
from topology.kafka.broker_properties import broker_limit
from topology.kafka.msk_versions import AS_OF, msk_version, offered_versions
from topology.model import Environment
from topology.rules.registry import rule

EXPRESS_REPLICAS, EXPRESS_MIN_ISR = 3, 2
"""MSK Developer Guide, "Express broker configurations", read-only properties."""

TWO_SUBNETS_ONLY = ("us-west-1",)
"""MSK API reference, BrokerNodeGroupInfo, clientSubnets: exactly two there, two or three elsewhere."""


@rule
def brokers_have_two_or_three_subnets(environment: Environment) -> Iterator[Problem]:
    """MSK refuses a cluster whose brokers are in one zone, or in more than three."""
    for region, settings in environment.regions.items():
        network, broker = settings.network, settings.kafka.broker
        allowed = (3,) if broker.is_express else (2,) if region in TWO_SUBNETS_ONLY else (2, 3)
        if network.subnet_count in (0, *allowed):  # none at all: another rule speaks of it
            continue
        key = "private_subnet_ids" if network.exists else "zones"
        brokers = "Express brokers" if broker.is_express else f"the brokers in {region}"
        yield Problem(
            ("regions", region, "network", key),
            f"gives {brokers} {network.subnet_count} subnets",
            found=", ".join(network.private_subnet_ids if network.exists else network.zones),
            allowed=f"{' or '.join(map(str, allowed))}, each in a zone of its own",
        )


@rule
def express_brokers_keep_three_replicas(environment: Environment) -> Iterator[Problem]:
    """Express brokers keep three replicas and min ISR 2, whatever a topic asks for."""
    for region, settings in environment.regions.items():
        kafka = settings.kafka
        if not kafka.broker.is_express:
            continue
        for key, found, fixed in (
            ("replication_factor", kafka.replication_factor, EXPRESS_REPLICAS),
            ("min_insync_replicas", kafka.min_insync_replicas, EXPRESS_MIN_ISR),
        ):
            if found != fixed:
                yield Problem(
                    ("regions", region, "kafka", key),
                    f"is fixed at {fixed} on {kafka.broker.type}",
                    found=str(found),
                    allowed=str(fixed),
                )


@rule
def kafka_version_is_one_of_msk(environment: Environment) -> Iterator[Problem]:
    """MSK creates a cluster of certain versions only, and Express brokers of fewer."""
    newer_pass = "kafka_version" in environment.allow_unknown
    for region, settings in environment.regions.items():
        version, broker = settings.kafka.version, settings.kafka.broker
        offered = offered_versions(express=broker.is_express)
        if version in offered:
            continue
        fault = _version_fault(version)
        if fault:
            yield Problem(_version_path(region), fault[0], version, fault[1])
        elif not newer_pass and msk_version(version):
            allowed = ", ".join(offered)
            yield Problem(_version_path(region), f"is not a version for {broker.type}", version, allowed)
        elif not newer_pass:
            allowed = f"{', '.join(offered)}; a newer one with allow_unknown: [kafka_version]"
            yield Problem(
                _version_path(region), f"is not a Kafka version of MSK (list of {AS_OF})", version, allowed
            )


@rule
def broker_type_is_one_of_msk(environment: Environment) -> Iterator[Problem]:
    """MSK refuses a broker type that it does not have."""
    for region, settings in environment.regions.items():
        broker_type = settings.kafka.broker.type
        if broker_limit(broker_type) is None and "broker_type" not in environment.allow_unknown:
            yield Problem(
                ("regions", region, "kafka", "broker", "type"),
                "is not a broker type of MSK that is known here",
                found=broker_type,
                allowed="kafka.t3.small, kafka.m5.{large,xlarge,2,4,8,12,16,24xlarge},"
                " kafka.m7g and express.m7g.{large,xlarge,2,4,8,12,16xlarge};"
                " a newer one with allow_unknown: [broker_type]",
            )


@rule
def t3_brokers_keep_zookeeper(environment: Environment) -> Iterator[Problem]:
    """MSK refuses kafka.t3.small for every KRaft version: `Unsupported InstanceType`."""
    for region, settings in environment.regions.items():
        version, broker_type = settings.kafka.version, settings.kafka.broker.type
        if broker_type.startswith("kafka.t3.") and version.endswith(".kraft"):
            allowed = [name for name in offered_versions(express=False) if not name.endswith(".kraft")]
            yield Problem(
                _version_path(region),
                f"does not go with {broker_type}: MSK has no T3 brokers with KRaft",
                found=version,
                allowed=f"{', '.join(allowed)}, or a larger broker type",
            )


def _version_path(region: str) -> Path:
    return ("regions", region, "kafka", "version")


def _version_fault(version: str) -> tuple[str, str] | None:
    """What is wrong with a version whatever the list says, and what is allowed instead."""
    major, minor = (int(part) for part in version.split(".")[:2])
    if (major, minor) < (3, 7):
        return "is past MSK's end of support (3.6.0: 2026-06-01)", "3.7.x or later"
    if version.split(".")[2] != "x":
        return "is not MSK's name of a version", f"{major}.{minor}.x"
    if major >= 4 and not version.endswith(".kraft"):
        return "Kafka 4 runs with KRaft only", f"{major}.{minor}.x.kraft"
    return None
