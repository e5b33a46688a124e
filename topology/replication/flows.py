"""Flows in one direction each, from what the environment says about pairs and sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from topology.aws.names import Names
from topology.model import Environment, Flow
from topology.replication.globs import covers, glob_regex, matches
from topology.replication.mirrormaker_names import (
    HEARTBEATS,
    INTERNAL,
    NEVER_REPLICATED,
    checkpoints_topic,
    flow_name,
    offset_syncs_topic,
)
from topology.replication.replicated_topics import ReplicatedTopics

__all__ = [
    "DirectedFlow",
    "directed_flows",
    "flows_between",
    "flows_from",
    "flows_into",
    "internal_topics",
    "peers",
]


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
        return flow_name(self.source_alias, self.target_alias)

    @property
    def topics(self) -> tuple[str, ...]:
        """Globs of the topics at the source."""
        default = f"{self.environment.project}.{self.environment.environment}.*"
        return self.spec.topics.include or (default,)

    @property
    def excluded_topics(self) -> tuple[str, ...]:
        """Globs of the topics at the source that are not replicated although `topics` may match them:
        MirrorMaker's own list, the file's, and the internal topics by name. A name that no glob of `topics`
        matches, or that is excluded already, is left out."""
        listed = (*NEVER_REPLICATED, *self.spec.topics.exclude)
        internal = (
            name
            for name in self._internal_topics()
            if _any_matches(self.topics, name) and not _any_matches(listed, name)
        )
        return tuple(dict.fromkeys((*listed, *internal)))

    def _internal_topics(self) -> Iterator[str]:
        """The internal topics, and at the source those whose mirrored name would be that of an internal topic
        (`checkpoints.internal`, which becomes `<source>.checkpoints.internal`)."""
        for name in internal_topics(self.environment):
            yield name
            original = name.removeprefix(self.mirrored(""))
            if original != name:
                yield original

    def excludes(self, glob: str) -> bool:
        """Whether no topic that the glob (or name) matches is ever replicated."""
        return any(covers(excluded, glob) for excluded in (*self.excluded_topics, *INTERNAL))

    @property
    def replicated_topics(self) -> ReplicatedTopics:
        """Which topics cross, as the flow's source connector decides it."""
        include, exclude = (
            re.compile("|".join(glob_regex(glob) for glob in globs))
            for globs in (self.topics, self.excluded_topics)
        )
        identity = self.spec.policy == "identity"
        return ReplicatedTopics(self.source_alias, self.target_alias, include, exclude, identity=identity)

    @property
    def sample_topic(self) -> str:
        """A topic that is replicated, for numbered records where no other is named; the first glob's where it
        has one that is not excluded."""
        samples = [
            glob.replace("*", filling).replace("?", filling[0])
            for glob in self.topics
            for filling in ("numbered", "x", "0")
        ]
        return next((one for one in samples if self.replicated_topics.replicated(one)), samples[0])

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


def internal_topics(environment: Environment) -> tuple[str, ...]:
    """The topics in which Connect's workers and MirrorMaker keep their own state in any region, whatever the
    file calls them. In another cluster they mean nothing, or overwrite the state of its workers."""
    found: list[str] = []
    for region in environment.regions:
        alias = environment.alias(region)
        found += Names(environment, region).connect_topics
        found += [offset_syncs_topic(alias), checkpoints_topic(alias)]
    return tuple(dict.fromkeys((*found, HEARTBEATS)))


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


def _any_matches(globs: tuple[str, ...], name: str) -> bool:
    return any(matches(glob, name) for glob in globs)


def _directions(environment: Environment, flow: Flow) -> Iterator[tuple[str, str]]:
    if flow.active_active:
        yield from permutations(flow.regions or tuple(environment.regions), 2)
    elif flow.source and flow.target:
        yield flow.source, flow.target
