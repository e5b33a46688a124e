"""IAM statements for exactly the flows of a region, each with the function of MirrorMaker that needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from topology.aws.arns import STS_AUDIENCE
from topology.aws.names import Names
from topology.aws.policy_language import POLICY_VERSION
from topology.iam import failover_needs, needs
from topology.iam.needs import Permission
from topology.model import Environment
from topology.replication.flows import DirectedFlow, flows_between, flows_into
from topology.replication.mirrormaker_names import HEARTBEATS

__all__ = [
    "OPERATOR_GROUP",
    "PROBE_GROUP",
    "READER_GROUP",
    "KafkaResource",
    "Statement",
    "TrustSubject",
    "failover_statements",
    "operations_statements",
    "policy_document",
    "trust_document",
    "worker_statements",
]

Kind = Literal["cluster", "topic", "group", "transactional-id"]

PROBE_GROUP = "msk-mirror-probe"
"""Consumer group of the probe. It is assigned its partitions and commits nothing, but librdkafka has no
consumer without a group."""
OPERATOR_GROUP = "msk-mirror"
"""Consumer group of the commands that read topics: what of PROBE_GROUP is true is true of it."""
READER_GROUP = "msk-mirror-reader"
"""A group that nobody joins. AWS's table wants AlterGroup of whoever has ReadData, and the workers read the
source without a group."""


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
    """What is needed on resources of one kind that are alike: each action with the function that fails
    without it."""

    permission: Permission
    resources: tuple[KafkaResource, ...]

    @property
    def sid(self) -> str:
        return self.permission.sid

    @property
    def actions(self) -> tuple[str, ...]:
        """Without the `kafka-cluster:` prefix, sorted."""
        return tuple(sorted(need.action for need in self.permission.needs))

    @property
    def reason(self) -> str:
        return self.permission.reason


Granted = tuple[Permission, Sequence[KafkaResource]]


@dataclass(frozen=True)
class TrustSubject:
    """A Kubernetes service account that may assume a role."""

    namespace: str
    service_account: str

    @property
    def subject(self) -> str:
        """The `sub` claim of its tokens."""
        return f"system:serviceaccount:{self.namespace}:{self.service_account}"


def worker_statements(environment: Environment, region: str) -> tuple[Statement, ...]:
    """What the workers of `region` may do: on their own cluster (the target of their flows), and on each
    source cluster."""
    flows = flows_into(environment, region)
    if not flows:
        return ()
    found: dict[Permission, list[KafkaResource]] = {}
    for permission, resources in (
        *_own_cluster(environment, region),
        *(pair for flow in flows for pair in (*_target(flow), *_source(flow))),
    ):
        found.setdefault(permission, []).extend(resources)
    return _statements(found)


def operations_statements(environment: Environment, region: str) -> tuple[Statement, ...]:
    """What the probe of `region` may do: ask both ends of each flow for offsets, and read the heartbeats that
    arrive. The reconciler talks to Connect only."""
    found: dict[Permission, list[KafkaResource]] = {}
    for flow in flows_into(environment, region):
        ends = [KafkaResource(region, "cluster"), KafkaResource(flow.source, "cluster")]
        found.setdefault(needs.PROBE_CONNECT, []).extend(ends)
        offsets = [KafkaResource(flow.source, "topic", topic) for topic in flow.topics]
        offsets += [KafkaResource(region, "topic", flow.mirrored(topic)) for topic in flow.topics]
        found.setdefault(needs.PROBE_OFFSETS, []).extend(offsets)
        if flow.carries_heartbeats:
            arriving = KafkaResource(region, "topic", flow.mirrored(HEARTBEATS))
            found.setdefault(needs.PROBE_ARRIVAL, []).append(arriving)
            found.setdefault(needs.PROBE_GROUP, []).append(KafkaResource(region, "group", PROBE_GROUP))
    return _statements(found)


def failover_statements(environment: Environment, ends: tuple[str, str], group: str) -> tuple[Statement, ...]:
    """What moves a consumer group between the clusters of two regions, there and back; `group` may have
    globs. None where no flow is between them."""
    found: dict[Permission, list[KafkaResource]] = {}
    for flow in flows_between(environment, ends):
        source, target = flow.source, flow.target
        topics = [KafkaResource(source, "topic", topic) for topic in flow.topics]
        topics += [KafkaResource(target, "topic", flow.mirrored(topic)) for topic in flow.topics]
        for permission, resources in (
            (failover_needs.CONNECT, [KafkaResource(region, "cluster") for region in ends]),
            (failover_needs.GROUPS, [KafkaResource(region, "group", group) for region in ends]),
            (failover_needs.TOPICS, topics),
            (failover_needs.CHECKPOINTS, [KafkaResource(target, "topic", flow.checkpoints_topic)]),
            (failover_needs.SYNCS, [KafkaResource(target, "topic", flow.offset_syncs_topic)]),
            (failover_needs.READER, [KafkaResource(region, "group", OPERATOR_GROUP) for region in ends]),
        ):
            found.setdefault(permission, []).extend(resources)
    return _statements(found)


def policy_document(statements: tuple[Statement, ...], cluster_arn: Callable[[str], str]) -> dict[str, Any]:
    """The identity policy; `cluster_arn` gives the ARN of a region's cluster (a Terraform reference will
    do)."""
    return {
        "Version": POLICY_VERSION,
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


def trust_document(provider_arn: str, issuer: str, subject: TrustSubject) -> dict[str, Any]:
    """The role's trust: this service account's tokens for STS, and nobody else's (IAM User Guide, "Create a
    role for OpenID Connect federation")."""
    host = issuer.removeprefix("https://")
    return {
        "Version": POLICY_VERSION,
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider_arn},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {f"{host}:sub": subject.subject, f"{host}:aud": STS_AUDIENCE}},
            }
        ],
    }


