"""IAM statements for exactly the flows of a region, each with the function of MirrorMaker that needs it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from topology.flows import HEARTBEATS, DirectedFlow, flows_into
from topology.model import Environment
from topology.names import Names

__all__ = [
    "PROBE_GROUP",
    "KafkaResource",
    "Statement",
    "TrustSubject",
    "operations_statements",
    "policy_document",
    "policy_size",
    "trust_document",
    "worker_statements",
]

Kind = Literal["cluster", "topic", "group", "transactional-id"]

PROBE_GROUP = "msk-mirror-probe"
"""Consumer group of the probe. It is assigned its partitions and commits nothing, but librdkafka has no
consumer without a group."""


@dataclass(frozen=True, order=True)
class KafkaResource:
    """Something in the cluster of a region; `name` may end in IAM wildcards, empty for the cluster."""

    region: str
    kind: Kind
    name: str = ""

    def arn(self, cluster_arn: str) -> str:
        """ARN of the resource, from its cluster's ARN (MSK Developer Guide, "How IAM access control
        works", Resources)."""
        if self.kind == "cluster":
            return cluster_arn
        return f"{cluster_arn.replace(':cluster/', f':{self.kind}/')}/{self.name}"


@dataclass(frozen=True)
class Statement:
    """Actions (without the `kafka-cluster:` prefix) on resources, and why."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[KafkaResource, ...]
    reason: str


@dataclass(frozen=True)
class TrustSubject:
    """A Kubernetes service account that may assume a role."""

    namespace: str
    service_account: str

    @property
    def subject(self) -> str:
        """The `sub` claim of its tokens."""
        return f"system:serviceaccount:{self.namespace}:{self.service_account}"


DESCRIBE = ("DescribeTopic", "DescribeTopicDynamicConfiguration")
STORE = ("CreateTopic", "DescribeTopic", "DescribeTopicDynamicConfiguration", "ReadData", "WriteData")
MIRROR = (
    "AlterTopic",
    "AlterTopicDynamicConfiguration",
    "CreateTopic",
    "DescribeTopic",
    "DescribeTopicDynamicConfiguration",
    "ReadData",
    "WriteData",
)


def worker_statements(environment: Environment, region: str) -> tuple[Statement, ...]:
    """What the workers of `region` may do: on their own cluster (the target of their flows), and on each
    source cluster. Statements with the same actions on the same kind are merged to save policy space."""
    if not flows_into(environment, region):
        return ()
    found = (
        *_own_cluster(environment, region),
        *_targets(environment, region),
        *_sources(environment, region),
    )
    return tuple(_merged(found))


def operations_statements(environment: Environment, region: str) -> tuple[Statement, ...]:
    """What the probe of `region` may do: ask both ends of each flow for offsets, and read the heartbeats that
    arrive. The reconciler talks to Connect only."""
    flows = flows_into(environment, region)
    arriving = [
        KafkaResource(region, "topic", flow.mirrored(HEARTBEATS)) for flow in flows if flow.carries_heartbeats
    ]
    at_target = [
        KafkaResource(region, "topic", flow.mirrored(topic))
        for flow in flows
        for topic in (*flow.topics, HEARTBEATS)
    ]
    at_source = [KafkaResource(flow.source, "topic", topic) for flow in flows for topic in flow.topics]
    statements = (
        Statement(
            "ProbeConnect",
            ("Connect",),
            _unique([KafkaResource(end, "cluster") for flow in flows for end in (region, flow.source)]),
            "The probe logs in at both ends of each flow.",
        ),
        Statement(
            "ProbeOffsets",
            ("DescribeTopic",),
            _unique(at_target + at_source),
            "Metadata and ListOffsets: where the topics begin and end, and whether heartbeats arrive.",
        ),
        Statement(
            "ProbeArrival",
            ("ReadData",),
            _unique(arriving),
            "Latency is the arrival of heartbeats at the target less their time stamps.",
        ),
        Statement(
            "ProbeGroup",
            ("AlterGroup", "DescribeGroup"),
            (KafkaResource(region, "group", PROBE_GROUP),) if arriving else (),
            "AWS demands both of who has ReadData; the probe only looks for its coordinator.",
        ),
    )
    return tuple(statement for statement in statements if statement.resources)


def policy_document(statements: tuple[Statement, ...], cluster_arn: Callable[[str], str]) -> dict[str, Any]:
    """The identity policy; `cluster_arn` gives the ARN of a region's cluster (a Terraform reference will
    do)."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": statement.sid,
                "Effect": "Allow",
                "Action": [f"kafka-cluster:{action}" for action in statement.actions],
                "Resource": [resource.arn(cluster_arn(resource.region)) for resource in statement.resources],
            }
            for statement in statements
        ],
    }


