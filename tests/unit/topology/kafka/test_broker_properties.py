"""Properties of the brokers."""

from __future__ import annotations

import pytest

from tests.unit.topology.environments import environment
from topology.kafka.broker_properties import broker_limit, configuration_name, server_properties
from topology.kafka.catalogue import definitions, settable_on_msk


def test_brokers_are_configured_as_the_original_was() -> None:
    properties = server_properties(environment(), "us-east-1")
    assert properties["auto.create.topics.enable"] == "false"
    assert properties["default.replication.factor"] == "3"
    assert properties["min.insync.replicas"] == "2"
    assert properties["num.partitions"] == "12"
    assert properties["log.retention.ms"] == str(7 * 24 * 3600 * 1000)


@pytest.mark.parametrize("broker", ["kafka.m7g.large", "express.m7g.large"])
def test_msk_lets_every_derived_broker_property_be_set(broker: str) -> None:
    properties = server_properties(environment({"kafka/broker": {"type": broker}}), "us-east-1")
    kind = "express" if broker.startswith("express") else "standard"
    assert set(properties) <= settable_on_msk(kind)
    assert set(properties) <= set(definitions("3.9")["broker"])


def test_another_kafka_version_is_another_configuration() -> None:
    one, other = (
        configuration_name(environment({"kafka/version": version}), "us-east-1")
        for version in ("3.9.x", "3.9.x.kraft")
    )
    assert one != other


def test_partition_limits_are_those_of_the_broker_type() -> None:
    assert broker_limit("kafka.t3.small") == 300
    assert broker_limit("kafka.m7g.4xlarge") == 4000
    assert broker_limit("kafka.unknown.large") is None
