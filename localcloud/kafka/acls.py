"""Rules of Kafka's authorizer that permit what an IAM policy for MSK permits, and never more.

MSK asks IAM where Kafka asks its own rules. Where the two differ the stricter reading is taken, so that what
runs under these rules runs under the policy:

- Kafka's READ, WRITE, ALTER and DELETE imply DESCRIBE, and ALTER_CONFIGS implies DESCRIBE_CONFIGS (KIP-11,
  KIP-133). IAM implies nothing: AWS's table names the actions that an action requires, and one whose required
  actions are not granted gives no rule here.
- Kafka lets whoever may write any topic write idempotently (KIP-679). IAM has an action for that; WriteData
  without it gives no rule.
- A name with one `*` at its end is a prefixed rule. Kafka has nothing for a wildcard elsewhere: such a name
  gives rules for the names that are there, and none for those that come later.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

# Its documentation imports these from here; its types do not say so.
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from topology.replication.globs import covers, matches

__all__ = ["ACTIONS", "ANY_RULE", "Grant", "KafkaAction", "acls", "effective", "granted"]

CLUSTER_NAME: Final = "kafka-cluster"
"""Kafka's name of the one cluster resource (org.apache.kafka.common.resource.Resource.CLUSTER_NAME)."""
_ANY_NAME: Any = None  # librdkafka's documentation says so, its types do not
ANY_RULE: Final = AclBindingFilter(
    ResourceType.ANY,
    _ANY_NAME,
    ResourcePatternType.ANY,
    _ANY_NAME,
    _ANY_NAME,
    AclOperation.ANY,
    AclPermissionType.ANY,
)
KINDS: Final = {
    "cluster": ResourceType.BROKER,  # librdkafka's name of CLUSTER
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "transactional-id": ResourceType.TRANSACTIONAL_ID,
}


@dataclass(frozen=True)
class KafkaAction:
    """An action, the operation of Kafka that it stands for (None: logging in), and what it requires."""

    name: str
    kind: str
    operation: AclOperation | None
    requires: tuple[str, ...] = ()


ACTIONS: Final = {
    action.name: action
    for action in (
        # MSK Developer Guide, "Semantics of IAM authorization policy actions and resources"; Connect, which
        # all others require, is not repeated
        KafkaAction("Connect", "cluster", None),
        KafkaAction("DescribeCluster", "cluster", AclOperation.DESCRIBE),
        KafkaAction("AlterCluster", "cluster", AclOperation.ALTER, ("DescribeCluster",)),
        KafkaAction("DescribeClusterDynamicConfiguration", "cluster", AclOperation.DESCRIBE_CONFIGS),
        KafkaAction(
            "AlterClusterDynamicConfiguration",
            "cluster",
            AclOperation.ALTER_CONFIGS,
            ("DescribeClusterDynamicConfiguration",),
        ),
        KafkaAction("WriteDataIdempotently", "cluster", AclOperation.IDEMPOTENT_WRITE, ("WriteData",)),
        KafkaAction("CreateTopic", "topic", AclOperation.CREATE),
        KafkaAction("DescribeTopic", "topic", AclOperation.DESCRIBE),
        KafkaAction("AlterTopic", "topic", AclOperation.ALTER, ("DescribeTopic",)),
        KafkaAction("DeleteTopic", "topic", AclOperation.DELETE, ("DescribeTopic",)),
        KafkaAction("DescribeTopicDynamicConfiguration", "topic", AclOperation.DESCRIBE_CONFIGS),
        KafkaAction(
            "AlterTopicDynamicConfiguration",
            "topic",
            AclOperation.ALTER_CONFIGS,
            ("DescribeTopicDynamicConfiguration",),
        ),
        KafkaAction("ReadData", "topic", AclOperation.READ, ("DescribeTopic", "AlterGroup")),
        # the last is not of that table but of KIP-679, see above
        KafkaAction("WriteData", "topic", AclOperation.WRITE, ("DescribeTopic", "WriteDataIdempotently")),
        KafkaAction("DescribeGroup", "group", AclOperation.DESCRIBE),
        KafkaAction("AlterGroup", "group", AclOperation.READ, ("DescribeGroup",)),
        KafkaAction("DeleteGroup", "group", AclOperation.DELETE, ("DescribeGroup",)),
        KafkaAction("DescribeTransactionalId", "transactional-id", AclOperation.DESCRIBE),
        KafkaAction(
            "AlterTransactionalId",
            "transactional-id",
            AclOperation.WRITE,
            ("DescribeTransactionalId", "WriteData"),
        ),
    )
}


@dataclass(frozen=True)
class Grant:
    """An action on a resource of the cluster in a region; `name` may have IAM's wildcards."""

    action: str
    region: str
    name: str = ""

    @property
    def kind(self) -> str:
        return ACTIONS[self.action].kind


