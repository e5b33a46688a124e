"""Two projects, and two environments of one project, on the same account, regions and EKS clusters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest
import yaml

from tests.conftest import ENVIRONMENTS
from tests.synth.stack_json import resources
from tests.synth.synthesized_identifiers import TYPES, Key, Named, synthesized_identifiers
from tests.unit.topology.environments import environment
from topology import load_environment
from topology.model import Environment
from topology.side_by_side.collisions import collisions
from topology.side_by_side.identifiers import WORDS, identifiers

Stacks = dict[str, dict[str, Any]]
Pair = tuple[Environment, Stacks]

EAST, WEST = "us-east-1", "us-west-2"
WIDE = {
    "runtime/ecs": {},
    "kafka/authentication": {"scram": True},
    f"regions/{WEST}/network/routed_by": "vpn",
    f"regions/{EAST}/network": {
        "cidr": "10.1.0.0/16",
        "vpc_id": "vpc-0a1b2c3d",
        "private_subnet_ids": [f"subnet-0a1b2c3{n}" for n in range(3)],
    },
}
"""As many types of resources as one environment can have; one region in a VPC that is shared."""
GUEST = {f"regions/{region}/eks/owns_cluster_services": False for region in (EAST, WEST)}
NEIGHBOURS: dict[str, dict[str, Any]] = {
    "owner": WIDE,
    "another-project": {**WIDE, **GUEST, "project": "billing", "mirrormaker/namespace": "billing"},
    "another-environment": {**WIDE, **GUEST, "environment": "other", "mirrormaker/namespace": "orders-other"},
}


@pytest.fixture(scope="module")
def neighbours(synthesize: Callable[[Environment], Stacks]) -> dict[str, Pair]:
    loaded = {name: environment(changes) for name, changes in NEIGHBOURS.items()}
    return {name: (one, synthesize(one)) for name, one in loaded.items()}


@pytest.fixture(scope="module")
def everywhere(neighbours: dict[str, Pair], synthesized: Callable[[str], Stacks]) -> dict[str, Pair]:
    """These and every environment of the project."""
    return neighbours | {name: (load_environment(name), synthesized(name)) for name in ENVIRONMENTS}


def two(neighbours: dict[str, Pair]) -> Iterator[tuple[Pair, Pair]]:
    yield from combinations(neighbours.values(), 2)


def test_every_type_that_is_synthesized_has_a_known_identifier(everywhere: dict[str, Pair]) -> None:
    found = {
        kind
        for _, stacks in everywhere.values()
        for stack in stacks.values()
        for kind in stack.get("resource", {})
    }
    assert found <= TYPES.keys(), "say in TYPES what identifies it and where that is taken once"


def test_neighbours_have_no_identifier_in_common(neighbours: dict[str, Pair]) -> None:
    assert len(neighbours) == 3
    for (one, stacks), (other, others) in two(neighbours):
        mine, theirs = set(synthesized_identifiers(one, stacks)), set(synthesized_identifiers(other, others))
        assert len(mine) > 150 and len(theirs) > 150
        assert mine & theirs == set()
        assert collisions(one, other) == ()


def test_no_identifier_is_taken_twice_within_an_environment(everywhere: dict[str, Pair]) -> None:
    for name, (loaded, stacks) in everywhere.items():
        found = list(synthesized_identifiers(loaded, stacks))
        # the metric of a log filter is on purpose the same for pods and tasks
        found = [key for key in found if key[0] != "aws_cloudwatch_log_metric_filter"]
        assert len(found) == len(set(found)), name


def test_check_knows_the_identifiers_of_the_synthesized_stacks(everywhere: dict[str, Pair]) -> None:
    for name, (loaded, stacks) in everywhere.items():
        made = {key for key in synthesized_identifiers(loaded, stacks) if comparable(key)}
        known = {identifier.key for identifier in identifiers(loaded)}
        assert known == made, name


def comparable(key: Key) -> bool:
    """Not what lies in a namespace or in a VPC of the environment's own."""
    return key[0] in WORDS and not key[1].startswith("VPC of ")


def test_every_kind_that_check_compares_is_synthesized_somewhere(everywhere: dict[str, Pair]) -> None:
    made = {kind for one in everywhere.values() for kind, _, _ in synthesized_identifiers(*one)}
    assert made >= WORDS.keys()
    assert {kind for kind in WORDS if isinstance(TYPES[kind], Named)} == WORDS.keys()


