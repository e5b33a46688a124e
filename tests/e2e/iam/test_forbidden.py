"""What the roles must not do is refused by the brokers, and would work for who may do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from confluent_kafka import KafkaException

from tests.e2e.iam.attempts import ATTEMPTS, REFUSALS, Attempt, prepare
from tests.e2e.iam.report import Attempted, Report
from tests.e2e.iam.stage import Stage
from tests.e2e.iam.trial import Case
from topology.model import ExactlyOnce

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def prepared(guarded: Stage, policies: Callable[[ExactlyOnce], Case]) -> Iterator[Stage]:
    """Topics and groups that others use, and those that MirrorMaker has made."""
    guarded.begin(*policies(ExactlyOnce.ON))
    prepare(guarded)
    yield guarded


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=[f"{one.user}-{one.what}" for one in ATTEMPTS])
def test_it_is_refused(prepared: Stage, report: Report, attempt: Attempt) -> None:
    denied: str | None = None
    try:
        attempt.make(prepared.cluster(attempt.region, attempt.user))
    except KafkaException as error:
        denied = error.args[0].name()
    report.forbidden.append(Attempted(attempt.user, attempt.what, denied if denied in REFUSALS else None))
    assert denied in REFUSALS
    assert prepared.denied(attempt.user), "the broker's log says so"
    attempt.make(prepared.cluster(attempt.region))  # the administrator may
