"""Brokers that deny by default, once for the session, and the policies of the synthesized stacks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import Synthesize
from tests.e2e.iam.environments import hurried
from tests.e2e.iam.pace import generous
from tests.e2e.iam.report import Report
from tests.e2e.iam.stage import OPERATIONS, TARGET, WORKERS, Stage, staged
from tests.e2e.iam.trial import ALL_FUNCTIONS, Case, Trial, tried
from topology.model import ExactlyOnce

REPORT = Path(__file__).resolve().parents[3] / "build" / "reports" / "iam.json"
ROLES = {WORKERS: "worker_policy", OPERATIONS: "operations_policy"}


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two running brokers."""
    with staged(tmp_path_factory.mktemp("iam"), hurried()) as stage:
        yield stage


@pytest.fixture(scope="session")
def policies(synthesize: Synthesize) -> Callable[[ExactlyOnce], Case]:
    """The environment and the policy documents that identity-R of the target has for each user, out of the
    JSON; synthesized when it is asked for the first time."""

    @cache
    def case(exactly_once: ExactlyOnce) -> Case:
        environment = hurried(exactly_once)
        resources = synthesize(environment)[f"identity-{TARGET}"]["resource"]["aws_iam_policy"]
        documents = {user: json.loads(resources[name]["policy"]) for user, name in ROLES.items()}
        return Case(environment, documents)

    return case


@pytest.fixture(scope="session")
def complete(guarded: Stage, policies: Callable[[ExactlyOnce], Case]) -> Callable[[ExactlyOnce], Trial]:
    """What became of all functions under the whole policies; tried when it is asked for the first time."""
    return cache(lambda exactly_once: tried(guarded, policies(exactly_once), ALL_FUNCTIONS, generous))


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    """Written and shown at the end, whatever failed."""
    made = Report()
    yield made
    made.write(REPORT)
    made.show()
