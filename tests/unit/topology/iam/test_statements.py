"""Policies hold exactly what the flows of a region need; trusts name one service account."""

from __future__ import annotations

import pytest

from localcloud.kafka.acls import effective, granted
from tests.conftest import ENVIRONMENTS
from tests.unit.topology.environments import environment
from topology import load_environment
from topology.iam.statements import (
    READER_GROUP,
    KafkaResource,
    Statement,
    TrustSubject,
    failover_statements,
    operations_statements,
    policy_document,
    trust_document,
    worker_statements,
)
from topology.replication.connectors import connectors, worker_properties

CLUSTER = "arn:aws:kafka:{}:1:cluster/orders-test/uuid-1"
FORBIDDEN = {"DeleteTopic", "DeleteGroup", "AlterCluster", "AlterClusterDynamicConfiguration", "*"}


def by_sid(statements: tuple[Statement, ...]) -> dict[str, Statement]:
    return {statement.sid: statement for statement in statements}


def resources(statement: Statement) -> list[tuple[str, str, str]]:
    return [(r.region, r.kind, r.name) for r in statement.resources]


def test_workers_write_mirrored_topics_at_home_and_only_read_abroad() -> None:
    statements = by_sid(worker_statements(environment(), "us-west-2"))
    assert resources(statements["MirroredTopics"]) == [("us-west-2", "topic", "us-east-1.orders.test.*")]
    assert resources(statements["MirroredHeartbeats"]) == [("us-west-2", "topic", "us-east-1.heartbeats")]
    assert resources(statements["SourceTopics"]) == [
        ("us-east-1", "topic", "orders.test.*"),
        ("us-east-1", "topic", "heartbeats"),
    ]
    for statement in statements.values():
        abroad = [r for r in statement.resources if r.region != "us-west-2"]
        writing = {a for a in statement.actions if a.startswith(("Write", "Create", "Alter"))}
        assert not (abroad and writing) or statement.sid == "SourceReader", statement.sid


def test_reading_abroad_comes_with_a_group_that_nobody_joins() -> None:
    """AWS's table demands AlterGroup of whoever has ReadData."""
    statements = worker_statements(environment(), "us-west-2")
    altered = {
        resource
        for statement in statements
        if "AlterGroup" in statement.actions
        for resource in statement.resources
        if resource.region == "us-east-1"
    }
    assert altered == {KafkaResource("us-east-1", "group", READER_GROUP)}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_every_action_comes_with_those_that_it_requires(name: str) -> None:
    loaded = load_environment(name)
    for region in loaded.regions:
        for statements in (worker_statements(loaded, region), operations_statements(loaded, region)):
            grants = granted(policy_document(statements, lambda r: f"arn:aws:kafka:{r}:1:cluster/c/u"))
            assert effective(grants) == grants


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_no_resource_has_an_action_in_two_statements(name: str) -> None:
    loaded = load_environment(name)
    for region in loaded.regions:
        for statements in (worker_statements(loaded, region), operations_statements(loaded, region)):
            pairs = [(a, r) for s in statements for a in s.actions for r in s.resources]
            assert len(pairs) == len(set(pairs))


def test_no_statement_deletes_or_alters_the_cluster_or_names_everything() -> None:
    for name in ("local", "production", "three-regions"):
        loaded = load_environment(name)
        for region in loaded.regions:
            for statement in (*worker_statements(loaded, region), *operations_statements(loaded, region)):
                assert not FORBIDDEN & set(statement.actions)
                topics = [r for r in statement.resources if r.kind == "topic"]
                assert all(r.name not in ("", "*") for r in topics)
                assert statement.reason


def test_connects_own_topics_and_group_are_those_of_the_worker_properties() -> None:
    loaded = environment()
    properties = worker_properties(loaded, "us-east-1")
    statements = by_sid(worker_statements(loaded, "us-east-1"))
    assert {r.name for r in statements["ConnectStorage"].resources} == {
        properties[f"{kind}.storage.topic"] for kind in ("config", "offset", "status")
    }
    assert {r.name for r in statements["ConnectGroup"].resources} == {properties["group.id"]}


