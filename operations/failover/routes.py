"""Between two clusters of an environment: what a topic of one is called on the other, by their flows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from topology.model import Environment
from topology.replication.flows import DirectedFlow, directed_flows, flows_between
from topology.replication.globs import glob_regex
from topology.replication.mirrormaker_names import flow_name
from topology.replication.replicated_topics import ReplicatedTopics

__all__ = ["RouteError", "Routes", "There", "ends_of"]


class RouteError(ValueError):
    """The environment has no such cluster, or no flow between the two; says what there is."""


@dataclass(frozen=True)
class There:
    """A topic as the other cluster has it; `back`: it is the original of a mirror."""

    topic: str
    back: bool


@dataclass(frozen=True)
class _Route:
    flow: DirectedFlow
    topics: ReplicatedTopics

    def original(self, topic: str) -> str | None:
        if not self.topics.mirrored(topic):
            return None
        prefix = f"{self.flow.source_alias}{self.topics.separator}"
        return topic if self.flow.spec.policy == "identity" else topic.removeprefix(prefix)

    def translates(self, group: str) -> bool:
        flow = self.flow
        wanted = _matches(flow.groups, group) and not _matches(flow.excluded_groups, group)
        return flow.has_checkpoints and wanted


@dataclass(frozen=True)
class Routes:
    """The flows from the cluster `source` to the cluster `target`, by alias, and those in return."""

    source: str
    target: str
    forward: tuple[_Route, ...]
    backward: tuple[_Route, ...]

    @classmethod
    def of(cls, environment: Environment, source: str, target: str) -> Routes:
        """`source` and `target` are aliases or regions. Raises RouteError."""
        here, there = ends_of(environment, source, target)
        flows = flows_between(environment, (here, there))
        forward = tuple(_route(flow) for flow in flows if flow.source == here)
        backward = tuple(_route(flow) for flow in flows if flow.source == there)
        return cls(environment.alias(here), environment.alias(there), forward, backward)

    @property
    def flow_name(self) -> str:
        """Of the flow from the source to the target."""
        return flow_name(self.source, self.target)

    def there(self, topic: str) -> There | None:
        """What a topic of the source is on the target; None when no flow carries it."""
        for route in self.backward:
            if (original := route.original(topic)) is not None:
                return There(original, back=True)
        for route in self.forward:
            if route.topics.replicated(topic):
                return There(route.flow.mirrored(topic), back=False)
        return None

    def original(self, topic: str) -> str | None:
        """What a mirrored topic on the target is on the source; None when it is no mirror of it."""
        found = (route.original(topic) for route in self.forward)
        return next((one for one in found if one is not None), None)

    def translates(self, group: str) -> bool:
        """Whether MirrorMaker writes checkpoints of a group for the target."""
        return any(route.translates(group) for route in self.forward)

    @property
    def groups(self) -> tuple[str, ...]:
        """Globs of the groups that are translated for the target."""
        return tuple(glob for one in self.forward if one.flow.has_checkpoints for glob in one.flow.groups)

    @property
    def interval_seconds(self) -> int:
        """Of emitting checkpoints for the target, the longest where there are several flows."""
        return max((one.flow.spec.checkpoints.interval_seconds for one in self.forward), default=0)

    @property
    def checkpoints_topic(self) -> str | None:
        """On the target; None without a flow there."""
        return self.forward[0].flow.checkpoints_topic if self.forward else None

    @property
    def forward_syncs_topic(self) -> str | None:
        """Offset syncs of the flows to the target: on the target."""
        return self.forward[0].flow.offset_syncs_topic if self.forward else None

    @property
    def backward_syncs_topic(self) -> str | None:
        """Offset syncs of the flows in return: on the source, where these end."""
        return self.backward[0].flow.offset_syncs_topic if self.backward else None


def ends_of(environment: Environment, source: str, target: str) -> tuple[str, str]:
    """The regions of two clusters between which there is a flow, by alias or region. Raises RouteError."""
    here, there = (_region(environment, name) for name in (source, target))
    if here == there:
        raise RouteError(f"found one cluster twice, {source}; a group moves from one to another")
    if not flows_between(environment, (here, there)):
        there_are = ", ".join(dict.fromkeys(flow.name for flow in directed_flows(environment)))
        raise RouteError(f"found no flow between {source} and {target}; the environment has {there_are}")
    return here, there


def _route(flow: DirectedFlow) -> _Route:
    return _Route(flow, flow.replicated_topics)


def _matches(globs: tuple[str, ...], name: str) -> bool:
    return any(re.fullmatch(glob_regex(glob), name) for glob in globs)


def _region(environment: Environment, name: str) -> str:
    for region in environment.regions:
        if name in {region, environment.alias(region)}:
            return region
    known = ", ".join(environment.alias(region) for region in environment.regions)
    raise RouteError(f"found the cluster {name}; the environment has {known}")
