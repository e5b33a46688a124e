"""Moves a consumer group from one cluster to the other, so that it misses no record and reads few twice.

The group's offsets on the other cluster are all that is written. Kafka refuses to write them as long as the
group has members there.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from operations.failover.moves import make_plan
from operations.failover.plan import Plan, Rules, Seen
from operations.failover.routes import Routes
from operations.kafka.clusters import Cluster, ClusterError
from operations.kafka.groups import Groups
from operations.kafka.offset_translation import Checkpoint, SyncedOffsets, read_checkpoints, read_offset_syncs
from operations.kafka.partitions import Offsets, Partition

__all__ = ["Failover", "FailoverError", "Outcome"]


class FailoverError(Exception):
    """A failover did not finish; the text says what is written and how to continue."""


@dataclass(frozen=True)
class Outcome:
    """What a run did: `written` offsets; the others of the plan were right already. Nothing when refused."""

    plan: Plan
    written: int

    @property
    def refused(self) -> bool:
        return bool(self.plan.problems)

    def as_json(self) -> dict[str, Any]:
        state = "refused" if self.refused else "moved"
        kept = 0 if self.refused else len(self.plan.moves) - self.written
        return {"state": state, "written": self.written, "kept": kept, **self.plan.as_json()}


@dataclass(frozen=True)
class Failover:
    """`group` leaves the cluster `source`, None when that is down, for the cluster `target`."""

    group: str
    routes: Routes
    source: Cluster | None
    target: Cluster
    rules: Rules = field(default_factory=Rules)

    def plan(self) -> Plan:
        """Reads both clusters and changes nothing. Raises ClusterError."""
        return make_plan(self.group, self.routes, self._look(), self.rules, time.time())

    def run(self) -> Outcome:
        """Plans, and writes the offsets of a plan that is not refused. Repeating it writes nothing more.

        Raises ClusterError before anything is written, FailoverError after that.
        """
        plan = self.plan()
        needed = {move.target: move.resume_offset for move in plan.moves if move.needed}
        if plan.problems or not needed:
            return Outcome(plan, 0)
        groups = Groups(self.target)
        try:
            groups.commit(self.group, needed)
            found = groups.committed(self.group)
        except ClusterError as error:
            raise FailoverError(
                f"{error}; the offsets of {self.group} on {self.routes.target} may be written in part: run "
                "it again before the group starts there; it writes what is missing"
            ) from error
        wrong = sorted(partition for partition, offset in needed.items() if found.get(partition) != offset)
        if wrong:
            named = ", ".join(f"{topic}-{number}" for topic, number in wrong)
            raise FailoverError(
                f"{self.target}: the offsets of {self.group} are not what was written: {named}; someone else "
                "writes them too (a member that started, another failover): stop that and run it again"
            )
        return Outcome(plan, len(needed))

    def _look(self) -> Seen:
        target = Groups(self.target)
        members = {self.routes.target: target.members(self.group)}
        committed: Mapping[Partition, int] | None = None
        if self.source is not None:
            source = Groups(self.source)
            members = {self.routes.source: source.members(self.group), **members}
            committed = source.committed(self.group)
        checkpoints = self._checkpoints(committed)
        current = target.committed(self.group)
        topics = self._topics_there(committed, checkpoints)
        return Seen(
            committed,
            current,
            Offsets(self.target).extents(lambda topic: topic in topics),
            checkpoints,
            self._forward_syncs(committed),
            self._backward_syncs(committed),
            members,
        )

    def _checkpoints(self, committed: Mapping[Partition, int] | None) -> dict[Partition, Checkpoint]:
        topic = self.routes.checkpoints_topic
        if topic is None:
            return {}
        wanted = None if committed is None else frozenset(self._mirrors(committed).values())
        found = read_checkpoints(self.target, topic, self.group, wanted)
        return {partition: one for partition, one in found.items() if self.routes.original(partition[0])}

    def _forward_syncs(self, committed: Mapping[Partition, int] | None) -> SyncedOffsets:
        topic, partitions = self.routes.forward_syncs_topic, self._mirrors(committed or {})
        if topic is None or committed is None or not partitions:
            return SyncedOffsets()
        return read_offset_syncs(
            self.target,
            topic,
            lambda syncs: all(syncs.downstream(one, committed[one]) is not None for one in partitions),
        )

    def _backward_syncs(self, committed: Mapping[Partition, int] | None) -> SyncedOffsets:
        topic, originals = self.routes.backward_syncs_topic, self._originals(committed or {})
        if topic is None or self.source is None or committed is None or not originals:
            return SyncedOffsets()
        return read_offset_syncs(
            self.source,
            topic,
            lambda syncs: all(
                syncs.upstream(there, committed[here]) is not None for here, there in originals.items()
            ),
        )

    def _topics_there(
        self, committed: Mapping[Partition, int] | None, checkpoints: Mapping[Partition, Checkpoint]
    ) -> set[str]:
        if committed is None:
            return {topic for topic, _ in checkpoints}
        there = (self.routes.there(topic) for topic, _ in committed)
        return {one.topic for one in there if one is not None}

    def _mirrors(self, committed: Mapping[Partition, int]) -> dict[Partition, Partition]:
        """Partitions of the source that are mirrored, and their mirrors."""
        return self._pairs(committed, back=False)

    def _originals(self, committed: Mapping[Partition, int]) -> dict[Partition, Partition]:
        """Mirrors on the source, and their originals."""
        return self._pairs(committed, back=True)

    def _pairs(self, committed: Mapping[Partition, int], back: bool) -> dict[Partition, Partition]:
        there = {partition: self.routes.there(partition[0]) for partition in committed}
        return {
            (topic, number): (one.topic, number)
            for (topic, number), one in there.items()
            if one is not None and one.back is back
        }
