"""Reasons against a failover, each with what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from operations.failover.plan import FailoverProblem, Move, Rules, Seen
from operations.failover.routes import Routes
from operations.kafka.partitions import Partition

__all__ = ["objections"]

NAMED: Final = 5


def objections(  # noqa: PLR0913, PLR0917 - all that a plan is made of
    group: str,
    routes: Routes,
    seen: Seen,
    rules: Rules,
    now: float,
    moves: Sequence[Move],
    missing: Sequence[Partition],
    set_back: Sequence[Partition],
) -> tuple[FailoverProblem, ...]:
    """Every problem of the moves. `missing`: partitions of the target without an offset to resume from;
    `set_back`: those of the source where the group is behind its last checkpoint."""
    return (
        *_members(group, seen),
        *_stale(routes, seen, moves, rules, now),
        *([] if rules.force else _set_back(set_back, routes)),
        *_missing(missing, routes, seen),
        *_beyond(moves),
        *([] if moves or missing else [_nothing(group, routes)]),
    )


def _members(group: str, seen: Seen) -> Iterator[FailoverProblem]:
    for alias, members in seen.members.items():
        if members:
            who = _listed(members)
            words = f"group {group} has members on {alias}: {who}; stop them, its offsets would move on"
            yield FailoverProblem("members", words)


def _stale(
    routes: Routes, seen: Seen, moves: Sequence[Move], rules: Rules, now: float
) -> Iterator[FailoverProblem]:
    """MirrorMaker looks at all partitions of a group at once and writes a checkpoint where the translation
    has changed: an old one is right as long as it still is what the commit is translated to."""
    behind = [move for move in moves if move.way == "checkpoint" and not _up_to_date(move, seen)]
    newest = max((one.written_ms / 1000 for one in seen.checkpoints.values()), default=now)
    age = now - newest
    if not behind or age <= rules.max_age_seconds:
        return
    partitions = _named([move.target for move in behind])
    yield FailoverProblem(
        "stale",
        f"the last checkpoint of the group is {age:.0f} s old; allowed: {rules.max_age_seconds:.0f} s "
        f"({routes.flow_name} is to emit them every {routes.interval_seconds} s). What the "
        f"group has read since then it would read again in {partitions}. Let MirrorMaker catch up, or accept "
        f"that by --max-checkpoint-age {age + 60:.0f}",
    )


def _up_to_date(move: Move, seen: Seen) -> bool:
    checkpoint = seen.checkpoints[move.target]
    return move.committed is not None and checkpoint.still_right(move.source, move.committed, seen.forward)


def _set_back(found: Sequence[Partition], routes: Routes) -> Iterator[FailoverProblem]:
    if found:
        yield FailoverProblem(
            "set-back",
            f"the group was set back on {routes.source} after its last checkpoint: {_named(found)}. Plan "
            f"again after {routes.interval_seconds} s, when MirrorMaker has seen it; or --force, "
            "which sets it back there by the offset syncs",
        )


def _missing(missing: Sequence[Partition], routes: Routes, seen: Seen) -> Iterator[FailoverProblem]:
    if not missing:
        return
    words = (
        f"nothing says where the group is in {_named(missing)}. Let the connectors of "
        f"{routes.flow_name} run while {routes.source} is up (checkpoints come every "
        f"{routes.interval_seconds} s), or say what becomes of them: --without-checkpoint beginning (reads "
        "them whole), --without-checkpoint leave (auto.offset.reset)"
    )
    if seen.committed is not None:
        words += ", --without-checkpoint syncs (translates the commit by the offset syncs)"
    yield FailoverProblem("no-checkpoint", words)


def _beyond(moves: Sequence[Move]) -> Iterator[FailoverProblem]:
    found = [move for move in moves if move.resume_offset > move.extent.end]
    if found:
        named = [
            f"{one.target[0]}-{one.target[1]} at {one.resume_offset} of {one.extent.end}" for one in found
        ]
        yield FailoverProblem(
            "beyond-end",
            f"the group would resume beyond the end of {_listed(named)}: the topic was recreated, and what "
            "is known of it is of the one before. If the group has committed that there: --force; otherwise "
            "let MirrorMaker write a checkpoint of the new one",
        )


def _nothing(group: str, routes: Routes) -> FailoverProblem:
    flow = routes.flow_name
    words = (
        f"nothing is to be moved: group {group} has no offset in a topic that {flow} or its return carries"
    )
    if not routes.translates(group):
        words += f"; the groups of {flow} are {', '.join(routes.groups) or 'none'}"
    return FailoverProblem("nothing", words)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _named(partitions: Sequence[Partition]) -> str:
    return _listed([f"{topic}-{number}" for topic, number in partitions])
