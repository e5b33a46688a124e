"""The reference says what the policies are made of, and all of it."""

from __future__ import annotations

from tests.unit.topology.environments import environment
from topology.iam.failover_needs import FAILOVER_FUNCTIONS, FAILOVER_PERMISSIONS
from topology.iam.needs import FUNCTIONS, OPERATIONS_PERMISSIONS, WORKER_PERMISSIONS
from topology.iam.reference import REFERENCE_FILE, render
from topology.iam.statements import failover_statements, operations_statements, worker_statements


def test_the_committed_reference_is_the_tables() -> None:
    assert REFERENCE_FILE.read_text(encoding="utf-8") == render(), "run `make reference`"


def test_every_permission_of_a_whole_environment_is_in_the_tables_and_no_other() -> None:
    whole = environment({"mirrormaker/exactly_once": True})
    workers = {one.permission for one in worker_statements(whole, "us-west-2")}
    assert workers == set(WORKER_PERMISSIONS)
    assert {one.permission for one in operations_statements(whole, "us-west-2")} == set(
        OPERATIONS_PERMISSIONS
    )
    failover = failover_statements(whole, ("us-east-1", "us-west-2"), "us-east-1.billing")
    assert tuple(one.permission for one in failover) == FAILOVER_PERMISSIONS


def test_every_need_names_a_function_that_there_is_and_every_function_needs_something() -> None:
    needs = [need for one in (*WORKER_PERMISSIONS, *OPERATIONS_PERMISSIONS) for need in one.needs]
    named = {need.function for need in needs}
    assert named <= set(FUNCTIONS)
    assert all(need.source for need in needs)
    # those that need nothing of their own beside what others need
    assert set(FUNCTIONS) - named == {"new-topics", "restart"}
    assert {need.function for one in FAILOVER_PERMISSIONS for need in one.needs} <= set(FAILOVER_FUNCTIONS)


def test_statements_have_names_of_their_own() -> None:
    sids = [one.sid for one in (*WORKER_PERMISSIONS, *OPERATIONS_PERMISSIONS, *FAILOVER_PERMISSIONS)]
    assert len(sids) == len(set(sids))
