"""Stack names, state addresses and replicas."""

from __future__ import annotations

import pytest

from tests.unit.topology.environments import environment
from topology import load_environment
from topology.state.stacks import STACK_KINDS, replica_region, stack_name, state_address


def test_state_lives_in_the_bucket_of_its_own_region() -> None:
    loaded = environment()
    buckets = {r: state_address(loaded, "msk", r).bucket for r in loaded.regions}
    assert buckets == {r: f"orders-test-state-123456789012-{r}" for r in loaded.regions}
    keys = {state_address(loaded, kind, "us-east-1").key for kind in STACK_KINDS}
    assert len(keys) == len(STACK_KINDS)
    assert "orders/test/msk-us-east-1.tfstate" in keys


def test_state_is_replicated_to_the_next_region_or_the_one_named() -> None:
    loaded = load_environment("three-regions")
    assert [replica_region(loaded, r) for r in loaded.regions] == [
        "eu-central-1",
        "ap-southeast-1",
        "eu-west-1",
    ]
    named = environment({"regions/us-east-1/state_replica_region": "ca-central-1"})
    assert replica_region(named, "us-east-1") == "ca-central-1"


def test_stack_names_tell_what_and_where() -> None:
    assert stack_name("msk", "us-east-1") == "msk-us-east-1"
    with pytest.raises(ValueError, match="is not a kind of stack; allowed: state, "):
        stack_name("mks", "us-east-1")
