"""Every function tried in turn, under the rules of given policies."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from localcloud.kafka.authorizer_log import Decision
from tests.e2e.iam.functions import FUNCTIONS, PROBE_FUNCTIONS, Function
from tests.e2e.iam.pace import Pace
from tests.e2e.iam.stage import OPERATIONS, WORKERS, Stage
from topology.model import Environment

__all__ = ["ALL_FUNCTIONS", "FUNCTIONS_OF", "Case", "Trial", "tried", "without"]


class Case(NamedTuple):
    """An environment, and the policy document of each user."""

    environment: Environment
    policies: Mapping[str, Mapping[str, Any]]


LAST = FUNCTIONS[-1]  # it ends the worker, which the probe asks
ALL_FUNCTIONS: Sequence[Function] = (*FUNCTIONS[:-1], *PROBE_FUNCTIONS, LAST)
PROBED = ("join", "connectors", "replication", "heartbeats-carried")
"""What has to run for the probe to see something."""
FUNCTIONS_OF: Mapping[str, Sequence[Function]] = {
    WORKERS: FUNCTIONS,
    OPERATIONS: (*(one for one in FUNCTIONS if one.id in PROBED), *PROBE_FUNCTIONS),
}


@dataclass(frozen=True)
class Trial:
    """`failed`: the first function that did not work; `seconds` of those that did; what the brokers said."""

    failed: str | None
    seconds: Mapping[str, float]
    denied: tuple[tuple[str, Decision], ...]
    allowed: tuple[tuple[str, Decision], ...]
    said: str


def tried(
    stage: Stage,
    case: Case,
    functions: Sequence[Function],
    pace: Pace,
    clock: Callable[[], float] = time.monotonic,
) -> Trial:
    """Start from empty brokers and try functions in their order until one fails within what `pace` allows."""
    stage.begin(*case)
    seconds: dict[str, float] = {}
    failed = None
    for function in functions:
        began = clock()
        allowance = pace(function.id, seconds)
        stage.patience = allowance.patience
        if not function.works(stage, allowance.seconds):
            failed = function.id
            break
        seconds[function.id] = clock() - began
    users = (WORKERS, OPERATIONS)
    denied = tuple(pair for user in users for pair in stage.denied(user))
    allowed = tuple(pair for user in users for pair in stage.allowed(user))
    return Trial(failed, seconds, denied, allowed, stage.said())


def without(policy: Mapping[str, Any], sid: str, action: str) -> dict[str, Any]:
    """The policy less one action of a statement, or less the statement where that was all of it."""
    changed = copy.deepcopy(dict(policy))
    (statement,) = [one for one in changed["Statement"] if one["Sid"] == sid]
    statement["Action"].remove(f"kafka-cluster:{action}")
    if not statement["Action"]:
        changed["Statement"].remove(statement)
    return changed
