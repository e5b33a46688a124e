"""Values of Java properties that Kafka, or MSK, does not take: another type, out of range, not known."""

from __future__ import annotations

from collections.abc import Iterator

from topology.environment_file.problem import Path, Problem
from topology.kafka.broker_properties import kafka_line
from topology.kafka.catalogue import Definition, definitions, msk_properties, settable_on_msk
from topology.kafka.guarded_properties import classes_of, has_reference, reserved
from topology.kafka.property_values import wrong_value
from topology.model import Environment
from topology.rules.registry import rule
from topology.rules.replication.properties import ALIASES, broker_extras, decided_by, definition_of, extras

WHEN_USED: dict[str, Definition] = {
    # MirrorMaker's Scheduler takes no interval of 0, and never runs what has one below 0
    "sync.topic.configs.interval.seconds": {"limits": {"min": 1, "max": 2**31 - 1}},
    # Duration of KafkaConsumer.poll, and what MirrorMaker waits for its admin clients
    "consumer.poll.timeout.ms": {"limits": {"min": 0}},
    "admin.timeout.ms": {"limits": {"min": 1}},
    # compiled when the connector starts (MirrorUtils.compilePatternList)
    "config.properties.exclude": {"limits": {"patterns": True}},
    # MirrorMaker does not define transactions: with exactly-once the herder refuses `connector`
    "transaction.boundary": {"limits": {"one_of": ["POLL", "INTERVAL"]}},
}
"""Connector property -> limits that Kafka checks only when it uses the value, and then fails (4.1.1)."""


@rule
def worker_and_connector_values_are_valid(environment: Environment) -> Iterator[Problem]:
    """Connect does not start, or refuses the connector, for a value that Kafka does not take."""
    for extra in extras(environment):
        if reserved(extra.key) or decided_by(extra) or extra.key in ALIASES:
            continue  # other rules refuse the key
        definition = definition_of(extra)
        if definition is not None and classes_of(extra.key, definition) is None:
            yield from _wrong(extra.path, extra.value, _narrowed(definition, WHEN_USED.get(extra.key, {})))


@rule
def broker_values_are_valid(environment: Environment) -> Iterator[Problem]:
    """MSK refuses the configuration, or brokers do not start, for a value that they do not take."""
    for extra in broker_extras(environment):
        kafka = environment.regions[str(extra.path[1])].kafka
        definition = broker_definition(kafka.version, extra.key)
        if definition is None or classes_of(extra.key, definition) or decided_by(extra):
            continue
        if extra.key in settable_on_msk("express" if kafka.broker.is_express else "standard"):
            yield from _wrong(extra.path, extra.value, definition)


def broker_definition(version: str, key: str) -> Definition | None:
    """Kafka's definition of a broker property, with MSK's own where Kafka has none and MSK's limits where
    they are narrower; None for a property that neither has."""
    ours = msk_properties().get(key, {})
    theirs = definitions(kafka_line(version))["broker"].get(key)
    if theirs is None:
        return ours if "type" in ours else None
    return _narrowed(theirs, ours)


def _narrowed(definition: Definition, other: Definition) -> Definition:
    """The definition with the limits of the other in place of its own."""
    return definition | {"limits": definition.get("limits", {}) | other.get("limits", {})}


def _wrong(path: Path, value: str, definition: Definition) -> Iterator[Problem]:
    """A reference is only known where the worker runs, so that nothing can be said of its value here."""
    found = None if has_reference(value) else wrong_value(value, definition)
    if found is not None:
        yield Problem(path, found.message, found=value, allowed=found.allowed)