def _own_cluster(environment: Environment, region: str) -> Iterator[Granted]:
    names = Names(environment, region)
    yield needs.TARGET_CLUSTER, [KafkaResource(region, "cluster")]
    yield needs.CONNECT_STORAGE, [KafkaResource(region, "topic", topic) for topic in names.connect_topics]
    yield needs.CONNECT_GROUP, [KafkaResource(region, "group", names.connect_group)]
    if environment.mirrormaker.exactly_once.has_transactions:
        # the leader fences as connect-cluster-<group>, tasks write as <group>-<connector>-<task>
        ids = (f"connect-cluster-{names.connect_group}", f"{names.connect_group}-*")
        yield needs.EXACTLY_ONCE, [KafkaResource(region, "transactional-id", one) for one in ids]


def _target(flow: DirectedFlow) -> Iterator[Granted]:
    def topics(*found: str) -> list[KafkaResource]:
        return [KafkaResource(flow.target, "topic", name) for name in found]

    mirrored = topics(*(flow.mirrored(topic) for topic in flow.topics))
    yield needs.MIRRORED_TOPICS, mirrored
    if flow.carries_heartbeats:
        yield needs.MIRRORED_HEARTBEATS, topics(flow.mirrored(HEARTBEATS))
    if flow.spec.heartbeats.enabled:
        yield needs.OWN_HEARTBEATS, topics(HEARTBEATS)
    if flow.has_checkpoints:
        yield needs.OFFSET_SYNCS, topics(flow.offset_syncs_topic)
        yield needs.CHECKPOINTS, topics(flow.checkpoints_topic)
    if flow.writes_group_offsets:
        yield needs.GROUP_OFFSET_TOPICS, mirrored
        yield needs.GROUP_OFFSETS, [KafkaResource(flow.target, "group", group) for group in flow.groups]


def _source(flow: DirectedFlow) -> Iterator[Granted]:
    topics = [*flow.topics, *([HEARTBEATS] if flow.carries_heartbeats else [])]
    yield needs.SOURCE_CLUSTER, [KafkaResource(flow.source, "cluster")]
    yield needs.SOURCE_TOPICS, [KafkaResource(flow.source, "topic", topic) for topic in topics]
    yield needs.SOURCE_READER, [KafkaResource(flow.source, "group", READER_GROUP)]
    if flow.has_checkpoints:
        yield needs.SOURCE_GROUPS, [KafkaResource(flow.source, "group", group) for group in flow.groups]


def _statements(found: Mapping[Permission, Iterable[KafkaResource]]) -> tuple[Statement, ...]:
    """One statement for each permission, its resources in first-seen order."""
    return tuple(
        Statement(permission, tuple(dict.fromkeys(resources))) for permission, resources in found.items()
    )
