"""Whether Kafka itself would refuse what is done, had an action been taken away.

The rules of the proofs are stricter than Kafka's (localcloud/kafka/acls.py): that a function fails without an
action may be due to a request that Kafka refuses, or to AWS's table alone. What was asked for while nothing
was taken away tells which.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclOperation,
    ResourcePatternType,
)

from localcloud.kafka.acls import KINDS, acls
from localcloud.kafka.authorizer_log import Decision

__all__ = ["shown_by"]

IMPLIED = {
    # org.apache.kafka.metadata.authorizer.StandardAuthorizerData, IMPLIES_DESCRIBE, IMPLIES_DESCRIBE_CONFIGS
    AclOperation.DESCRIBE: {AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE, AclOperation.ALTER},
    AclOperation.DESCRIBE_CONFIGS: {AclOperation.ALTER_CONFIGS},
}


def shown_by(
    policy: Mapping[str, Any], user: str, action: str, requests: Iterable[tuple[str, Decision]]
) -> str:
    """ "log-in", "broker" or "required action": what refuses under a policy that lacks an action.

    `requests` are what the user asked for under the whole policy, by region.
    """
    if action == "Connect":
        return "log-in"
    rules = acls(policy, user, strict=False)
    for region, request in requests:
        if request.user == user and not permitted(rules.get(region, []), request):
            return "broker"
    return "required action"


def permitted(rules: Sequence[AclBinding], request: Decision) -> bool:
    """Whether Kafka's own reading of the rules lets a request pass."""
    operation = AclOperation[request.operation]
    if operation is AclOperation.IDEMPOTENT_WRITE and any(
        rule.operation is AclOperation.WRITE and rule.restype is KINDS["topic"] for rule in rules
    ):
        return True  # KIP-679
    enough = {operation, *IMPLIED.get(operation, ())}
    return any(
        rule.restype is KINDS[request.kind] and rule.operation in enough and _covers(rule, request.name)
        for rule in rules
    )


def _covers(rule: AclBinding, name: str) -> bool:
    if rule.resource_pattern_type is ResourcePatternType.PREFIXED:
        return name.startswith(rule.name)
    return rule.name in ("*", name)