def granted(policy: Mapping[str, Any]) -> frozenset[Grant]:
    """What a policy's statements name, action by action. Actions of other services are left out.

    Raises ValueError for what has no equal here: Deny, NotAction, NotResource, conditions, an action that MSK
    does not have, ARNs with wildcards before the resource's name.
    """
    return frozenset(grant for statement in policy["Statement"] for grant in _grants(statement))


def effective(grants: Collection[Grant]) -> frozenset[Grant]:
    """Those whose required actions are granted too: on the same resource where they are about the same kind,
    else anywhere on the same cluster."""
    left = frozenset(grants)
    while left != (kept := frozenset(grant for grant in left if _has_what_it_requires(grant, left))):
        left = kept
    return left


def acls(
    policy: Mapping[str, Any],
    user: str,
    names: Callable[[str, str], Collection[str]] = lambda _region, _kind: (),
    *,
    strict: bool = True,
) -> dict[str, list[AclBinding]]:
    """The rules for `user` on the cluster of each region that the policy names.

    `names(region, kind)` are the names that exist, for wildcards that Kafka does not have. Not `strict`:
    every action gives its rule, whatever it requires. Raises ValueError as `granted`.
    """
    found = effective(granted(policy)) if strict else granted(policy)
    rules: dict[str, list[AclBinding]] = {}
    for grant in sorted(found, key=lambda one: (one.region, one.action, one.name)):
        operation = ACTIONS[grant.action].operation
        if operation is None:
            continue
        for name, pattern in _patterns(grant, names):
            rule = (KINDS[grant.kind], name, pattern, f"User:{user}", "*", operation, AclPermissionType.ALLOW)
            rules.setdefault(grant.region, []).append(AclBinding(*rule))
    return rules


def _has_what_it_requires(grant: Grant, among: Collection[Grant]) -> bool:
    requires = ("Connect", *ACTIONS[grant.action].requires)
    return all(
        any(
            other.action == action
            and other.region == grant.region
            and (other.kind != grant.kind or covers(other.name, grant.name))
            for other in among
        )
        for action in requires
    )


def _grants(statement: Mapping[str, Any]) -> Iterator[Grant]:
    actions = _listed(statement.get("Action", ()))
    kafka = [action for action in actions if action.startswith(("kafka-cluster:", "*"))]
    if not kafka:
        return
    if foreign := sorted(statement.keys() - {"Sid", "Effect", "Action", "Resource"}):
        raise ValueError(f"{statement.get('Sid')}: {', '.join(foreign)} cannot be told in Kafka's rules")
    if statement["Effect"] != "Allow":
        raise ValueError(f"{statement.get('Sid')}: {statement['Effect']} cannot be told in Kafka's rules")
    for action in kafka:
        known = [name for name in ACTIONS if fnmatchcase(f"kafka-cluster:{name}", action)]
        if not known:
            raise ValueError(f"{statement.get('Sid')}: {action} is no action of MSK")
        for arn in _listed(statement["Resource"]):
            region, kind, name = _resource(arn)
            yield from (Grant(one, region, name) for one in known if ACTIONS[one].kind == kind)


def _resource(arn: str) -> tuple[str, str, str]:
    """Region, kind and name (empty for the cluster) of `arn:aws:kafka:<region>:<account>:<kind>/<cluster>/
    <uuid>/<name>`; the uuid may be a Terraform reference."""
    parts = arn.split(":", 5)
    path = parts[-1].split("/", 3)
    if (
        len(parts) != 6
        or parts[2] != "kafka"
        or path[0] not in KINDS
        or len(path) != (3 if path[0] == "cluster" else 4)
    ):
        raise ValueError(f"{arn}: no ARN of something in an MSK cluster")
    if any("*" in part or "?" in part for part in (*parts[:5], *path[:3])):
        raise ValueError(f"{arn}: wildcards before the name cannot be told in Kafka's rules")
    return parts[3], path[0], path[3] if len(path) == 4 else ""


def _patterns(
    grant: Grant, names: Callable[[str, str], Collection[str]]
) -> Iterator[tuple[str, ResourcePatternType]]:
    if grant.kind == "cluster":
        yield CLUSTER_NAME, ResourcePatternType.LITERAL
    elif grant.name == "*" or not set("*?") & set(grant.name):
        yield grant.name, ResourcePatternType.LITERAL  # `*` as a literal is Kafka's "all"
    elif grant.name.endswith("*") and not set("*?") & set(grant.name[:-1]):
        yield grant.name[:-1], ResourcePatternType.PREFIXED
    else:
        for name in sorted(names(grant.region, grant.kind)):
            if matches(grant.name, name):
                yield name, ResourcePatternType.LITERAL


def _listed(value: str | Collection[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
