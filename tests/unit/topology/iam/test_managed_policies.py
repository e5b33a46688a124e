"""However many permissions a role has: all of them, in policies that IAM takes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.topology.environments import environment, third_region
from topology.iam.identities import identity_policy
from topology.iam.managed_policies import POLICIES, POLICY_CHARACTERS, document_size, managed_policies

UUID = "${data.terraform_remote_state.msk-us-east-1.outputs.cluster_uuid}"


def grants(*documents: Any) -> set[tuple[str, str]]:
    return {
        (action, resource)
        for document in documents
        for statement in document["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def statement(number: int, resources: int, length: int) -> dict[str, Any]:
    arns = [f"arn:aws:kafka:us-east-1:1:topic/c/{UUID}/{n}{'t' * length}" for n in range(resources)]
    return {"Sid": f"S{number}", "Effect": "Allow", "Action": [f"a:{number}", "a:all"], "Resource": arns}


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 240)), min_size=1, max_size=12))
def test_nothing_is_lost_and_every_policy_fits(sizes: list[tuple[int, int]]) -> None:
    whole = {"Version": "2012-10-17", "Statement": [statement(n, *size) for n, size in enumerate(sizes)]}
    made = managed_policies(whole)
    assert grants(*made) == grants(whole)
    for document in made:
        assert document_size(document) <= POLICY_CHARACTERS
        assert document["Version"] == whole["Version"]
        sids = [one["Sid"] for one in document["Statement"]]
        assert len(sids) == len(set(sids))


def test_what_fits_stays_as_it_is() -> None:
    whole = {"Version": "2012-10-17", "Statement": [statement(0, 3, 10), statement(1, 2, 10)]}
    assert managed_policies(whole) == (whole,)


def test_references_count_as_long_as_what_they_stand_for() -> None:
    short = {"Statement": [{"Resource": ["x" * 39]}]}
    assert document_size({"Statement": [{"Resource": [UUID]}]}) == document_size(short)


def test_five_regions_that_all_replicate_to_each_other_fit_a_role() -> None:
    regions = {
        f"regions/{region}": {**third_region(region), "network": {"cidr": f"10.{number}.0.0/16"}}
        for number, region in enumerate(("eu-west-1", "eu-central-1", "ap-southeast-1"), 3)
    }
    five = environment({**regions, "flows/0/topics": {"include": ["orders.*", "payments.*"]}})
    document = identity_policy(
        five, "us-east-1", "worker", lambda region: f"arn:aws:kafka:{region}:1:cluster/c/{UUID}"
    )
    made = managed_policies(document)
    assert 1 < len(made) <= POLICIES
    assert all(len(json.dumps(one, separators=(",", ":"))) > 1000 for one in made[:-1])
