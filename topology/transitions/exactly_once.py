"""Exactly-once: there is a step between off and on (KIP-618)."""

from __future__ import annotations

from collections.abc import Iterator

from topology.model import ExactlyOnce
from topology.transitions.registry import Change, Finding, note, refused, transition

PATH = ("mirrormaker", "exactly_once")


@transition
def exactly_once_goes_through_preparing(change: Change) -> Iterator[Finding]:
    """While pods roll, workers of off and of on would share the tasks."""
    before, after = (one.mirrormaker.exactly_once for one in (change.before, change.after))
    if change.kept_targets and {before, after} == {ExactlyOnce.OFF, ExactlyOnce.ON}:
        danger = (
            "tasks of workers that are off cannot be fenced: records would be written twice"
            if after is ExactlyOnce.ON
            else "workers that are off read source offsets of aborted transactions: records would be lost"
        )
        yield refused(
            PATH,
            f"cannot be changed at once while workers run ({danger})",
            f"{before} -> {after}",
            f"{before} -> preparing -> {after}, each step deployed until all workers have it",
        )


@transition
def preparing_workers_lose_their_permissions_last(change: Change) -> Iterator[Finding]:
    """identity-R is applied before the pods roll; the leader writes in transactions until it is rolled."""
    before, after = (one.mirrormaker.exactly_once for one in (change.before, change.after))
    if before is ExactlyOnce.PREPARING and after is ExactlyOnce.OFF and change.kept_targets:
        kind = "mirrormaker-*" if change.after.runtime.eks else "ecs-runtime-*"
        yield note(
            PATH,
            "the workers' policy loses the transactional ids: the workers must be changed first",
            found=f"{before} -> {after}",
            steps=(f"cdktf deploy '{kind}' --ignore-missing-stack-dependencies", "cdktf deploy '*'"),
        )
