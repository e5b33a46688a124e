"""What KMS would answer to a request, by a key policy alone.

The caller's IAM policies are taken to allow everything: what the key policy refuses to such a caller, nobody
in the account gets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

__all__ = ["Request", "allows"]


@dataclass(frozen=True)
class Request:
    """`principal`: the ARN of a role, or a service (`logs.us-east-1.amazonaws.com`); `context`: the condition
    keys that KMS knows of the request."""

    principal: str
    action: str
    context: Mapping[str, str] = field(default_factory=dict)


def allows(policy: Mapping[str, Any], request: Request) -> bool:
    """Whether a statement allows it and none denies it (IAM User Guide, "Policy evaluation logic")."""
    effects = {one["Effect"] for one in policy["Statement"] if _applies(one, request)}
    return effects == {"Allow"}


def _applies(statement: Mapping[str, Any], request: Request) -> bool:
    unknown = statement.keys() - {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    assert not unknown, f"{unknown} would not be looked at"
    assert statement["Resource"] == "*", "in a key policy that is the key"
    return (
        _is_principal(statement["Principal"], request.principal)
        and any(fnmatchcase(request.action.lower(), action.lower()) for action in _many(statement["Action"]))
        and all(
            _holds(operator, wanted, _known(request).get(key))
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _is_principal(named: Mapping[str, Any], principal: str) -> bool:
    """An account stands for each of its principals."""
    if principal in _many(named.get("Service", [])):
        return True
    accounts = [arn for arn in _many(named.get("AWS", [])) if arn.endswith(":root")]
    assert accounts == _many(named.get("AWS", [])), "a role that does not exist yet is refused by KMS"
    return any(principal.startswith(arn.removesuffix("root")) for arn in accounts)


def _known(request: Request) -> dict[str, str]:
    """With what IAM adds of the caller itself."""
    known = dict(request.context)
    if account := re.match(r"arn:[^:]*:iam::(\d{12}):", request.principal):
        known |= {"aws:PrincipalArn": request.principal, "kms:CallerAccount": account[1]}
    return known


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "Bool": str.__eq__,
    "StringLike": fnmatchcase,
    "ArnLike": fnmatchcase,
    "ArnEquals": fnmatchcase,  # the same as ArnLike (IAM User Guide, "Condition operators")
}


def _holds(operator: str, wanted: Any, found: str | None) -> bool:
    """A key that the request does not have fails; several wanted values are alternatives."""
    return found is not None and any(OPERATORS[operator](found, one) for one in _many(wanted))


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
