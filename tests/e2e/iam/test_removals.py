"""Without any one action something fails: the function that topology/iam/needs.py names.

The whole matrix, half an hour of it; `make prove-iam` asks for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.e2e.iam.environments import hurried
from tests.e2e.iam.evidence import shown_by
from tests.e2e.iam.pace import pace
from tests.e2e.iam.report import Removal, Report
from tests.e2e.iam.stage import OPERATIONS, TARGET, WORKERS, Stage
from tests.e2e.iam.trial import FUNCTIONS_OF, Case, Trial, tried, without
from topology.iam.needs import EXACTLY_ONCE, Need
from topology.iam.statements import operations_statements, worker_statements
from topology.model import ExactlyOnce

pytestmark = [pytest.mark.kafka, pytest.mark.iam]

SILENT = {
    ("SourceConnect", "Connect"),
    ("SourceTopics", "DescribeTopic"),
    ("SourceGroups", "DescribeGroup"),
    ("ProbeConnect", "Connect"),
    ("ProbeOffsets", "DescribeTopic"),
}
"""Kafka leaves out of its lists what may not be described, and does not call that a denial."""


@dataclass(frozen=True)
class Row:
    """An action to take away."""

    user: str
    sid: str
    need: Need
    exactly_once: ExactlyOnce


def rows() -> list[Row]:
    """Every action of every statement of both roles; those of exactly-once where it is on."""
    found = []
    for exactly_once in (ExactlyOnce.OFF, ExactlyOnce.ON):
        environment = hurried(exactly_once)
        for user, statements in (
            (WORKERS, worker_statements(environment, TARGET)),
            (OPERATIONS, operations_statements(environment, TARGET)),
        ):
            found += [
                Row(user, statement.sid, need, exactly_once)
                for statement in statements
                if exactly_once.has_transactions == (statement.permission is EXACTLY_ONCE)
                for need in statement.permission.needs
            ]
    return found


ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=[f"{one.user}-{one.sid}-{one.need.action}" for one in ROWS])
def test_the_named_function_fails_without_the_action(
    guarded: Stage,
    policies: Callable[[ExactlyOnce], Case],
    complete: Callable[[ExactlyOnce], Trial],
    report: Report,
    row: Row,
) -> None:
    report.actions = len(ROWS)
    environment, documents = policies(row.exactly_once)
    whole = complete(row.exactly_once)

    began = time.monotonic()
    policy = without(documents[row.user], row.sid, row.need.action)
    case = Case(environment, {**documents, row.user: policy})
    functions = FUNCTIONS_OF[row.user]
    order = [function.id for function in functions]
    trial = tried(guarded, case, functions, pace(order, row.need.function, whole.seconds))
    denied = [f"{region}: {one}" for region, one in trial.denied if one.user == row.user]
    report.removals.append(
        Removal(
            row.user,
            row.sid,
            row.need.action,
            trial.failed,
            shown_by(policy, row.user, row.need.action, whole.allowed),
            denied[0] if denied else "",
            round(time.monotonic() - began, 1),
        )
    )
    assert trial.failed == row.need.function, trial.said
    assert denied or (row.sid, row.need.action) in SILENT, "the brokers have refused something"
