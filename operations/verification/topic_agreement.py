"""Whether a mirrored topic is as its original: configuration and partitions; and no rules of Kafka's own
authorizer copied along, which IAM principals do not need and MSK does not let MirrorMaker write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ConfigResource,
    ConfigSource,
    ResourcePatternType,
    ResourceType,
)

from operations.kafka.clusters import Cluster, ClusterError, words

__all__ = ["EXCLUDED_CONFIGS", "config_differences", "copied_rules", "own_config"]

REQUEST_SECONDS: Final = 15.0
EXCLUDED_CONFIGS: Final = (
    r"follower\.replication\.throttled\.replicas,leader\.replication\.throttled\.replicas,"
    r"message\.timestamp\.difference\.max\.ms,message\.timestamp\.type,"
    r"unclean\.leader\.election\.enable,min\.insync\.replicas"
)
"""config.properties.exclude when nothing is said (DefaultConfigPropertyFilter of Kafka 4.1.1)."""

ANY: Final[Any] = None
"""In a filter of rules; confluent_kafka's types do not know it."""

Rule = tuple[str, str, Any, Any]
"""Principal, host, AclOperation, AclPermissionType."""


def own_config(cluster: Cluster, topic: str) -> tuple[dict[str, str], dict[str, str]]:
    """What the topic's configuration sets itself, and all that holds for it. Raises ClusterError."""
    resource = ConfigResource(ResourceType.TOPIC, topic)
    admin = cluster.admin()  # must outlive its answers
    try:
        asked = admin.describe_configs([resource], request_timeout=REQUEST_SECONDS)
        entries = next(iter(asked.values())).result().values()
    except KafkaException as error:
        raise ClusterError(f"{cluster}, topic {topic}: {words(error)}") from error
    held = {entry.name: str(entry.value) for entry in entries}
    own = {one.name for one in entries if one.source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value}
    return {name: held[name] for name in own}, held


def config_differences(
    original: Mapping[str, str], mirrored: Mapping[str, str], excluded: str = EXCLUDED_CONFIGS
) -> dict[str, str]:
    """Property -> `found here, there`, for what the original sets and MirrorMaker is to copy. `excluded`:
    config.properties.exclude, comma-separated regular expressions."""
    patterns = [re.compile(one.strip()) for one in excluded.split(",") if one.strip()]
    return {
        name: f"{value} at the source, {mirrored.get(name, 'not set')} in the mirror"
        for name, value in sorted(original.items())
        if mirrored.get(name) != value and not any(pattern.fullmatch(name) for pattern in patterns)
    }


def copied_rules(source: Cluster, topic: str, target: Cluster, mirrored: str) -> tuple[str, ...] | None:
    """The rules of the original that its mirror has too; MirrorMaker copies those that allow, and of them
    reading alone (MirrorSourceConnector.targetAclBinding). None where a cluster has no such rules at all.

    Raises ClusterError where they may not be listed.
    """
    originals, copies = _rules(source, topic), _rules(target, mirrored)
    if originals is None or copies is None:
        return None
    expected = {
        (who, host, AclOperation.READ if operation == AclOperation.ALL else operation, permission)
        for who, host, operation, permission in originals
    }
    return tuple(f"{who} {operation.name}" for who, _, operation, _ in sorted(copies & expected, key=str))


def _rules(cluster: Cluster, topic: str) -> set[Rule] | None:
    wanted = AclBindingFilter(
        ResourceType.TOPIC,
        topic,
        ResourcePatternType.LITERAL,
        ANY,
        ANY,
        AclOperation.ANY,
        AclPermissionType.ANY,
    )
    admin: AdminClient = cluster.admin()
    try:
        found: list[AclBinding] = admin.describe_acls(wanted, request_timeout=REQUEST_SECONDS).result()
    except KafkaException as error:
        if error.args[0].code() == KafkaError.SECURITY_DISABLED:
            return None
        raise ClusterError(f"{cluster}: {words(error)}") from error
    return {(one.principal, one.host, one.operation, one.permission_type) for one in found}
