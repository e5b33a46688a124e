"""Every key of every stack: one for each purpose and region, rotated, with the policy of its purpose."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import ENVIRONMENTS
from tests.synth.stack_json import document, resources
from topology import load_environment
from topology.iam.keys import Purpose, key_policy

Stack = dict[str, Any]
Stacks = dict[str, Stack]

KEYS: dict[tuple[str, str], Purpose] = {
    ("state", "key"): "state",
    ("state", "replica_key"): "state_replica",
    ("network", "key"): "network",
    ("msk", "key"): "msk",
    ("logs", "key"): "logs",
    ("observability", "key"): "alarms",
}
"""Purpose by kind of stack and name of the key in it."""

KEY_ARGUMENTS = ("kms_key_id", "kms_master_key_id", "encryption_at_rest_kms_key_arn", "replica_kms_key_id")


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def stacks(name: str, synthesized: Callable[[str], Stacks]) -> Stacks:
    return synthesized(name)


def keys(stacks: Stacks) -> Iterator[tuple[str, str, str, Stack]]:
    """Kind and region of a stack, name and body of a key in it."""
    for stack_name, stack in stacks.items():
        kind, _, region = stack_name.partition("-")
        for key, body in resources(stack, "aws_kms_key").items():
            yield kind, region, key, body


def test_each_region_has_a_key_for_each_purpose_and_no_other(name: str, stacks: Stacks) -> None:
    found = {(kind, region, key) for kind, region, key, _ in keys(stacks)}
    regions = load_environment(name).regions
    assert found == {
        (kind, region, key)
        for kind, key in KEYS
        for region, settings in regions.items()
        if kind != "network" or not settings.network.exists
    }


def test_each_key_is_rotated_and_has_the_policy_of_its_purpose(name: str, stacks: Stacks) -> None:
    environment = load_environment(name)
    for kind, region, key, body in keys(stacks):
        assert body["enable_key_rotation"] is True
        assert "bypass_policy_lockout_safety_check" not in body
        assert document(body) == key_policy(environment, region, KEYS[kind, key]), f"{kind}-{region} {key}"


def test_nobody_may_do_everything_with_a_key(stacks: Stacks) -> None:
    for kind, region, _, body in keys(stacks):
        for statement in document(body)["Statement"]:
            assert not {"*", "kms:*"} & set(statement["Action"]), f"{kind}-{region} {statement['Sid']}"
            assert statement["Principal"] != "*"
            assert "*" not in json.dumps(statement["Principal"])


def test_whatever_can_be_encrypted_names_a_key_of_its_own_stack(stacks: Stacks) -> None:
    """The tasks' log group alone is under the key of logs-R, so that it stays readable without its stack."""
    for stack_name, stack in stacks.items():
        own = {f"${{aws_kms_key.{key}.arn}}" for key in resources(stack, "aws_kms_key")}
        kind, region = stack_name.split("-runtime-") if "-runtime-" in stack_name else (stack_name, "")
        of_logs = f"${{data.terraform_remote_state.logs-{region}.outputs.kms_key_arn}}"
        named = {value for key, value in leaves(stack.get("resource", {})) if key in KEY_ARGUMENTS}
        assert named <= own | ({of_logs} if kind == "ecs" else set()), stack_name
        assert named - {of_logs} == own, f"{stack_name} has a key that encrypts nothing"


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every text in a document with the name that it has there."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, key)
    else:
        yield key, value
