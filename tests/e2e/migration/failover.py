"""A consumer group goes over to the other region in mid-stream and comes back, and misses no record."""

from __future__ import annotations

from typing import Final

from operations.failover.failover import Failover, Outcome
from operations.failover.plan import Rules
from operations.failover.routes import Routes
from tests.e2e.group_traffic import Reader, at_least, skipped
from tests.e2e.migration.acts import Act
from tests.e2e.migration.load import RATE
from tests.e2e.migration.mixture import EVENTS, PARTITIONS
from tests.e2e.migration.scenario import Scenario
from tests.e2e.migration.stage import MOVING, STAYING, Stage
from tests.e2e.waiting import wait_until
from topology.replication.flows import flows_into

__all__ = ["fail_over"]

ENOUGH: Final = 3000
"""Records that are read on each side before it is left."""
CHECKPOINT_SECONDS: Final = 120.0
SLOW_SECONDS: Final = 10.0
"""What a busy machine may add to the intervals before a checkpoint is there."""


def fail_over(between: Act | None = None) -> Act:
    """`between` happens after the group has read on the other side, before it comes back."""

    def act(stage: Stage, scenario: Scenario) -> None:
        step = scenario.steps.step
        group = f"{STAYING}.{scenario.name}"
        mirrored = f"{STAYING}.{EVENTS.name}"
        first = _reader(stage, scenario, STAYING, EVENTS.name, group)
        second = _reader(stage, scenario, MOVING, mirrored, group)
        third = _reader(stage, scenario, STAYING, EVENTS.name, group)
        with step(f"the group reads in {STAYING}"):
            first.until(at_least(first, ENOUGH))
        with step("it goes over"):
            there = _moved(stage, group, STAYING, MOVING)
        with step(f"the group reads in {MOVING}"):
            second.until(at_least(second, ENOUGH))
        if between is not None:
            between(stage, scenario)
        with step("it comes back"):
            back = _moved(stage, group, MOVING, STAYING)
        with step(f"the group reads in {STAYING} again"):
            ahead = max(second.read) + ENOUGH
            third.until(lambda: at_least(third, 1)() and max(third.read) > ahead)
        scenario.notes |= {
            "skipped": len(skipped(first.read, second.read, third.read)),
            "reread_there": len({*first.read} & {*second.read}),
            "reread_there_at_most": _at_most(there),
            "reread_back": len({*second.read} & {*third.read}),
            "reread_back_at_most": _at_most(back),
        }
        _judge(stage, scenario.notes, exact=between is None)

    return act


def _judge(stage: Stage, notes: dict[str, int], *, exact: bool) -> None:
    """None is missing, and none is read again that was not reported; `exact`: what is reported comes from the
    environment's intervals, as nothing stood still."""
    assert notes["skipped"] == 0, notes
    assert notes["reread_there"] <= notes["reread_there_at_most"], notes
    assert notes["reread_back"] <= notes["reread_back_at_most"], notes
    (flow,) = flows_into(stage.environment, MOVING)
    checkpoints = flow.spec.checkpoints
    intervals = checkpoints.interval_seconds + checkpoints.sync_interval_seconds
    if exact:
        explained = PARTITIONS * flow.spec.offset_syncs.lag_max + RATE * EVENTS.share * (
            intervals + SLOW_SECONDS
        )
        assert max(notes["reread_there_at_most"], notes["reread_back_at_most"]) <= explained, notes


def _reader(stage: Stage, scenario: Scenario, region: str, topic: str, group: str) -> Reader:
    return Reader(stage.clusters[region].bootstrap, topic, group, scenario.number_of)


def _moved(stage: Stage, group: str, source: str, target: str) -> Outcome:
    """As soon as nothing speaks against it: a group that has just left has no checkpoint yet."""
    routes = Routes.of(stage.environment, source, target)
    failover = Failover(group, routes, stage.cluster(source), stage.cluster(target), Rules())
    wait_until(
        lambda: not failover.plan().problems,
        CHECKPOINT_SECONDS,
        f"{group} can go to {target}",
        found=lambda: failover.plan().problems,
    )
    outcome = failover.run()
    assert not outcome.refused, outcome.plan.problems
    return outcome


def _at_most(outcome: Outcome) -> int:
    """What was reported. Every partition has a commit, so that it is known."""
    assert outcome.plan.reread is not None, outcome.as_json()
    return outcome.plan.reread