def test_check_names_exactly_what_neighbours_would_both_create(
    synthesize: Callable[[Environment], Stacks], neighbours: dict[str, Pair]
) -> None:
    """With another project's name alone in the file."""
    owner, stacks = neighbours["owner"]
    careless = environment({**WIDE, "project": "billing"})
    mine = set(synthesized_identifiers(owner, stacks))
    shared = {
        key for key in mine & set(synthesized_identifiers(careless, synthesize(careless))) if comparable(key)
    }
    assert {kind for kind, _, _ in shared} == {
        *("aws_cloudwatch_log_group", "aws_iam_openid_connect_provider"),
        *("helm_release", "kubernetes_namespace_v1"),
    }
    assert {collision.one.key for collision in collisions(owner, careless)} == shared


def test_neighbours_publish_and_watch_no_metric_of_each_other(neighbours: dict[str, Pair]) -> None:
    for (_, stacks), (_, others) in two(neighbours):
        mine, theirs = set(metrics(stacks)), set(metrics(others))
        assert len(mine) > 50 and len(theirs) > 50
        assert mine & theirs == set()


def metrics(stacks: Stacks) -> Iterator[str]:
    """Region, namespace, name and dimensions of what alarms and dashboards read and log filters publish."""
    for name, stack in stacks.items():
        if not name.startswith("observability-"):
            continue
        region = name.removeprefix("observability-")
        for alarm in resources(stack, "aws_cloudwatch_metric_alarm").values():
            asked = [query["metric"] for query in alarm.get("metric_query", []) if "metric" in query]
            for one in asked or [alarm]:
                dimensions = sorted(one.get("dimensions", {}).items())
                yield json.dumps([region, one["namespace"], one["metric_name"], dimensions])
        for count in resources(stack, "aws_cloudwatch_log_metric_filter").values():
            made = count["metric_transformation"]
            yield json.dumps([region, made["namespace"], made["name"], []])
        for board in resources(stack, "aws_cloudwatch_dashboard").values():
            for widget in json.loads(board["dashboard_body"])["widgets"]:
                for namespace, metric, *rest in widget["properties"].get("metrics", []):
                    pairs = sorted(zip(rest[::2], rest[1::2], strict=True))
                    yield json.dumps([region, namespace, metric, pairs])


def test_neighbours_on_one_cluster_route_their_own_logs_each(neighbours: dict[str, Pair]) -> None:
    """No file of a node and no object of the cluster is shared, and each namespace is read by its own."""
    found: list[set[str]] = []
    for loaded, stacks in neighbours.values():
        for region in (EAST, WEST):
            release = resources(stacks[f"platform-{region}"], "helm_release")["aws-for-fluent-bit"]
            values = yaml.safe_load(release["values"][0])
            lines = values["service"]["extraService"].splitlines()
            (storage,) = [line.split()[1] for line in lines if line.startswith("storage.path ")]
            assert values["input"]["path"] == f"/var/log/containers/*_{loaded.mirrormaker.namespace}_*.log"
            group = f"${{data.terraform_remote_state.logs-{region}.outputs.workers_log_group}}"
            assert values["cloudWatchLogs"]["logGroupName"] == group
            assert values["fullnameOverride"] == values["serviceAccount"]["name"] == release["name"]
            if region == EAST:
                found.append({release["name"], values["input"]["path"], values["input"]["db"], storage})
    assert len(set.union(*found)) == sum(map(len, found)) == 4 * len(NEIGHBOURS)


def test_the_pods_of_neighbours_assume_roles_of_their_own(neighbours: dict[str, Pair]) -> None:
    subjects = {
        name: {
            subject
            for role in resources(stacks[f"identity-{EAST}"], "aws_iam_role").values()
            for statement in json.loads(role["assume_role_policy"])["Statement"]
            for key, subject in statement["Condition"]["StringEquals"].items()
            if key.endswith(":sub")
        }
        for name, (_, stacks) in neighbours.items()
    }
    assert {name: len(found) for name, found in subjects.items()} == {
        "owner": 4,
        "another-project": 3,
        "another-environment": 3,
    }
    for one, other in combinations(subjects.values(), 2):
        assert not one & other
