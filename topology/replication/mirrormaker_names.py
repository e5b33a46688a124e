"""What MirrorMaker calls things: classes, connectors, topics. The one place for all who must agree with it.

Read from the classes of Kafka 4.1.1 (connect-mirror, connect-mirror-client); tests/e2e/operations compare
with the classes themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

from topology.replication.globs import glob_regex

__all__ = [
    "CONFIG_PROPERTY_FILTER",
    "CONNECTOR_KINDS",
    "GROUP_FILTER",
    "HEARTBEATS",
    "INTERNAL",
    "NEVER_REPLICATED",
    "POLICIES",
    "RECONNECT_BACKOFF_MS",
    "REFRESH_SECONDS",
    "SEPARATOR",
    "TOPICS",
    "TOPIC_FILTER",
    "ConnectorKind",
    "checkpoints_topic",
    "connector_class",
    "connector_name",
    "flow_name",
    "is_connector_class",
    "is_connector_name",
    "is_internal",
    "offset_syncs_topic",
    "patterns",
    "simple_class_name",
]

ConnectorKind = Literal["source", "checkpoint", "heartbeat"]
CONNECTOR_KINDS: Final[tuple[ConnectorKind, ...]] = ("source", "checkpoint", "heartbeat")

_PACKAGE: Final = "org.apache.kafka.connect.mirror"
POLICIES: Final[Mapping[str, str]] = {
    "default": f"{_PACKAGE}.DefaultReplicationPolicy",
    "identity": f"{_PACKAGE}.IdentityReplicationPolicy",
}
"""Class of each replication policy; the first is MirrorMaker's default."""
TOPIC_FILTER: Final = f"{_PACKAGE}.DefaultTopicFilter"
GROUP_FILTER: Final = f"{_PACKAGE}.DefaultGroupFilter"
CONFIG_PROPERTY_FILTER: Final = f"{_PACKAGE}.DefaultConfigPropertyFilter"

SEPARATOR: Final = "."
"""Between an alias and a topic (DefaultReplicationPolicy)."""
HEARTBEATS: Final = "heartbeats"
"""ReplicationPolicy.heartbeatsTopic."""

TOPICS: Final = "*"
"""Glob of the topics that DefaultTopicFilter includes when nothing is said (DefaultTopicFilter)."""
NEVER_REPLICATED: Final = ("mm2*.internal", "*.replica", "__*")
"""Globs that DefaultTopicFilter excludes when nothing is said. `*.internal` is not among them since 4.0
(KAFKA-17200): a topic `orders.internal` of an application is replicated."""
INTERNAL: Final = ("__*", ".*", "mm2*.internal", "*.checkpoints.internal")
"""Globs that the source connector never replicates, whatever its filter says (ReplicationPolicy
.isInternalTopic, KIP-1074)."""

REFRESH_SECONDS: Final = 600
"""refresh.topics.interval.seconds when nothing is said (MirrorSourceConfig)."""
RECONNECT_BACKOFF_MS: Final[Mapping[str, int]] = {
    # MSK Developer Guide, "Amazon MSK quota": a broker takes 100 new IAM connections a second, small ones 4
    "reconnect.backoff.ms": 1000,
    "reconnect.backoff.max.ms": 10000,
}

_CONNECTOR_NAME: Final = re.compile(rf".+-to-.+-({'|'.join(CONNECTOR_KINDS)})")


def connector_class(kind: ConnectorKind) -> str:
    """The class of a kind of connector, with its package."""
    return f"{_PACKAGE}.{simple_class_name(kind)}"


def simple_class_name(kind: ConnectorKind) -> str:
    """The same without its package, which is what dedicated MirrorMaker calls its connectors."""
    return f"Mirror{kind.title()}Connector"


def is_connector_class(name: str, kind: ConnectorKind) -> bool:
    """Whether `connector.class` names this kind; Connect takes the name without the package as well."""
    return name.rpartition(".")[2] == simple_class_name(kind)


def flow_name(source_alias: str, target_alias: str) -> str:
    """`<source alias>-to-<target alias>`."""
    return f"{source_alias}-to-{target_alias}"


def connector_name(flow: str, kind: ConnectorKind) -> str:
    """The connector of a kind for a flow of this name."""
    return f"{flow}-{kind}"


def is_connector_name(name: str, kind: ConnectorKind | None = None) -> bool:
    """Whether `connector_name` gives such names; of this kind, where one is given."""
    found = _CONNECTOR_NAME.fullmatch(name)
    return found is not None and kind in (None, found[1])


def offset_syncs_topic(source_alias: str) -> str:
    """The offset syncs of a source; with location=target they are on the target (KIP-716)."""
    return f"mm2-offset-syncs.{source_alias}.internal"


def checkpoints_topic(source_alias: str) -> str:
    """The checkpoints of a source, on the target."""
    return f"{source_alias}.checkpoints.internal"


def is_internal(topic: str) -> bool:
    """Whether the source connector refuses a topic whatever its filter says, see INTERNAL."""
    return _INTERNAL.fullmatch(topic) is not None


def patterns(globs: tuple[str, ...]) -> str:
    """Globs as the comma-separated regular expressions that MirrorMaker's filters read."""
    return ",".join(glob_regex(glob) for glob in globs)


_INTERNAL: Final = re.compile("|".join(glob_regex(glob) for glob in INTERNAL))
