"""Whether `check` and Kafka's own classes agree about an environment."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from tests.kafka.oracle import KafkaOracle
from topology.kafka.broker_properties import server_properties
from topology.loading import with_shared_sections
from topology.model import Environment
from topology.replication.connectors import connectors, worker_properties
from topology.rules import RULES

__all__ = ["STRICTER", "Verdicts", "unchecked", "verdicts"]

STRICTER = {
    "worker-and-connector-values-are-valid": "some values fail when they are used",
    "broker-values-are-valid": "MSK's ranges are narrower than Kafka's",
    "custom-domain-names-fit-the-listeners": "MSK has the property, Kafka does not",
    "tasks-stop-before-their-worker-is-killed": "Kafka does not know the pod's grace period",
    "brokers-accept-the-workers-session": "the brokers refuse the worker, which takes any numbers itself",
    "client-properties-are-read-by-something": "Kafka ignores what no client reads",
    "client-properties-are-not-overridden": "Kafka ignores what another property replaces",
    "targets-take-records-of-any-age": "a target that refuses old records stops replication",
    "targets-take-the-sizes-of-their-sources": "a smaller limit of the target stops replication",
    "brokers-have-room-for-their-largest-batch": "brokers start, and do not replicate the batch",
    "producers-have-room-for-their-source": "a smaller limit of the producer stops replication",
    "both-ends-clean-up-alike": "the target would keep other records than the source",
    "heap-holds-what-tasks-hold": "Kafka does not know the heap",
    "heartbeats-come-within-a-session": "the group member is made when the worker starts",
    "aliases-are-the-same-everywhere": "MirrorMaker compares aliases of other workers only by their text",
    "a-setting-is-written-in-one-unit": "Kafka ignores all units but the finest",
}
"""Rule -> why it may refuse what Kafka's classes take."""


@dataclass(frozen=True)
class Verdicts:
    """`rules` that refuse the environment, and what Kafka says (None: it takes it)."""

    rules: frozenset[str]
    kafka: str | None


def unchecked(text: str) -> Environment:
    """An environment by the schema alone, without the rules."""
    return Environment.model_validate(with_shared_sections(yaml.safe_load(text)))


def verdicts(environment: Environment, oracle: KafkaOracle, component: str, region: str) -> Verdicts:
    """What both say of the effective properties of a component in a region."""
    rules = frozenset(rule.id for rule in RULES if any(True for _ in rule.check(environment)))
    worker = worker_properties(environment, region)
    if component == "broker":
        return Verdicts(rules, oracle.broker(server_properties(environment, region)))
    refusal = oracle.worker(worker)
    for name, properties in connectors(environment, region).items():
        kind = name.rpartition("-")[2]
        if refusal is None and (
            component == f"{kind}_connector" or (component, kind) == ("worker", "source")
        ):
            refusal = oracle.connector(worker, properties)
    return Verdicts(rules, refusal)
