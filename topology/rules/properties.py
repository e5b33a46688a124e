"""Java properties: those that Kafka does not have, that it removed, or that are decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from topology.broker import kafka_line
from topology.connectors import SECURITY
from topology.kafka_catalogue import definitions, settable_on_msk
from topology.model import Environment
from topology.problem import Path, Problem
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

DERIVED = {
    "worker": (
        *("bootstrap.servers", "group.id", "config.storage.topic", "offset.storage.topic"),
        *("status.storage.topic", "listeners", "rest.advertised.host.name", "rest.advertised.port"),
        *("plugin.path", "config.providers", "connector.client.config.override.policy"),
        *("key.converter", "value.converter", "header.converter", "exactly.once.source.support"),
    ),
    "connector": (
        *("name", "connector.class", "tasks.max", "topics", "topics.exclude", "groups", "groups.exclude"),
        *("source.cluster.bootstrap.servers", "target.cluster.bootstrap.servers"),
        *("replication.policy.class", "offset-syncs.topic.location"),
    ),
}
"""What other keys of the environment decide: two places for one fact would contradict each other."""


@rule
def broker_properties_exist(environment: Environment) -> Iterator[Problem]:
    """MSK refuses a configuration with a property that Kafka, or MSK, does not have."""
    for region, settings in environment.regions.items():
        kafka = settings.kafka
        known = set(definitions(kafka_line(kafka.version))["broker"])
        kind = "express" if kafka.broker.is_express else "standard"
        allowed = settable_on_msk(kind)
        for key in kafka.server_properties:
            path: Path = ("regions", region, "kafka", "server_properties", key)
            if key not in known and key not in allowed:
                yield _unknown(path, key, f"a broker property of Kafka {kafka_line(kafka.version)}", known)
            elif key not in allowed:
                yield Problem(
                    path,
                    f"can not be set on {kind.capitalize()} brokers: MSK manages it",
                    found=key,
                    allowed="the properties in the MSK Developer Guide, Custom configurations",
                )


@rule
def worker_properties_exist(environment: Environment) -> Iterator[Problem]:
    """A misspelt worker property is ignored by Kafka without a word."""
    extra = environment.mirrormaker.worker_properties
    here = ("mirrormaker", "worker_properties")
    yield from _check(environment, here, extra, "worker", DERIVED["worker"])


@rule
def connector_properties_exist(environment: Environment) -> Iterator[Problem]:
    """A misspelt connector property is ignored by MirrorMaker without a word."""
    for kind in ("source", "checkpoint", "heartbeat"):
        extra = getattr(environment.mirrormaker.connector_properties, kind)
        here = ("mirrormaker", "connector_properties", kind)
        yield from _check(environment, here, extra, f"{kind}_connector", DERIVED["connector"])


def _check(
    environment: Environment, here: Path, extra: dict[str, str], component: str, derived: tuple[str, ...]
) -> Iterator[Problem]:
    version = environment.mirrormaker.version
    catalogue = definitions(kafka_line(version))
    for key in extra:
        path: Path = (*here, key)
        name = (
            key.rsplit("cluster.", 1)[-1] if key.startswith(("source.cluster.", "target.cluster.")) else key
        )
        bare = next((key.removeprefix(p) for p, _ in CLIENT_PREFIXES[component] if key.startswith(p)), name)
        if key in ("source.cluster.alias", "target.cluster.alias"):
            continue  # the rule on aliases speaks of it
        if key in REMOVED:
            allowed = REMOVED[key]
            yield Problem(path, "was removed in Kafka 4.0", found=key, allowed=allowed)
        elif key in derived or key.startswith("config.providers."):
            yield Problem(path, "is derived from the environment and can not be set here", found=key)
        elif bare in SECURITY or bare.startswith(("ssl.", "sasl.", "security.")):
            yield Problem(path, "is a security setting: the platform's IAM settings stand", found=key)
        elif not _exists(key, component, catalogue):
            names = set(catalogue[component])
            yield _unknown(path, key, f"a property of Kafka {version}'s {component.replace('_', ' ')}", names)


def _exists(key: str, component: str, catalogue: dict[str, dict[str, dict[str, str]]]) -> bool:
    if key in catalogue[component]:
        return True
    for prefix, client in CLIENT_PREFIXES[component]:
        if key.startswith(prefix) and key.removeprefix(prefix) in catalogue[client]:
            return True
    return False


def _unknown(path: Path, key: str, what: str, known: Iterable[str]) -> Problem:
    near = get_close_matches(key, sorted(known), n=1, cutoff=0.75)
    return Problem(path, f"is not {what}", found=key, allowed=f"perhaps {near[0]}" if near else None)
