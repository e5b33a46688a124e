"""Java properties: those that Kafka does not have, that it removed, or that are decided elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from topology.environment_file.problem import Path, Problem
from topology.kafka.broker_properties import kafka_line
from topology.kafka.catalogue import Definition, definitions, msk_properties, settable_on_msk
from topology.kafka.guarded_properties import reserved
from topology.kafka.typed_fields import DECIDED_OF_CLIENTS, Decided, decided
from topology.model import Environment
from topology.model.version import KAFKA_VERSION
from topology.rules.registry import rule

REMOVED = {
    "topics.blacklist": "topics.exclude",
    "groups.blacklist": "groups.exclude",
    "config.properties.blacklist": "config.properties.exclude",
}
"""Removed in Kafka 4.0 (KIP-629)."""

CLIENT_PREFIXES: dict[str, tuple[tuple[str, str], ...]] = {
    "worker": (("producer.", "producer"), ("consumer.", "consumer"), ("admin.", "admin")),
    "source_connector": (
        *(
            ("producer.override.", "producer"),
            ("consumer.override.", "consumer"),
            ("admin.override.", "admin"),
        ),
        *(("source.consumer.", "consumer"), ("target.consumer.", "consumer")),
        *(("source.producer.", "producer"), ("target.producer.", "producer")),
        *(("source.admin.", "admin"), ("target.admin.", "admin")),
        *(("producer.", "producer"), ("consumer.", "consumer"), ("admin.", "admin")),
    ),
}
CLIENT_PREFIXES["checkpoint_connector"] = CLIENT_PREFIXES["source_connector"]
CLIENT_PREFIXES["heartbeat_connector"] = CLIENT_PREFIXES["source_connector"]

ALIASES = ("source.cluster.alias", "target.cluster.alias")
"""The rule on aliases speaks of them."""


@dataclass(frozen=True)
class Extra:
    """A property that the file adds to those of a component: broker, worker, source_connector, ..."""

    path: Path
    component: str
    key: str
    value: str


def extras(environment: Environment) -> Iterator[Extra]:
    """All that the file adds to workers and connectors."""
    mirrormaker = environment.mirrormaker
    for key, value in mirrormaker.worker_properties.items():
        yield Extra(("mirrormaker", "worker_properties", key), "worker", key, value)
    for kind in ("source", "checkpoint", "heartbeat"):
        here = ("mirrormaker", "connector_properties", kind)
        for key, value in getattr(mirrormaker.connector_properties, kind).items():
            yield Extra((*here, key), f"{kind}_connector", key, value)


def broker_extras(environment: Environment) -> Iterator[Extra]:
    """All that the file adds to brokers, region by region."""
    for region, settings in environment.regions.items():
        for key, value in settings.kafka.server_properties.items():
            yield Extra(("regions", region, "kafka", "server_properties", key), "broker", key, value)


def decided_by(extra: Extra) -> Decided | None:
    """What decides the property instead, for the component itself or one of its clients."""
    client, key = client_key(extra)
    if client is None:
        return decided(extra.component, key)
    return next((entry for entry in DECIDED_OF_CLIENTS[client] if re.fullmatch(entry.keys, key)), None)


def client_key(extra: Extra) -> tuple[str | None, str]:
    """producer, consumer or admin and the key without its prefix; None and the whole key where the property
    is the component's own."""
    for prefix, client in CLIENT_PREFIXES.get(extra.component, ()):
        if extra.key.startswith(prefix):
            return client, extra.key.removeprefix(prefix)
    return None, extra.key


def definition_of(extra: Extra) -> Definition | None:
    """Kafka's own definition of a property that a component has, itself or for one of its clients."""
    catalogue = definitions(kafka_line(KAFKA_VERSION))
    if extra.key in catalogue[extra.component]:
        return catalogue[extra.component][extra.key]
    for prefix, client in CLIENT_PREFIXES[extra.component]:
        found = catalogue[client].get(extra.key.removeprefix(prefix))
        if extra.key.startswith(prefix) and found is not None:
            return found
    return None


@rule
def broker_properties_exist(environment: Environment) -> Iterator[Problem]:
    """MSK refuses a configuration with a property that Kafka, or MSK, does not have."""
    if "property" in environment.allow_unknown:
        return
    for region, settings in environment.regions.items():
        kafka = settings.kafka
        known = set(definitions(kafka_line(kafka.version))["broker"])
        kind = "express" if kafka.broker.is_express else "standard"
        allowed = settable_on_msk(kind)
        for key in kafka.server_properties:
            path: Path = ("regions", region, "kafka", "server_properties", key)
            ours = msk_properties().get(key, {})
            if ours.get("metadata") == "zookeeper" and kafka.is_kraft:
                yield Problem(path, "needs ZooKeeper, which clusters with KRaft do not have", found=key)
            elif key not in known and "type" not in ours:
                yield _unknown(path, key, f"a broker property of Kafka {kafka_line(kafka.version)}", known)
            elif key not in allowed:
                yield Problem(
                    path,
                    f"cannot be set on {kind.capitalize()} brokers: MSK manages it",
                    found=key,
                    allowed="the properties in the MSK Developer Guide, Custom configurations",
                )


@rule
def worker_properties_exist(environment: Environment) -> Iterator[Problem]:
    """A misspelt worker property is ignored by Kafka without a word."""
    for extra in extras(environment):
        if extra.component == "worker":
            yield from _check(environment, extra)


@rule
def connector_properties_exist(environment: Environment) -> Iterator[Problem]:
    """A misspelt connector property is ignored by MirrorMaker without a word."""
    for extra in extras(environment):
        if extra.component != "worker" and extra.key not in ALIASES:
            yield from _check(environment, extra)


def _check(environment: Environment, extra: Extra) -> Iterator[Problem]:
    key, component = extra.key, extra.component
    if reserved(key) or decided_by(extra):
        return  # the rules on guarded properties, and on properties that contradict fields, speak of it
    if key in REMOVED:
        yield Problem(extra.path, "was removed in Kafka 4.0", found=key, allowed=REMOVED[key])
    elif definition_of(extra) is None and "property" not in environment.allow_unknown:
        names = definitions(kafka_line(KAFKA_VERSION))[component]
        yield _unknown(
            extra.path, key, f"a property of Kafka {KAFKA_VERSION}'s {component.replace('_', ' ')}", names
        )


def _unknown(path: Path, key: str, what: str, known: Iterable[str]) -> Problem:
    near = get_close_matches(key, sorted(known), n=1, cutoff=0.75)
    allowed = f"perhaps {near[0]}" if near else "a property of Kafka's documentation, or none"
    return Problem(path, f"is not {what}", found=key, allowed=allowed)
