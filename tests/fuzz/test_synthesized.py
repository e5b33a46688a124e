"""Environments with any of the options through cdktf: every stack the same twice, and within IAM's limits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given

from tests.fuzz.census import CENSUS
from tests.fuzz.generation.strategies import documents
from tests.fuzz.generation.values import TEMPLATE
from tests.fuzz.profile import fuzzed
from tests.fuzz.writing import block, reordered
from tests.synth.cloudformation import RESOURCE_TYPES, schema_faults
from tests.synth.stack_json import resources
from topology import InvalidEnvironment
from topology.loading import load_text
from topology.model import Environment

Stack = dict[str, Any]

POLICY, TRUST = 6144, 2048
REFERENCE = re.compile(r"\$\{[^{}]*\}")
UUID_BYTES = 39
"""What a reference to the UUID of a cluster becomes."""
UNESCAPED = re.compile(rf"(?<![$%])[$%]\{{{TEMPLATE}\}}")


@pytest.mark.timeout(3600)
def test_stacks_are_synthesized_the_same_twice_and_within_the_limits(
    synthesize: Callable[[Environment], dict[str, Stack]],
) -> None:
    @fuzzed(few=2, share=0.02)
    @given(documents())
    def each(document: dict[str, Any]) -> None:
        try:
            stacks = synthesize(load_text(block(document)))
        except InvalidEnvironment:
            CENSUS["refused by a rule"] += 1
            return
        again = synthesize(load_text(block(reordered(document))))
        assert {name for name in stacks if stacks[name] != again.get(name)} == set()
        assert list(stacks) == list(again)
        for name, stack in stacks.items():
            assert not UNESCAPED.search(json.dumps(stack)), f"{name} has a template out of the file"
            assert list(too_long(stack)) == [], name
            assert list(beyond_schemas(stack)) == [], name
        CENSUS["synthesized"] += 1

    each()


def beyond_schemas(stack: Stack) -> Iterator[str]:
    """Constraints of CloudFormation's schemas that a resource breaks."""
    region = stack["provider"]["aws"][0]["region"]
    for kind in RESOURCE_TYPES:
        for body in resources(stack, kind).values():
            yield from schema_faults(region, kind, body)


def too_long(stack: Stack) -> Iterator[str]:
    """Policies and trusts that IAM refuses for their length, as they will be with the ids of clusters."""
    resources = stack.get("resource", {})
    for kind, key, most in (
        ("aws_iam_policy", "policy", POLICY),
        ("aws_iam_role", "assume_role_policy", TRUST),
    ):
        for name, body in resources.get(kind, {}).items():
            document = json.dumps(json.loads(body[key]), separators=(",", ":"))
            if len(REFERENCE.sub("0" * UUID_BYTES, document)) > most:
                yield name
