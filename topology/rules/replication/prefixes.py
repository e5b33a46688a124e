"""Properties of clients behind a prefix that nothing reads, or that another prefix overrides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from topology.environment_file.problem import Problem
from topology.kafka.guarded_properties import reserved
from topology.model import Environment
from topology.replication.connectors import connectors
from topology.rules.registry import rule
from topology.rules.replication.properties import Extra, decided_by, definition_of, extras

_CONSUMERS = "MirrorMaker reads with consumers of its own, whose properties are the connector's"
UNREAD: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "worker": {"consumer.": (_CONSUMERS, "mirrormaker.connector_properties.source: source.consumer.")},
    "source_connector": {
        "consumer.override.": (_CONSUMERS, "source.consumer."),
        "source.producer.": ("offset syncs are written to the target", "target.producer."),
        "target.consumer.": ("records are read from the source", "source.consumer."),
    },
    "checkpoint_connector": {
        "consumer.override.": (_CONSUMERS, "target.consumer."),
        "source.consumer.": ("offset syncs and checkpoints are read from the target", "target.consumer."),
        **dict.fromkeys(
            ("producer.", "source.producer.", "target.producer."),
            ("checkpoints are written by the task's producer", "producer.override."),
        ),
    },
    "heartbeat_connector": {
        **dict.fromkeys(
            ("consumer.", "consumer.override.", "source.consumer.", "target.consumer."),
            ("heartbeats are written, nothing is read", "no property of a consumer"),
        ),
        **dict.fromkeys(
            ("producer.", "source.producer.", "target.producer."),
            ("heartbeats are written by the task's producer", "producer.override."),
        ),
        "source.admin.": ("heartbeats are written to the target", "target.admin."),
    },
}
"""Component -> prefix of client properties that it does not read -> why, and the prefix that it reads instead
(Kafka 4.1.1: Worker, MirrorConnectorConfig, MirrorSourceConfig, MirrorCheckpointConfig)."""

NARROWER = ("source.", "target.")


@rule
def client_properties_are_read_by_something(environment: Environment) -> Iterator[Problem]:
    """Connect and MirrorMaker have many prefixes for clients, and ignore those that a connector has no client
    for without a word."""
    for extra in extras(environment):
        if reserved(extra.key) or decided_by(extra) or definition_of(extra) is None:
            continue  # other rules speak of these
        found = _unread(extra)
        if found is not None:
            prefix, (reason, instead) = found
            bare = extra.key.removeprefix(prefix)
            yield Problem(
                extra.path,
                f"has no effect: {reason}",
                found=extra.key,
                allowed=f"{instead}{bare}" if instead.endswith(".") else instead,
            )


@rule
def client_properties_are_not_overridden(environment: Environment) -> Iterator[Problem]:
    """Of a client's property behind two prefixes the narrower one wins, and the derived configuration has
    many: the other one would be ignored without a word."""
    for extra in extras(environment):
        winner = _winner(environment, extra) if _unread(extra) is None and not decided_by(extra) else None
        if winner is not None:
            yield Problem(
                extra.path,
                f"is overridden by {winner} of the source connector"
                if extra.component == "worker"
                else f"is overridden by {winner}, which is set as well",
                found=extra.value,
                allowed=f"mirrormaker.connector_properties.source: {winner}"
                if extra.component == "worker"
                else winner,
            )


def _unread(extra: Extra) -> tuple[str, tuple[str, str]] | None:
    prefixes = UNREAD.get(extra.component, {})
    fitting = [prefix for prefix in prefixes if extra.key.startswith(prefix)]
    if not fitting or (fitting == ["producer."] and extra.key.startswith("producer.override.")):
        return None
    longest = max(fitting, key=len)
    return longest, prefixes[longest]


def _winner(environment: Environment, extra: Extra) -> str | None:
    """The narrower key that is set for every client which `extra` is for; None where it has an effect."""
    kind = "source" if extra.component == "worker" else extra.component.removesuffix("_connector")
    configs = [
        config
        for region in environment.regions
        for name, config in connectors(environment, region).items()
        if name.endswith(f"-{kind}")
    ]
    client = re.match(r"(producer|consumer|admin)\.(?!override\.)(.+)", extra.key)
    if client is None or not configs:
        return None
    if client[1] == "producer":
        narrower = [f"producer.override.{client[2]}"]
    elif extra.component == "worker":
        narrower = [f"{client[1]}.override.{client[2]}"]
    elif client[1] == "consumer":
        narrower = ["source.consumer." + client[2]] if kind == "source" else ["target.consumer." + client[2]]
    else:
        narrower = [f"{side}admin.{client[2]}" for side in NARROWER]
    return narrower[0] if all(key in config for config in configs for key in narrower) else None
