"""Under exactly the rules that the policies give, everything works and nothing is denied."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.iam.stage import SOURCE, TARGET
from tests.e2e.iam.trial import ALL_FUNCTIONS, Trial
from topology.iam.needs import FUNCTIONS
from topology.model import ExactlyOnce

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize(
    "exactly_once",
    [ExactlyOnce.OFF, pytest.param(ExactlyOnce.PREPARING, marks=pytest.mark.iam), ExactlyOnce.ON],
)
def test_every_function_works_and_nothing_is_denied(
    complete: Callable[[ExactlyOnce], Trial], exactly_once: ExactlyOnce
) -> None:
    trial = complete(exactly_once)
    assert trial.failed is None, trial.said
    assert trial.denied == ()
    asked = {(region, one.kind, one.request) for region, one in trial.allowed}
    assert {(SOURCE, "topic", "Fetch"), (TARGET, "cluster", "InitProducerId")} <= asked
    assert ((TARGET, "transactional-id", "EndTxn") in asked) == exactly_once.has_transactions


def test_every_function_of_the_table_is_tried() -> None:
    assert {one.id for one in ALL_FUNCTIONS} == set(FUNCTIONS)
