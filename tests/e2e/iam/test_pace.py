"""Which function is named as failing is decided by their order, not by whose time-out came first.

Without brokers: a machine of any speed is simulated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.e2e.iam.functions import Function
from tests.e2e.iam.pace import GENEROUS_SECONDS, Allowance, generous, pace
from tests.e2e.iam.trial import ALL_FUNCTIONS, FUNCTIONS_OF, Case, Trial, tried

ORDER = [function.id for function in ALL_FUNCTIONS]
USUAL_SECONDS = 2.0
ANY_MACHINE = settings(deadline=None)
CASE: Any = Case.__new__(Case, None, {})  # type: ignore[arg-type]


@dataclass
class Simulated:
    """A stage whose functions take time on a clock of their own; `denied_from`: the function in which the
    brokers deny something for the first time. It stands for tests.e2e.iam.stage.Stage."""

    broken: frozenset[str] = frozenset()
    slower: float = 1.0
    denied_from: str | None = None
    now: float = 0.0
    patience: float = math.inf
    has_denied: bool = False
    tried: list[str] = field(default_factory=list)

    def begin(self, *_: object) -> None:
        self.now = 0.0

    def denied(self, _user: str) -> list[Any]:
        return []

    allowed = denied

    def said(self) -> str:
        return ""

    def function(self, name: str) -> Function:
        def works(_stage: Any, seconds: float) -> bool:
            self.tried.append(name)
            self.has_denied |= name == self.denied_from
            given_up = min(seconds, self.patience) if self.has_denied else seconds
            needs = math.inf if name in self.broken else USUAL_SECONDS * self.slower
            self.now += min(needs, given_up)
            return needs <= given_up

        return Function(name, works)

    def trial(self, order: list[str], allowances: Any) -> Trial:
        functions = [self.function(name) for name in order]
        stage: Any = self
        return tried(stage, CASE, functions, allowances, lambda: self.now)


WHOLE = Simulated().trial(ORDER, generous).seconds


def test_all_functions_work_where_nothing_is_taken_away() -> None:
    assert dict.fromkeys(ORDER, USUAL_SECONDS) == WHOLE


def test_replication_is_not_blamed_for_a_denial_about_offset_syncs() -> None:
    """As it happened: the topic is refused as the connector starts, and records are slow."""
    stage = Simulated(frozenset({"offset-syncs"}), slower=3.0, denied_from="replication")
    trial = stage.trial(ORDER, pace(ORDER, "offset-syncs", WHOLE))
    assert trial.failed == "offset-syncs"

    def as_it_was(function: str, _done: object) -> Allowance:
        return Allowance(max(10.0, 3 * WHOLE[function]), max(4.0, WHOLE[function]))

    stage = Simulated(frozenset({"offset-syncs"}), slower=3.0, denied_from="replication")
    assert stage.trial(ORDER, as_it_was).failed == "replication"


@ANY_MACHINE
@given(
    user=st.sampled_from(sorted(FUNCTIONS_OF)),
    place=st.integers(0, 20),
    earlier=st.integers(0, 20),
    slower=st.floats(1.0, GENEROUS_SECONDS / USUAL_SECONDS),
    after=st.booleans(),
)
def test_the_first_broken_function_in_the_order_is_named_on_a_machine_of_any_speed(
    user: str, place: int, earlier: int, slower: float, after: bool
) -> None:
    order = [function.id for function in FUNCTIONS_OF[user]]
    place %= len(order)
    named, denied_from = order[place], order[earlier % (place + 1)]
    broken = frozenset(order[place:] if after else {named})
    stage = Simulated(broken, slower, denied_from)
    assert stage.trial(order, pace(order, named, WHOLE)).failed == named
    assert stage.tried == order[: place + 1]


@ANY_MACHINE
@given(place=st.integers(1, len(ORDER) - 1), before=st.integers(0, 20), slower=st.floats(1.0, 40.0))
def test_a_function_before_the_named_one_that_is_broken_is_not_passed_over(
    place: int, before: int, slower: float
) -> None:
    """Then the table is wrong, and the proof says which function it is."""
    broken = ORDER[before % place]
    stage = Simulated(frozenset({broken, ORDER[place]}), slower, broken)
    assert stage.trial(ORDER, pace(ORDER, ORDER[place], WHOLE)).failed == broken


@ANY_MACHINE
@given(place=st.integers(1, len(ORDER) - 1), slower=st.floats(1.0, 40.0))
def test_an_action_that_nothing_needs_is_found_out_on_a_slow_machine_too(place: int, slower: float) -> None:
    """The named function works without the action: it is not given up because the machine is slow."""
    stage = Simulated(frozenset(), slower, ORDER[0])
    assert stage.trial(ORDER, pace(ORDER, ORDER[place], WHOLE)).failed is None
