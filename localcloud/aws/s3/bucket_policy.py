"""Bucket policies with the one condition that state buckets have: clear text is refused."""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket

__all__ = ["register"]


def register() -> None:
    """moto denies by a statement whatever its condition says; from now on this condition counts.

    The emulated account stands for AWS's TLS endpoints: loopback without TLS is as secure as those, so a
    request is taken for `aws:SecureTransport: true`.
    """
    FakeBucket.get_permission = _permission  # type: ignore[method-assign,assignment]


def _permission(bucket: FakeBucket, action: str, resource: str) -> Any:
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(bucket.policy)
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    policy["Statement"] = [statement for statement in statements if not _is_about_clear_text(statement)]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def _is_about_clear_text(statement: dict[str, Any]) -> bool:
    wanted = statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
    return str(wanted).lower() == "false"