def policy_size(environment: Environment, statements: tuple[Statement, ...]) -> int:
    """Characters of the policy as IAM counts them (white space does not count), with ARNs of the length
    that AWS gives."""

    def arn(region: str) -> str:
        name = Names(environment, region).msk_cluster
        uuid = "00000000-0000-0000-0000-000000000000-00"
        return f"arn:{environment.partition}:kafka:{region}:{environment.account}:cluster/{name}/{uuid}"

    return len(json.dumps(policy_document(statements, arn), separators=(",", ":")))


def trust_document(provider_arn: str, issuer: str, subject: TrustSubject) -> dict[str, Any]:
    """The role's trust: this service account's tokens for STS, and nobody else's (IAM User Guide, "Create a
    role for OpenID Connect federation")."""
    host = issuer.removeprefix("https://")
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider_arn},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {f"{host}:sub": subject.subject, f"{host}:aud": "sts.amazonaws.com"}
                },
            }
        ],
    }


def _own_cluster(environment: Environment, region: str) -> Iterator[Statement]:
    names = Names(environment, region)
    cluster = KafkaResource(region, "cluster")
    yield Statement(
        "TargetConnect",
        ("Connect", "DescribeCluster", "WriteDataIdempotently"),
        (cluster,),
        "Connect's own clients, the admin client and idempotent producers of the target.",
    )
    yield Statement(
        "ConnectStorage",
        STORE,
        tuple(
            KafkaResource(region, "topic", names.connect_topic(p)) for p in ("configs", "offsets", "status")
        ),
        "Connect keeps connectors, positions and status in three topics.",
    )
    yield Statement(
        "ConnectGroup",
        ("AlterGroup", "DescribeGroup"),
        (KafkaResource(region, "group", names.connect_group),),
        "The workers find each other as a group.",
    )
    if environment.mirrormaker.exactly_once:
        yield Statement(
            "ExactlyOnce",
            ("AlterTransactionalId", "DescribeTransactionalId"),
            (
                KafkaResource(region, "transactional-id", f"connect-cluster-{names.connect_group}"),
                KafkaResource(region, "transactional-id", f"{names.connect_group}-*"),
            ),
            "KIP-618: the leader fences as connect-cluster-<group>, tasks as <group>-<connector>-<task>.",
        )


def _targets(environment: Environment, region: str) -> Iterator[Statement]:
    for flow in flows_into(environment, region):
        mirrored = [KafkaResource(region, "topic", flow.mirrored(topic)) for topic in flow.topics]
        mirrored.append(KafkaResource(region, "topic", flow.mirrored(HEARTBEATS)))
        yield Statement(
            "MirroredTopics",
            MIRROR,
            tuple(mirrored),
            "The source connector creates, grows, configures and writes mirrored topics; checkpoints read.",
        )
        yield Statement(
            "MirrorMakerTopics", STORE, _own_topics(flow), "MirrorMaker's own topics at the target."
        )
        if flow.writes_group_offsets:
            yield Statement(
                "GroupOffsets",
                ("AlterGroup", "DescribeGroup"),
                tuple(KafkaResource(region, "group", group) for group in flow.groups),
                "KIP-545: translated offsets are written into the groups of the target.",
            )


def _own_topics(flow: DirectedFlow) -> tuple[KafkaResource, ...]:
    names = []
    if flow.has_checkpoints:
        names += [flow.checkpoints_topic, flow.offset_syncs_topic]
    if flow.spec.heartbeats.enabled:
        names.append(HEARTBEATS)
    return tuple(KafkaResource(flow.target, "topic", name) for name in names)


def _sources(environment: Environment, region: str) -> Iterator[Statement]:
    for flow in flows_into(environment, region):
        yield Statement(
            "SourceConnect",
            ("Connect", "DescribeCluster"),
            (KafkaResource(flow.source, "cluster"),),
            "Consumers and the admin client of the source.",
        )
        topics = [KafkaResource(flow.source, "topic", topic) for topic in flow.topics]
        topics.append(KafkaResource(flow.source, "topic", HEARTBEATS))
        yield Statement(
            "SourceTopics",
            (*DESCRIBE, "ReadData"),
            tuple(topics),
            "The source connector lists, describes and reads what it mirrors.",
        )
        if flow.has_checkpoints:
            yield Statement(
                "SourceGroups",
                ("DescribeGroup",),
                tuple(KafkaResource(flow.source, "group", group) for group in flow.groups),
                "The checkpoint connector reads the offsets of consumer groups.",
            )


def _merged(statements: tuple[Statement, ...]) -> Iterator[Statement]:
    """One statement for each sid, its resources in first-seen order."""
    by_sid: dict[str, list[Statement]] = {}
    for statement in statements:
        by_sid.setdefault(statement.sid, []).append(statement)
    for sid, group in by_sid.items():
        resources = _unique([resource for statement in group for resource in statement.resources])
        if resources:
            yield Statement(sid, group[0].actions, resources, group[0].reason)


def _unique(resources: list[KafkaResource]) -> tuple[KafkaResource, ...]:
    return tuple(dict.fromkeys(resources))
