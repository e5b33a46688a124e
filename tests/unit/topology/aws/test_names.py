"""Names of what an environment creates, and their limits."""

from __future__ import annotations

import pytest

from tests.unit.topology.environments import environment
from topology.aws.names import Names, NameTooLongError, bootstrap_variable


def test_names_that_do_not_fit_are_refused_and_never_cut() -> None:
    loaded = environment()
    with pytest.raises(NameTooLongError, match="kms_alias allows 256"):
        Names(loaded, "us-east-1").kms_alias("k" * 250)


def test_global_names_carry_the_region_and_cluster_names_do_not() -> None:
    names = Names(environment(), "us-east-1")
    assert names.worker_role.endswith("us-east-1")
    assert names.dashboard.endswith("us-east-1")
    assert "us-east-1" not in names.msk_cluster


def test_tags_of_the_file_win() -> None:
    assert Names(environment({"tags": {"ManagedBy": "me"}}), "us-east-1").tags["ManagedBy"] == "me"


def test_bootstrap_variables_are_valid_names() -> None:
    assert bootstrap_variable("us-east-1") == "BOOTSTRAP_US_EAST_1"
