"""The offsets from which a consumer group resumes at another cluster, partition by partition.

Two ways lead there. A topic of the cluster that the group leaves is mirrored: MirrorMaker's checkpoints say
where the group is in the mirror. A topic that is itself a mirror leads back to its original: MirrorMaker
makes no checkpoints of that, but its offset syncs, read backwards, say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from operations.failover.plan import Left, Move, Plan, Rules, Seen
from operations.failover.problems import objections
from operations.failover.routes import Routes
from operations.kafka.partitions import Extent, Partition
from topology.replication.mirrormaker_names import flow_name

__all__ = ["make_plan"]


@dataclass(frozen=True)
class _Wanted:
    """A partition to resume in, before its offset is decided."""

    source: Partition
    target: Partition
    back: bool
    committed: int | None


def make_plan(group: str, routes: Routes, seen: Seen, rules: Rules, now: float) -> Plan:
    """`now`: seconds since 1970, by which checkpoints are old."""
    wanted, left = _wanted(group, routes, seen)
    moves: list[Move] = []
    missing: list[Partition] = []
    for one in wanted:
        move = _move(one, seen, rules, now)
        if move is not None:
            moves.append(move)
        elif rules.uncheckpointed == "leave":
            left.append(Left(one.source, "no checkpoint; the group begins by its auto.offset.reset"))
        else:
            missing.append(one.target)
    set_back = [one.source for one in wanted if _set_back(one, seen)]
    problems = objections(group, routes, seen, rules, now, moves, missing, set_back)
    source, target = routes.source, routes.target
    return Plan(group, source, target, tuple(moves), tuple(left), problems, _notes(routes, seen, wanted))


def _wanted(group: str, routes: Routes, seen: Seen) -> tuple[list[_Wanted], list[Left]]:
    wanted: list[_Wanted] = []
    left: list[Left] = []
    for source, committed in sorted(_sources(routes, seen)):
        there = routes.there(source[0])
        if there is None:
            left.append(Left(source, f"no flow between {routes.source} and {routes.target} carries it"))
            continue
        target = (there.topic, source[1])
        translated = there.back or target in seen.checkpoints or target in seen.current
        if target not in seen.extents:
            words = f"not in {there.topic} on {routes.target} yet; the group begins by its auto.offset.reset"
            left.append(Left(source, words))
        elif not translated and not routes.translates(group):
            left.append(
                Left(
                    source,
                    f"it is of the flow {routes.flow_name}, whose groups do not include "
                    f"{group}; in {there.topic} the group begins by its auto.offset.reset",
                )
            )
        else:
            wanted.append(_Wanted(source, target, there.back, committed))
    return wanted, left


def _sources(routes: Routes, seen: Seen) -> Iterable[tuple[Partition, int | None]]:
    """The partitions of the cluster that is left. Where it was not asked: those of the topics of which there
    are checkpoints."""
    if seen.committed is not None:
        return list(seen.committed.items())
    topics = {topic for topic, _ in seen.checkpoints}
    originals = ((routes.original(topic), number) for topic, number in seen.extents if topic in topics)
    return [((topic, number), None) for topic, number in originals if topic is not None]


def _move(one: _Wanted, seen: Seen, rules: Rules, now: float) -> Move | None:
    """None without an offset to resume from."""
    extent, current = seen.extents[one.target], seen.current.get(one.target)
    way, translated, age = _translated(one, seen, rules, now)
    if translated is None and current is not None:
        way = "earlier offset"
    elif translated is None and extent.beginning == extent.end:
        way, translated = "empty", extent.end
    elif translated is None and rules.uncheckpointed == "beginning":
        way, translated = "beginning", extent.beginning
    elif translated is None:
        return None
    aim = translated if rules.force and translated is not None else max(translated or 0, current or 0)
    resume_offset = max(aim, extent.beginning)
    return Move(
        one.source,
        one.target,
        way,
        one.committed,
        translated,
        current,
        resume_offset,
        extent,
        reread=_reread(one, seen, resume_offset, extent),
        expired=resume_offset - aim,
        age_seconds=age,
    )


def _translated(one: _Wanted, seen: Seen, rules: Rules, now: float) -> tuple[str, int | None, float | None]:
    """The way, the offset by it, and the age of the checkpoint."""
    if one.back:
        found = None if one.committed is None else seen.backward.upstream(one.target, one.committed)
        return "offset syncs", found, None
    checkpoint, set_back = seen.checkpoints.get(one.target), _set_back(one, seen)
    if checkpoint is not None and not set_back:
        return "checkpoint", checkpoint.downstream, now - checkpoint.written_ms / 1000
    if one.committed is not None and (set_back or rules.uncheckpointed == "syncs"):
        return "offset syncs", seen.forward.downstream(one.source, one.committed), None
    return "checkpoint", None, None


def _reread(one: _Wanted, seen: Seen, resume_offset: int, extent: Extent) -> int | None:
    if one.committed is None or one.committed == 0:
        return one.committed
    if one.back:
        reached = seen.backward.upstream_at_most(one.target, one.committed)
        return None if reached is None else max(0, min(reached, extent.end) - resume_offset)
    # what has not been mirrored yet arrives later, and is read again then: the mirror's end is no limit
    reached = seen.forward.downstream_at_most(one.source, one.committed)
    return None if reached is None else max(0, reached - resume_offset)


def _set_back(one: _Wanted, seen: Seen) -> bool:
    """Whether the group was set back at the source after its last checkpoint, which is ahead of it then."""
    checkpoint = None if one.back else seen.checkpoints.get(one.target)
    return checkpoint is not None and one.committed is not None and one.committed < checkpoint.upstream


def _notes(routes: Routes, seen: Seen, wanted: Sequence[_Wanted]) -> tuple[str, ...]:
    source, target = routes.source, routes.target
    notes: list[str] = []
    if seen.committed is None:
        notes.append(
            f"{source} was not asked: the plan is of checkpoints alone. What the group has read since the "
            f"last one it reads again, and whether it has stopped on {source} is for you to know"
        )
        if routes.backward:
            notes.append(
                f"in topics that {source} has from {target} the group resumes where it was on {target}"
            )
    if any(one.back for one in wanted):
        notes.append(
            f"mirrored topics lead back to their originals on {target}. What was produced on {source} "
            f"meanwhile is in topics of its own, which are for the flow {flow_name(source, target)} to carry"
        )
    return tuple(notes)
