"""No default of MSK that is not Kafka's decides by silence: each is set, or waived with a reason."""

from __future__ import annotations

import pytest

from tests.unit.topology.environments import environment
from topology.kafka.broker_properties import kafka_line, server_properties
from topology.kafka.catalogue import definitions
from topology.kafka.msk_defaults import EXPRESS, STANDARD, MskDefault
from topology.model import Environment

OF_THE_AUTHORIZER = "allow.everyone.if.no.acl.found"
"""Not a property of KafkaConfig: StandardAuthorizer's default is false."""
KINDS = {"kafka.m7g.large": STANDARD, "express.m7g.large": EXPRESS}


CASES = [
    *(("kafka.m7g.large", version) for version in ("3.8.x", "3.9.x", "4.1.x.kraft")),
    *(("express.m7g.large", version) for version in ("3.8.x", "3.9.x.kraft", "4.2.x.kraft")),
]


def of(broker: str, version: str = "3.9.x.kraft") -> Environment:
    return environment({"kafka/broker": {"type": broker}, "kafka/version": version})


@pytest.mark.parametrize("entry", [*STANDARD, *EXPRESS], ids=lambda entry: entry.key)
def test_an_entry_is_a_default_that_differs_from_kafkas(entry: MskDefault) -> None:
    definition = definitions("3.9")["broker"].get(entry.key, {"default": "false"})
    assert entry.key in definitions("3.9")["broker"] or entry.key == OF_THE_AUTHORIZER
    assert definition["default"] != entry.value


@pytest.mark.parametrize(("broker", "version"), CASES)
def test_each_is_set_or_waived_with_a_reason(broker: str, version: str) -> None:
    properties = server_properties(of(broker, version), "us-east-1")
    known = definitions(kafka_line(version))["broker"]
    for entry in KINDS[broker]:
        expected = not entry.waived and entry.key in known
        assert (entry.key in properties) == expected, entry.key


def test_what_is_for_targets_is_not_set_where_no_flow_ends() -> None:
    one_way = {"flows/0": {"source": "us-east-1", "target": "us-west-2"}}
    loaded = environment({"kafka/broker": {"type": "express.m7g.large"}} | one_way)
    source, target = (server_properties(loaded, region) for region in ("us-east-1", "us-west-2"))
    for entry in EXPRESS:
        if entry.targets_only:
            assert entry.key not in source
            assert target[entry.key] == "9223372036854775807"


def test_a_replica_that_has_fallen_behind_does_not_lead_unless_the_file_says_so() -> None:
    assert server_properties(of("kafka.m7g.large"), "us-east-1")["unclean.leader.election.enable"] == "false"
    chosen = environment({"kafka/server_properties": {"unclean.leader.election.enable": "true"}})
    assert server_properties(chosen, "us-east-1")["unclean.leader.election.enable"] == "true"


@pytest.mark.parametrize("broker", KINDS)
def test_records_are_kept_by_time_and_not_by_size_unless_the_file_says_so(broker: str) -> None:
    assert "log.retention.bytes" not in server_properties(of(broker), "us-east-1")
    given = {"kafka/server_properties": {"log.retention.bytes": "1073741824"}}
    chosen = environment({"kafka/broker": {"type": broker}, "kafka/version": "3.9.x.kraft"} | given)
    assert server_properties(chosen, "us-east-1")["log.retention.bytes"] == "1073741824"
