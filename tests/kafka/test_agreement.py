"""Kafka's own classes take what `check` takes: in the project's environments and in generated ones."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tests.conftest import ENVIRONMENTS
from tests.fuzz.profile import fuzzed
from tests.kafka.agreement import STRICTER, unchecked, verdicts
from tests.kafka.generated import changes, property_sets
from tests.kafka.oracle import KafkaOracle, started
from tests.unit.topology.environments import environment, text
from topology import load_environment
from topology.kafka.broker_properties import server_properties
from topology.model import Environment
from topology.replication.connectors import connectors, worker_properties

pytestmark = pytest.mark.kafka

REGION = "us-east-1"
REPORT = Path(__file__).resolve().parents[2] / "build" / "reports" / "kafka-agreement.json"


@pytest.fixture(scope="module")
def oracle() -> Iterator[KafkaOracle]:
    with started() as running:
        yield running
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(dict(COUNTS.most_common()), indent=2) + "\n", encoding="utf-8")


def refusals(oracle: KafkaOracle, environment: Environment) -> list[str]:
    """What Kafka refuses of everything that is derived."""
    found: list[str | None] = []
    for region in environment.regions:
        worker = worker_properties(environment, region)
        found += [oracle.worker(worker), oracle.broker(server_properties(environment, region))]
        found += [oracle.connector(worker, one) for one in connectors(environment, region).values()]
    return [reason for reason in found if reason]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_kafka_takes_all_that_is_derived(oracle: KafkaOracle, name: str) -> None:
    assert refusals(oracle, load_environment(name)) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"mirrormaker/exactly_once": True},
        {"flows/0": {"active_active": True, "checkpoints": {"enabled": False}}},
        {"flows/0": {"source": "us-east-1", "target": "us-west-2", "policy": "identity"}},
        {"kafka/broker": {"type": "express.m7g.large"}, "kafka/version": "3.9.x.kraft"},
    ],
    ids=["exactly-once", "without-checkpoints", "identity", "express"],
)
def test_kafka_takes_what_options_make_of_it(oracle: KafkaOracle, changed: dict[str, Any]) -> None:
    assert refusals(oracle, environment(changed)) == []


@pytest.mark.parametrize(
    ("component", "properties"),
    [
        ("worker", {"offset.flush.interval.ms": "ten"}),
        ("source_connector", {"producer.override.acks": "0"}),
        ("broker", {"compression.type": "lzma"}),
        ("source_connector", {"producer.override.max.in.flight.requests.per.connection": "6"}),
        ("source_connector", {"producer.override.retries": "0"}),
        ("source_connector", {"producer.override.delivery.timeout.ms": "30000"}),
        ("source_connector", {"target.producer.delivery.timeout.ms": "1000"}),
        ("worker", {"producer.delivery.timeout.ms": "1000"}),
        ("checkpoint_connector", {"admin.default.api.timeout.ms": "1000"}),
        ("heartbeat_connector", {"admin.override.default.api.timeout.ms": "1000"}),
        (
            "source_connector",
            {
                "producer.override.transaction.timeout.ms": "1000",
                "producer.override.transaction.two.phase.commit.enable": "true",
            },
        ),
        ("source_connector", {"source.consumer.isolation.level": "dirty"}),
        ("source_connector", {"emit.offset-syncs.enabled": "false"}),
        ("source_connector", {"config.properties.exclude": "("}),
        ("broker", {"log.retention.ms": "0"}),
        ("broker", {"connections.max.idle.ms": "50"}),
        ("broker", {"max.connections.per.ip": "0"}),
    ],
)
def test_what_kafka_refuses_is_refused_by_a_rule(
    oracle: KafkaOracle, component: str, properties: dict[str, str]
) -> None:
    said = verdicts(unchecked(text(changes(component, properties))), oracle, component, REGION)
    assert said.kafka
    assert said.rules


@fuzzed(few=30, share=1.0)
@given(drawn=property_sets())
def test_generated_properties_are_judged_as_kafka_judges_them(
    oracle: KafkaOracle, drawn: tuple[str, dict[str, str]]
) -> None:
    component, properties = drawn
    said = verdicts(unchecked(text(changes(component, properties))), oracle, component, REGION)
    COUNTS["sets"] += 1
    if said.kafka:
        COUNTS["refused by Kafka"] += 1
        assert said.rules, f"Kafka refuses {component} {properties}: {said.kafka}"
    elif said.rules:
        COUNTS[f"refused by {', '.join(sorted(said.rules))} alone"] += 1
        assert said.rules <= STRICTER.keys(), f"Kafka takes {component} {properties}"


COUNTS: Counter[str] = Counter()
"""Sets, and what became of them."""
