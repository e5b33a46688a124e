"""A flow: what is replicated from where to where."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from topology.model.base import LARGEST_INT, Glob, GroupGlob, Model, RegionId, Seconds

__all__ = ["Checkpoints", "Flow", "GroupFilter", "Heartbeats", "OffsetSyncs", "TopicFilter"]


class TopicFilter(Model):
    """Topics by name with IAM's wildcards, so that policy and connector cover the same set."""

    include: tuple[Glob, ...] = ()
    """Default: `<project>.<environment>.*`, the report's original."""
    exclude: tuple[Glob, ...] = ()
    """Added to what is never replicated: `mm2*.internal`, `*.replica`, `__*`, and the topics in which Connect
    and MirrorMaker keep their own state."""


class GroupFilter(Model):
    """Consumer groups whose offsets are translated. `{source}` stands for the source's alias."""

    include: tuple[GroupGlob, ...] = ("*",)
    """Default: all groups that `exclude` does not match."""
    exclude: tuple[GroupGlob, ...] = ("console-consumer-*", "connect-*", "__*")
    """Default: MirrorMaker's own (KIP-382)."""


class Checkpoints(Model):
    """Translated consumer offsets."""

    enabled: bool = True
    """Whether offsets of consumer groups are translated. A failover needs it."""
    interval_seconds: Seconds = 20
    """emit.checkpoints.interval.seconds. Default: 20; a failed-over group re-reads at least this much."""
    sync_group_offsets: bool = True
    """Write translated offsets into the target's __consumer_offsets (KIP-545). Default: on; the original
    left it off, so no consumer could fail over."""
    sync_interval_seconds: Seconds = 20
    """sync.group.offsets.interval.seconds. Default: 20, as often as checkpoints are written."""


class OffsetSyncs(Model):
    """The records by which offsets are translated. They are always at the target, so that MirrorMaker writes
    nothing to the source (KIP-716)."""

    lag_max: Annotated[int, Field(ge=0, le=LARGEST_INT)] = 100
    """offset.lag.max, in records. Default: 100 (Kafka's default)."""


class Heartbeats(Model):
    """Records that prove that a flow is alive."""

    enabled: bool = True
    """Whether heartbeats are sent. The probe measures replication latency with them."""
    interval_seconds: Seconds = 1
    """emit.heartbeats.interval.seconds. Default: 1 (Kafka's default)."""


class Flow(Model):
    """One direction (`source` and `target`) or all directions within a set (`active_active`)."""

    source: RegionId | None = None
    """Region that records are replicated from. Together with `target`: one direction."""
    target: RegionId | None = None
    """Region that records are replicated to. Its workers do the work."""
    active_active: bool = False
    """Replicate in every direction between the `regions` of this flow. Without `source` and `target`."""
    regions: tuple[RegionId, ...] = ()
    """With active_active: the regions that replicate to each other. Default: all of the environment."""
    topics: TopicFilter = TopicFilter()
    groups: GroupFilter = GroupFilter()
    policy: Literal["default", "identity"] = "default"
    """default: mirrored topics are named `<source alias>.<topic>`; identity: as at the source. Default:
    default, the report's original."""
    tasks_max: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Tasks of the source connector. Default: twice the most replicas, so that every worker has work
    (the original's 2 left workers three to six idle)."""
    refresh_topics_interval_seconds: Seconds = 60
    """How often new topics and partitions are looked for. Default: 60 (the original's 600 left a new topic
    unreplicated for ten minutes)."""
    checkpoints: Checkpoints = Checkpoints()
    offset_syncs: OffsetSyncs = OffsetSyncs()
    heartbeats: Heartbeats = Heartbeats()
