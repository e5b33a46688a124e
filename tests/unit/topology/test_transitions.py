"""A change from one environment file to another: refused where it needs two steps, and told what stays."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import pytest

from tests.unit.topology.environments import environment, third_region
from topology.environment_file.problem import dotted
from topology.transitions import TRANSITIONS, Change, Finding, findings

EAST, WEST = "regions/us-east-1", "regions/us-west-2"
Changes = dict[str, Any]
ONE_WAY: Final = {"source": "us-east-1", "target": "us-west-2", "policy": "identity"}
BACK: Final = {"source": "us-west-2", "target": "us-east-1", "policy": "identity"}
ASSOCIATED: Final = {"scram": True, "scram_secret_associated": True}
SECRET: Final = "arn:aws:secretsmanager:us-east-1:123456789012:secret:AmazonMSK_billing-a1B2c3"
DEVELOPMENT: Final = {"stage": "development"}
EXISTING: Final = {
    "cidr": "10.1.0.0/16",
    "vpc_id": "vpc-00000001",
    "private_subnet_ids": [f"subnet-0000000{number}" for number in (1, 2, 3)],
}
ROUTED: Final = {f"{WEST}/network/routed_by": "vpn"}
"""No peering is created with a VPC that exists."""


class Case(NamedTuple):
    """From the base with `before` to the base with `after`, the transition finds something at `path`."""

    transition: str
    before: Changes
    after: Changes
    path: str
    message: str
    allowed: str | None = None
    """None for a note."""


def _exactly_once(state: Any) -> Changes:
    return {"mirrormaker/exactly_once": state}


def _kafka(**values: Any) -> Changes:
    return {f"kafka/{key}": value for key, value in values.items()}


REFUSED: Final = (
    Case(
        "exactly-once-goes-through-preparing",
        _exactly_once("off"),
        _exactly_once("on"),
        "mirrormaker.exactly_once",
        "cannot be changed at once while workers run",
        "off -> preparing -> on, each step deployed until all workers have it",
    ),
    Case(
        "exactly-once-goes-through-preparing",
        _exactly_once(True),
        {},
        "mirrormaker.exactly_once",
        "records would be lost",
        "on -> preparing -> off, each step deployed until all workers have it",
    ),
    Case(
        "an-identity-flow-is-not-reversed-at-once",
        {"flows/0": ONE_WAY},
        {"flows/0": BACK},
        "flows[0]",
        "records would be replicated in a loop",
        "no flow between them first (flows: [] if it is the only one), then the new one:"
        " docs/runbooks/identity-failback.md",
    ),
    Case(
        "an-identity-flow-is-not-reversed-at-once",
        {"flows/0": ONE_WAY},
        {"flows/0": {**BACK, "policy": "default"}},
        "flows[0]",
        "reverses a flow in one step",
        "no flow between them first (flows: [] if it is the only one), then the new one:"
        " docs/runbooks/identity-failback.md",
    ),
    Case(
        "a-flow-keeps-its-policy",
        {"flows/0": ONE_WAY},
        {"flows/0": {**ONE_WAY, "policy": "default"}},
        "flows[0].policy",
        "gives the copies on us-west-2 other names",
        "identity; or remove the flow and its source offsets first (docs/runbooks/remove-flow.md)",
    ),
    Case(
        "aliases-stay",
        {},
        {f"{EAST}/alias": "east"},
        "regions.us-east-1.alias",
        "would read everything again",
        "us-east-1; or remove the region's flows first (docs/runbooks/remove-flow.md)",
    ),
    Case(
        "connect-keeps-its-names",
        {},
        {"mirrormaker/connect": {"group_id": "other"}},
        "mirrormaker.connect.group_id",
        "makes a second Connect cluster",
        "mirrormaker2-test",
    ),
    *(
        Case(
            "connect-keeps-its-names",
            {},
            {"mirrormaker/connect": {f"{field}_topic": "other"}},
            f"mirrormaker.connect.{field}_topic",
            message,
            f"mirrormaker2.test.{purpose}.internal",
        )
        for field, purpose, message in (
            ("config", "configs", "hides the running connectors"),
            ("offset", "offsets", "replicated again from its beginning"),
            ("status", "status", "different states"),
        )
    ),
    Case(
        "a-runtime-is-replaced-through-both",
        {},
        {"runtime": {"eks": False, "ecs": {}}},
        "runtime",
        "nothing replicates in between",
        "eks -> both -> ecs (docs/runbooks/move-to-eks.md)",
    ),
    Case(
        "clusters-keep-their-names",
        {},
        _kafka(cluster_name="other"),
        "kafka.cluster_name",
        "replaces the cluster and all records in it",
        "orders-test",
    ),
    Case(
        "kafka-versions-only-rise",
        _kafka(version="3.9.x"),
        _kafka(version="3.8.x"),
        "kafka.version",
        "is a downgrade",
        "3.9.x or later",
    ),
    Case(
        "the-metadata-mode-is-not-a-version",
        _kafka(version="3.9.x"),
        _kafka(version="4.1.x.kraft"),
        "kafka.version",
        "from ZooKeeper to KRaft",
        "a version with ZooKeeper; a new region or environment for the other",
    ),
    Case(
        "standard-and-express-are-not-exchanged",
        _kafka(version="3.9.x.kraft"),
        {**_kafka(version="3.9.x.kraft"), f"{EAST}/kafka": {"broker": {"type": "express.m7g.large"}}},
        "kafka.broker.type",
        "from Standard to Express",
        "Standard brokers; a new region or environment for the other",
    ),
    Case(
        "volumes-do-not-shrink",
        _kafka(storage={"volume_gib": 500, "autoscaling": None}),
        _kafka(storage={"volume_gib": 400, "autoscaling": None}),
        "kafka.storage.volume_gib",
        "they never shrink",
        "at least 500",
    ),
    Case(
        "brokers-keep-their-subnets",
        {f"{EAST}/network": EXISTING, **ROUTED},
        {
            **ROUTED,
            f"{EAST}/network": {
                **EXISTING,
                "private_subnet_ids": ["subnet-00000004", "subnet-00000005", "subnet-00000006"],
            },
        },
        "regions.us-east-1.network.private_subnet_ids",
        "replaces the cluster",
        "subnet-00000001, subnet-00000002, subnet-00000003",
    ),
    Case(
        "brokers-keep-their-subnets",
        {},
        {f"{EAST}/network": EXISTING, **ROUTED},
        "regions.us-east-1.network.vpc_id",
        "replaces the cluster",
        "a VPC to be created",
    ),
    Case(
        "brokers-keep-their-subnets",
        {},
        {f"{EAST}/network/cidr": "10.9.0.0/16"},
        "regions.us-east-1.network.cidr",
        "replaces the cluster",
        "10.1.0.0/16",
    ),
    Case(
        "an-empty-secret-is-not-associated",
        {},
        _kafka(authentication={"scram": True, "scram_secret_associated": True}),
        "kafka.authentication.scram_secret_associated",
        "it has no value then",
        "scram: true, a value in the secret, then scram_secret_associated: true (docs/runbooks/scram.md)",
    ),
    Case(
        "states-stay-where-they-are",
        {},
        {"state": {"key_prefix": "elsewhere"}},
        "state.key_prefix",
        "would find none and make everything a second time",
    ),
)

NOTES: Final = (
    Case(
        "preparing-workers-lose-their-permissions-last",
        _exactly_once("preparing"),
        _exactly_once("off"),
        "mirrormaker.exactly_once",
        "the workers must be changed first",
    ),
    Case(
        "what-a-removed-flow-leaves",
        {},
        {"flows/0": {**ONE_WAY, "policy": "default"}},
        "flows[0]",
        "us-west-2 -> us-east-1 is removed",
    ),
    Case(
        "a-new-identity-flow-begins-at-the-beginning",
        {"flows": []},
        {"flows": [ONE_WAY]},
        "flows[0]",
        "are written a second time",
    ),
    Case(
        "what-a-removed-region-leaves",
        {f"{WEST[:8]}eu-west-1": third_region()},
        {},
        "regions.eu-west-1",
        "is removed",
    ),
    Case(
        "partitions-of-connect-topics-are-chosen-once",
        {},
        {"mirrormaker/connect": {"offset_partitions": 50}},
        "mirrormaker.connect.offset_partitions",
        "has no effect",
    ),
    Case(
        "what-a-removed-runtime-leaves",
        {"runtime": {"ecs": {}}},
        {},
        "runtime",
        "removes a runtime",
    ),
    Case(
        "volumes-do-not-shrink",
        _kafka(storage={"volume_gib": 500}),
        _kafka(storage={"volume_gib": 500, "autoscaling": None}),
        "kafka.storage.autoscaling",
        "MSK refuses less than they have grown to",
    ),
    *(
        Case(
            "who-logs-in-with-scram-is-cut-off",
            {f"{EAST}/kafka": {"authentication": before}},
            {f"{EAST}/kafka": {"authentication": after}},
            f"kafka.authentication.{field}",
            message,
        )
        for before, after, field, message in (
            ({"scram": True}, {}, "scram", "closes port 9096"),
            (
                ASSOCIATED,
                {"scram": True},
                "scram_secret_associated",
                "takes the login of AmazonMSK_orders-test",
            ),
            ({"scram": True, "scram_secrets": [SECRET]}, {"scram": True}, "scram_secrets", "takes the login"),
        )
    ),
    Case(
        "brokers-are-emptied-before-they-go",
        {"kafka/broker": {"count": 6}},
        {"kafka/broker": {"count": 3}},
        "kafka.broker.count",
        "must not hold partitions",
    ),
    Case(
        "topics-keep-their-replication-factor",
        {**DEVELOPMENT, **_kafka(replication_factor=3)},
        {**DEVELOPMENT, **_kafka(replication_factor=2, min_insync_replicas=1)},
        "kafka.replication_factor",
        "has no effect on topics that exist",
    ),
    Case(
        "what-a-changed-eks-cluster-leaves",
        {},
        {f"{EAST}/eks/cluster_name": "another"},
        "regions.us-east-1.eks.cluster_name",
        "Terraform forgets the old ones",
    ),
)


def found_by(case: Case) -> list[Finding]:
    (entry,) = [one for one in TRANSITIONS if one.id == case.transition]
    return list(entry.check(Change(environment(case.before), environment(case.after))))


def written(finding: Finding) -> str:
    """The path as the file has it: what all regions share is written once."""
    path = finding.problem.path
    return dotted(path[2:] if "kafka" in path else path)


@pytest.mark.parametrize("case", REFUSED, ids=[f"{n}-{case.transition}" for n, case in enumerate(REFUSED)])
def test_a_change_that_needs_two_steps_is_refused_with_them(case: Case) -> None:
    found = [one for one in found_by(case) if one.refused]
    assert {written(one) for one in found} >= {case.path}
    assert all(case.message in one.problem.message for one in found), found
    assert found[0].problem.found is not None
    if case.allowed is not None:
        assert case.allowed in {one.problem.allowed for one in found}


@pytest.mark.parametrize("case", NOTES, ids=[f"{n}-{case.transition}" for n, case in enumerate(NOTES)])
def test_a_change_that_leaves_something_is_noted(case: Case) -> None:
    found = [one for one in found_by(case) if not one.refused]
    assert case.path in {written(one) for one in found}
    assert any(case.message in one.problem.message for one in found), found


def test_every_transition_has_a_case() -> None:
    assert {entry.id for entry in TRANSITIONS} == {case.transition for case in (*REFUSED, *NOTES)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        (_exactly_once("off"), _exactly_once("preparing")),
        (_exactly_once("preparing"), _exactly_once("on")),
        (_exactly_once("on"), _exactly_once("preparing")),
        (_exactly_once(False), _exactly_once("off")),
        ({}, _kafka(authentication={"scram": True})),
        (_kafka(authentication={"scram": True}), _kafka(authentication=ASSOCIATED)),
        ({"flows": []}, {"flows": [ONE_WAY | {"policy": "default"}], **_exactly_once("on")}),
        (_kafka(version="3.8.x"), _kafka(version="3.9.x")),
        (_kafka(version="3.8.x.kraft"), _kafka(version="4.1.x.kraft")),
        (_kafka(storage={"volume_gib": 500}), _kafka(storage={"volume_gib": 100})),
        (_kafka(storage={"volume_gib": 400, "autoscaling": None}), _kafka(storage={"volume_gib": 500})),
        ({"kafka/broker": {"count": 3}}, {"kafka/broker": {"count": 6}}),
        ({"flows/0": ONE_WAY}, {"flows": []}),
        ({}, {f"{WEST[:8]}eu-west-1": third_region()}),
        ({}, {"mirrormaker/connect": {"group_id": "mirrormaker2-test"}}),
        ({}, {"runtime": {"ecs": {}}}),
        ({}, {"kafka/cluster_name": "orders-test", "state": {"key_prefix": "orders/test"}}),
    ],
)
def test_a_change_in_one_step_is_not_refused(before: Changes, after: Changes) -> None:
    found = findings(environment(before), environment(after))
    assert [one for one in found if one.refused] == []


def test_what_a_removed_flow_leaves_is_all_named() -> None:
    before = environment({f"{WEST[:8]}eu-west-1": third_region()})
    after = environment(
        {f"{WEST[:8]}eu-west-1": third_region(), "flows/0/regions": ["us-east-1", "us-west-2"]}
    )
    notes = {one.problem.message.split(" is ")[0]: one for one in findings(before, after)}
    assert {name for name in notes if "->" in name} == {
        *("us-east-1 -> eu-west-1", "us-west-2 -> eu-west-1"),
        *("eu-west-1 -> us-east-1", "eu-west-1 -> us-west-2"),
    }
    remains = "; ".join(notes["eu-west-1 -> us-east-1"].remains)
    for kind in ("source", "checkpoint", "heartbeat"):
        assert f"eu-west-1-to-us-east-1-{kind}" in remains
    for topic in ("eu-west-1.orders.test.*", "eu-west-1.heartbeats", "mm2-offset-syncs.eu-west-1.internal"):
        assert topic in remains
    assert "mirrormaker2.test.offsets.internal" in remains
    assert "eu-west-1.*" in remains  # the groups
    gone = "; ".join(notes["us-east-1 -> eu-west-1"].remains)
    assert "stack mirrormaker-eu-west-1" in gone
    assert notes["us-east-1 -> eu-west-1"].steps[0].startswith("cdktf destroy mirrormaker-eu-west-1")


def test_connectors_that_the_reconciler_deletes_do_not_remain() -> None:
    three = {f"{WEST[:8]}eu-west-1": third_region()}
    two = {**three, "flows/0/regions": ["us-east-1", "us-west-2"]}
    pruned = {**two, "mirrormaker/operations/prune": True}
    for after, stays in ((two, True), (pruned, False)):
        notes = findings(environment(three), environment(after))
        (one,) = [note for note in notes if "eu-west-1 -> us-east-1" in note.problem.message]
        assert any(text.startswith("connectors ") for text in one.remains) is stays


def test_what_a_removed_region_leaves_is_all_named() -> None:
    before = environment({f"{WEST[:8]}eu-west-1": third_region()})
    notes = findings(before, environment())
    (region,) = [one for one in notes if dotted(one.problem.path) == "regions.eu-west-1"]
    assert region.in_before
    stacks = region.remains[0].removeprefix("stacks ").split(", ")
    assert stacks[-1] == "state-eu-west-1", "the states of the others are in it"
    assert (
        stacks.index("mirrormaker-eu-west-1")
        < stacks.index("identity-eu-west-1")
        < stacks.index("msk-eu-west-1")
    )
    text = "; ".join(region.remains)
    assert "MSK cluster orders-test in eu-west-1 and its records" in text
    assert "eu-west-1-to-us-east-1-source in us-east-1" in text
    assert "orders-test-state-123456789012-eu-west-1" in text
    assert any("stage: development" in step for step in region.steps), "its data is protected"
