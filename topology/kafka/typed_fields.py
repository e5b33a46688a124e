"""Kafka properties that an environment file does not set as properties, and what decides them instead.

Each derived property is one of three: decided by a field of the file (or by the platform, with a reason),
reserved because it guards the platform (guarded_properties.py), or tuning that a file may replace. A test
holds that every derived property is exactly one of these.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["DECIDED", "DECIDED_OF_CLIENTS", "TUNABLE", "Decided", "decided"]


@dataclass(frozen=True)
class Decided:
    """Properties (`keys`: a regular expression of the whole key), the field of the environment file that
    decides them (empty where none does), and why the property is refused."""

    keys: str
    field: str
    reason: str = "the field and the property would contradict each other"


_FACTOR = "kafka.replication_factor"
_CONNECT = "mirrormaker.connect"
_CHECKPOINTS = "flows[].checkpoints"
_BYTES = "records cross as the bytes that they are"
_NAMES = "IAM policies, heartbeats, the probe and verification rely on the names of mirrored topics"

_BROKER = (
    Decided(r"num\.partitions", "kafka.default_partitions"),
    Decided(r"(default|offsets\.topic|transaction\.state\.log)\.replication\.factor", _FACTOR),
    Decided(r"min\.insync\.replicas|transaction\.state\.log\.min\.isr", "kafka.min_insync_replicas"),
)

_WORKER = (
    Decided(r"group\.id", f"{_CONNECT}.group_id"),
    *(
        Decided(rf"{kind}\.storage\.topic", f"{_CONNECT}.{kind}_topic")
        for kind in ("config", "offset", "status")
    ),
    *(
        Decided(rf"{kind}\.storage\.partitions", f"{_CONNECT}.{kind}_partitions")
        for kind in ("offset", "status")
    ),
    Decided(r"(config|offset|status)\.storage\.replication\.factor", _FACTOR),
    Decided(r"exactly\.once\.source\.support|isolation\.level", "mirrormaker.exactly_once"),
    Decided(r"(key|value|header)\.converter", "", _BYTES),
)

_CONNECTOR = (
    Decided(
        r"name|connector\.class", "flows", "each flow has its connectors, under names that the probe knows"
    ),
    Decided(r"enabled", "flows", "a connector that is switched off stays RUNNING and replicates nothing"),
    Decided(r"tasks\.max", "flows[].tasks_max"),
    Decided(r"topics", "flows[].topics.include"),
    Decided(r"topics\.exclude", "flows[].topics.exclude"),
    Decided(r"groups", "flows[].groups.include"),
    Decided(r"groups\.exclude", "flows[].groups.exclude"),
    Decided(
        r"((offset-syncs|checkpoints|heartbeats)\.topic\.)?replication\.factor",
        _FACTOR,
        "topics with fewer replicas than min.insync.replicas cannot be written",
    ),
    Decided(r"offset\.lag\.max", "flows[].offset_syncs.lag_max"),
    Decided(r"offset-syncs\.topic\.location", "", "MirrorMaker writes nothing to the source"),
    Decided(
        r"refresh\.(topics|groups)\.(enabled|interval\.seconds)", "flows[].refresh_topics_interval_seconds"
    ),
    Decided(r"emit\.offset-syncs\.enabled|emit\.checkpoints\.enabled", f"{_CHECKPOINTS}.enabled"),
    Decided(r"emit\.checkpoints\.interval\.seconds", f"{_CHECKPOINTS}.interval_seconds"),
    Decided(r"sync\.group\.offsets\.enabled", f"{_CHECKPOINTS}.sync_group_offsets"),
    Decided(r"sync\.group\.offsets\.interval\.seconds", f"{_CHECKPOINTS}.sync_interval_seconds"),
    Decided(r"emit\.heartbeats\.enabled|heartbeats\.replication\.enabled", "flows[].heartbeats.enabled"),
    Decided(r"emit\.heartbeats\.interval\.seconds", "flows[].heartbeats.interval_seconds"),
    Decided(r"exactly\.once\.support", "mirrormaker.exactly_once"),
    Decided(r"offsets\.storage\.topic", f"{_CONNECT}.offset_topic"),
    Decided(r"replication\.policy\.class", "flows[].policy"),
    Decided(r"replication\.policy\..*", "", _NAMES),
    Decided(r"sync\.topic\.acls\..*", "", "Kafka's ACLs do not govern IAM principals"),
    Decided(
        r"sync\.topic\.configs\.enabled",
        "",
        "mirrored topics have their originals' configuration, which verification checks;"
        " config.properties.exclude names what is not copied",
    ),
    Decided(r"topic\.creation\..*", "", "MirrorMaker creates the topics that it writes"),
    Decided(r"errors\.tolerance", "", "with all, records that cannot be sent are skipped (KIP-779)"),
)

DECIDED: dict[str, tuple[Decided, ...]] = {
    "broker": _BROKER,
    "worker": _WORKER,
    "source_connector": _CONNECTOR,
    "checkpoint_connector": _CONNECTOR,
    "heartbeat_connector": _CONNECTOR,
}
"""Component -> what its own properties may not be."""

_NO_GROUP = "MirrorMaker assigns partitions itself: its consumers are in no group, and IAM allows none"

DECIDED_OF_CLIENTS: dict[str, tuple[Decided, ...]] = {
    "producer": (
        Decided(r"acks|enable\.idempotence", "", "records would be lost or reordered when a broker fails"),
        Decided(
            r"transactional\.id",
            "mirrormaker.exactly_once",
            "Connect names transactions, and IAM allows these",
        ),
        Decided(
            r"transaction\.two\.phase\.commit\.enable",
            "mirrormaker.exactly_once",
            "Connect ends its transactions itself, and with it transaction.timeout.ms is refused (KIP-939)",
        ),
    ),
    "consumer": (
        Decided(
            r"isolation\.level", "", "records of aborted transactions would be replicated as if committed"
        ),
        Decided(
            r"group\.(id|instance\.id|protocol|remote\.assignor)|enable\.auto\.commit|share\..*",
            "",
            _NO_GROUP,
        ),
    ),
    "admin": (),
}
"""Kind of client -> what its properties may not be, behind any prefix (`producer.override.`, ...)."""

TUNABLE: dict[str, tuple[str, ...]] = {
    "broker": (
        *("auto.create.topics.enable", "log.retention.ms", "message.max.bytes", "replica.fetch.max.bytes"),
        *("socket.send.buffer.bytes", "socket.receive.buffer.bytes", "unclean.leader.election.enable"),
        *(f"log.message.timestamp.{side}.max.ms" for side in ("before", "after", "difference")),
    ),
    "worker": (
        *("offset.flush.interval.ms", "task.shutdown.graceful.timeout.ms"),
        *("scheduled.rebalance.max.delay.ms", "session.timeout.ms", "heartbeat.interval.ms"),
        *(
            f"{prefix}reconnect.backoff{end}"
            for prefix in ("", "producer.", "consumer.", "admin.")
            for end in (".ms", ".max.ms")
        ),
    ),
    "source_connector": (
        "producer.override.max.in.flight.requests.per.connection",
        *(
            f"producer.override.{key}"
            for key in ("linger.ms", "batch.size", "compression.type", "send.buffer.bytes")
        ),
        *(f"producer.override.{key}" for key in ("max.request.size", "buffer.memory")),
        *(
            f"source.consumer.{key}"
            for key in ("fetch.min.bytes", "receive.buffer.bytes", "auto.offset.reset")
        ),
    ),
    "checkpoint_connector": (),
    "heartbeat_connector": (),
}
"""Component -> derived properties that a file may replace; rules judge the effective value."""


def decided(component: str, key: str) -> Decided | None:
    """What decides a component's own property instead of the file's properties; None where nothing does."""
    return next((entry for entry in DECIDED[component] if re.fullmatch(entry.keys, key)), None)
