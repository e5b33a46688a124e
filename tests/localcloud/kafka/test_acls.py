"""From policies to rules: where IAM and Kafka differ, what the stricter of both says."""

from __future__ import annotations

from typing import Any

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclOperation,
    ResourcePatternType,
    ResourceType,
)

from localcloud.kafka.acls import ACTIONS, acls, effective, granted

CLUSTER = "arn:aws:kafka:us-east-1:1:cluster/orders/${data.terraform_remote_state.msk.outputs.cluster_uuid}"
WRITING = ["Connect", "WriteDataIdempotently"]


def arn(kind: str, name: str) -> str:
    return CLUSTER.replace(":cluster/", f":{kind}/") + f"/{name}"


def policy(*statements: tuple[list[str], str], **more: Any) -> dict[str, Any]:
    return {
        "Statement": [
            {
                "Sid": str(number),
                "Effect": "Allow",
                "Action": [f"kafka-cluster:{action}" for action in actions],
                "Resource": [resource],
                **more,
            }
            for number, (actions, resource) in enumerate(statements)
        ]
    }


def rules(document: dict[str, Any], **options: Any) -> set[tuple[Any, ...]]:
    """Kind, name, pattern and operation of each rule of the one region."""
    found = acls(document, "mm2", **options)
    assert set(found) <= {"us-east-1"}
    made = found.get("us-east-1", [])
    assert all(one.principal == "User:mm2" and one.host == "*" for one in made)
    return {(one.restype, one.name, one.resource_pattern_type, one.operation) for one in made}


def operations(document: dict[str, Any], **options: Any) -> set[AclOperation]:
    return {rule[3] for rule in rules(document, **options)}


def test_names_become_literal_prefixed_and_all() -> None:
    read = ["DescribeTopic"]
    document = policy(
        (["Connect"], CLUSTER),
        (read, arn("topic", "orders")),
        (read, arn("topic", "us-east-1.*")),
        (read, arn("topic", "*")),
    )
    assert {rule[:3] for rule in rules(document)} == {
        (ResourceType.TOPIC, "orders", ResourcePatternType.LITERAL),
        (ResourceType.TOPIC, "us-east-1.", ResourcePatternType.PREFIXED),
        (ResourceType.TOPIC, "*", ResourcePatternType.LITERAL),
    }


def test_wildcards_that_kafka_lacks_become_the_names_that_are_there() -> None:
    document = policy((["Connect"], CLUSTER), (["DescribeGroup"], arn("group", "*.billing-?")))
    assert rules(document) == set()
    known = {"eu.billing-1", "eu.billing-10", "billing"}
    assert {rule[1] for rule in rules(document, names=lambda _region, _kind: known)} == {"eu.billing-1"}


def test_without_connect_nothing_counts() -> None:
    assert rules(policy((["DescribeTopic"], arn("topic", "orders")))) == set()


@pytest.mark.parametrize(
    ("missing", "left"),
    [
        ("DescribeTopic", {AclOperation.IDEMPOTENT_WRITE}),
        ("WriteDataIdempotently", {AclOperation.DESCRIBE}),
        ("none", {AclOperation.DESCRIBE, AclOperation.WRITE, AclOperation.IDEMPOTENT_WRITE}),
    ],
)
def test_what_kafka_implies_must_be_granted_too(missing: str, left: set[AclOperation]) -> None:
    cluster = [action for action in WRITING if action != missing]
    topic = [action for action in ("DescribeTopic", "WriteData") if action != missing]
    document = policy((cluster, CLUSTER), (topic, arn("topic", "orders")))
    if missing == "DescribeTopic":  # then nothing may be written, and idempotently neither
        left = set()
    assert operations(document) == left


def test_reading_needs_a_group_that_may_be_joined() -> None:
    topic = ["DescribeTopic", "ReadData"]
    alone = policy((["Connect"], CLUSTER), (topic, arn("topic", "orders")))
    assert AclOperation.READ not in operations(alone)
    group = (["AlterGroup", "DescribeGroup"], arn("group", "nobody"))
    together = policy((["Connect"], CLUSTER), (topic, arn("topic", "orders")), group)
    assert (ResourceType.TOPIC, "orders", ResourcePatternType.LITERAL, AclOperation.READ) in rules(together)
    assert AclOperation.READ in operations(alone, strict=False)


def test_what_an_action_requires_must_cover_its_resource() -> None:
    document = policy(
        (["Connect"], CLUSTER),
        (["DescribeTopic"], arn("topic", "orders.eu.*")),
        (["AlterTopic"], arn("topic", "orders.*")),
        (["DescribeTopicDynamicConfiguration"], arn("topic", "*")),
        (["AlterTopicDynamicConfiguration"], arn("topic", "orders.*")),
    )
    assert AclOperation.ALTER not in operations(document)
    assert AclOperation.ALTER_CONFIGS in operations(document)


def test_wildcards_in_actions_stand_for_those_of_the_resources_kind() -> None:
    found = granted(policy((["*"], arn("group", "billing"))))
    assert {one.action for one in found} == {"DescribeGroup", "AlterGroup", "DeleteGroup"}
    everything = [
        (["*"], arn(kind, "x") if kind != "cluster" else CLUSTER)
        for kind in ("cluster", "topic", "group", "transactional-id")
    ]
    grants = granted(policy(*everything))
    assert {one.action for one in grants} == set(ACTIONS)
    assert effective(grants) == grants


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (policy((["Connect"], CLUSTER), Effect="Deny"), "Deny"),
        (policy((["Connect"], CLUSTER), Condition={}), "Condition"),
        (policy((["Conect"], CLUSTER)), "no action of MSK"),
        (policy((["Connect"], "arn:aws:kafka:*:1:cluster/a/b")), "wildcards before the name"),
        (policy((["Connect"], "arn:aws:s3:::bucket")), "no ARN of something in an MSK cluster"),
        (policy((["Connect"], "arn:aws:kafka:us-east-1:1:topic/a/b")), "no ARN"),
    ],
)
def test_what_has_no_equal_is_refused(document: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        granted(document)


def test_other_services_are_left_out() -> None:
    statement = {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*", "Condition": {}}
    assert granted({"Statement": [statement]}) == frozenset()
