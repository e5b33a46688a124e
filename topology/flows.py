"""Flows in one direction each, from what the environment says about pairs and sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from topology.model import Environment, Flow

__all__ = [
    "DirectedFlow",
    "checkpoints_topic",
    "directed_flows",
    "flows_between",
    "flows_from",
    "flows_into",
    "offset_syncs_topic",
    "peers",
]

HEARTBEATS = "heartbeats"


@dataclass(frozen=True)
class DirectedFlow:
    """What is replicated from `source` to `target`; its workers run in the target's region."""

    environment: Environment
    spec: Flow
    position: int
    """Of the flow in the environment file."""
    source: str
    target: str

    @property
    def source_alias(self) -> str:
        """Kafka's name of the cluster that is read."""
        return self.environment.alias(self.source)

    @property
    def target_alias(self) -> str:
        """Kafka's name of the cluster that is written."""
        return self.environment.alias(self.target)

    @property
    def name(self) -> str:
        """`<source alias>-to-<target alias>`, the beginning of the connectors' names."""
        return f"{self.source_alias}-to-{self.target_alias}"

    @property
    def topics(self) -> tuple[str, ...]:
        """Globs of the topics at the source."""
        default = f"{self.environment.project}.{self.environment.environment}.*"
        return self.spec.topics.include or (default,)

    @property
    def sample_topic(self) -> str:
        """A topic that the first glob takes, for numbered records where no other is named."""
        return self.topics[0].replace("*", "numbered").replace("?", "x")

    @property
    def groups(self) -> tuple[str, ...]:
        """Globs of the consumer groups whose offsets are translated."""
        return tuple(group.replace("{source}", self.source_alias) for group in self.spec.groups.include)

    @property
    def excluded_groups(self) -> tuple[str, ...]:
        """Globs of the consumer groups that are left alone."""
        return tuple(group.replace("{source}", self.source_alias) for group in self.spec.groups.exclude)

    @property
    def tasks_max(self) -> int:
        """Tasks of the source connector: twice the most replicas unless the file says otherwise."""
        return self.spec.tasks_max or 2 * self.environment.mirrormaker.replicas.max

    @property
    def has_checkpoints(self) -> bool:
        """Whether consumer offsets are translated."""
        return self.spec.checkpoints.enabled

    @property
    def writes_group_offsets(self) -> bool:
        """Whether translated offsets are written into the target's consumer groups."""
        return self.has_checkpoints and self.spec.checkpoints.sync_group_offsets

    def mirrored(self, topic: str) -> str:
        """Name (or glob) at the target of a topic (or glob) at the source. Heartbeats get the prefix under
        either policy (Kafka, IdentityReplicationPolicy.formatRemoteTopic)."""
        kept = self.spec.policy == "identity" and not topic.endswith(HEARTBEATS)
        return topic if kept else f"{self.source_alias}.{topic}"

    @property
    def carries_heartbeats(self) -> bool:
        """Whether heartbeats arrive at the target. A heartbeat connector writes to its own workers' cluster,
        so that the source has them where another flow ends there, and a one-way flow has none."""
        return any(flow.spec.heartbeats.enabled for flow in flows_into(self.environment, self.source))

    @property
    def offset_syncs_topic(self) -> str:
        """See the function of that name."""
        return offset_syncs_topic(self.source_alias)

    @property
    def checkpoints_topic(self) -> str:
        """See the function of that name."""
        return checkpoints_topic(self.source_alias)


def offset_syncs_topic(source_alias: str) -> str:
    """MirrorMaker's offset-sync topic; with location=target it lies on the target (KIP-716)."""
    return f"mm2-offset-syncs.{source_alias}.internal"


def checkpoints_topic(source_alias: str) -> str:
    """MirrorMaker's checkpoint topic on the target."""
    return f"{source_alias}.checkpoints.internal"


def directed_flows(environment: Environment) -> tuple[DirectedFlow, ...]:
    """Every direction of every flow, in file order."""
    return tuple(
        DirectedFlow(environment, flow, position, source, target)
        for position, flow in enumerate(environment.flows)
        for source, target in _directions(environment, flow)
        if source in environment.regions and target in environment.regions
    )


def flows_into(environment: Environment, region: str) -> tuple[DirectedFlow, ...]:
    """The flows whose workers run in `region`."""
    return tuple(flow for flow in directed_flows(environment) if flow.target == region)


def flows_from(environment: Environment, region: str) -> tuple[DirectedFlow, ...]:
    """The flows that read the cluster of `region`."""
    return tuple(flow for flow in directed_flows(environment) if flow.source == region)


def flows_between(environment: Environment, ends: tuple[str, str]) -> tuple[DirectedFlow, ...]:
    """The flows between two regions, in either direction."""
    return tuple(
        flow for flow in directed_flows(environment) if (flow.source, flow.target) in {ends, ends[::-1]}
    )


def peers(environment: Environment, region: str) -> tuple[str, ...]:
    """Regions that share a flow with `region`, in either direction, sorted."""
    found = {flow.target for flow in flows_from(environment, region)}
    return tuple(sorted(found | {flow.source for flow in flows_into(environment, region)}))


def _directions(environment: Environment, flow: Flow) -> Iterator[tuple[str, str]]:
    if flow.active_active:
        yield from permutations(flow.regions or tuple(environment.regions), 2)
    elif flow.source and flow.target:
        yield flow.source, flow.target