def test_group_statements_follow_what_checkpoints_do() -> None:
    translated = environment({"flows/0/checkpoints": {"sync_group_offsets": False}})
    statements = by_sid(worker_statements(translated, "us-west-2"))
    assert "GroupOffsets" not in statements
    assert statements["SourceGroups"].actions == ("DescribeGroup",)
    none = by_sid(worker_statements(environment({"flows/0/checkpoints": {"enabled": False}}), "us-west-2"))
    assert not {"GroupOffsets", "SourceGroups"} & set(none)
    assert not {"OffsetSyncs", "Checkpoints", "GroupOffsetTopics"} & set(none)


def test_transactional_ids_are_there_exactly_with_exactly_once() -> None:
    assert "ExactlyOnce" not in by_sid(worker_statements(environment(), "us-west-2"))
    exactly_once = environment({"mirrormaker/exactly_once": "on"})
    statement = by_sid(worker_statements(exactly_once, "us-west-2"))["ExactlyOnce"]
    group = worker_properties(exactly_once, "us-west-2")["group.id"]
    assert {r.name for r in statement.resources} == {f"connect-cluster-{group}", f"{group}-*"}


def test_preparing_workers_have_the_permissions_of_both_neighbours() -> None:
    """identity-R is applied before the pods roll: on the way back tasks of `on` run until they are rolled."""
    on, preparing = (environment({"mirrormaker/exactly_once": state}) for state in ("on", "preparing"))
    assert worker_statements(preparing, "us-west-2") == worker_statements(on, "us-west-2")


def test_identity_policy_covers_topics_under_their_own_names() -> None:
    loaded = environment({"flows/0": {"source": "us-east-1", "target": "us-west-2", "policy": "identity"}})
    assert connectors(loaded, "us-west-2")
    names = {r.name for r in by_sid(worker_statements(loaded, "us-west-2"))["MirroredTopics"].resources}
    assert "orders.test.*" in names
    assert worker_statements(loaded, "us-east-1") == ()


def test_arns_are_those_of_the_cluster_with_the_kind_replaced() -> None:
    document = policy_document(worker_statements(environment(), "us-west-2"), CLUSTER.format)
    arns = {arn for statement in document["Statement"] for arn in statement["Resource"]}
    assert "arn:aws:kafka:us-west-2:1:topic/orders-test/uuid-1/us-east-1.orders.test.*" in arns
    assert "arn:aws:kafka:us-west-2:1:group/orders-test/uuid-1/mirrormaker2-test" in arns
    assert "arn:aws:kafka:us-east-1:1:cluster/orders-test/uuid-1" in arns
    actions = {action for statement in document["Statement"] for action in statement["Action"]}
    assert all(action.startswith("kafka-cluster:") for action in actions)


def test_what_moves_a_group_is_about_the_two_clusters_in_both_directions_and_no_third() -> None:
    ends = {"eu-west-1": "frankfurt", "eu-central-1": "ireland"}  # each with the other's alias
    three = load_environment("three-regions")
    statements = by_sid(failover_statements(three, ("eu-west-1", "eu-central-1"), "billing"))
    assert set(resources(statements["FailoverTopics"])) == {
        (region, "topic", name)
        for region, other in ends.items()
        for name in ("telemetry.*", f"{other}.telemetry.*")
    }
    assert set(resources(statements["FailoverCheckpoints"])) == {
        (region, "topic", f"{other}.checkpoints.internal") for region, other in ends.items()
    }
    assert {region for one in statements.values() for region, _, _ in resources(one)} == set(ends)


def test_the_trust_names_subject_and_audience_exactly() -> None:
    document = trust_document("arn:provider", "https://oidc.example/id/1", TrustSubject("mm2", "worker"))
    (statement,) = document["Statement"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {
            "oidc.example/id/1:sub": "system:serviceaccount:mm2:worker",
            "oidc.example/id/1:aud": "sts.amazonaws.com",
        }
    }


def test_operations_read_heartbeats_and_describe_the_rest() -> None:
    statements = by_sid(operations_statements(environment(), "us-west-2"))
    assert {r.name for r in statements["ProbeArrival"].resources} == {"us-east-1.heartbeats"}
    assert statements["ProbeOffsets"].actions == ("DescribeTopic",)
    assert not {"WriteData", "CreateTopic"} & {a for s in statements.values() for a in s.actions}
