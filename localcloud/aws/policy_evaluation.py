"""What an IAM policy document allows, for documents written as this project's are.

IAM User Guide, "Policy evaluation logic" and "IAM JSON policy element reference": an explicit denial wins,
what nothing allows is denied. What is not understood here (an operator other than StringEquals, an element
such as NotAction, a policy variable) never allows and always denies.

Written here because there is nothing to take: moto's own evaluation is of IAM users and assumed roles only,
passes over conditions that it does not know and lets an absent key meet any; the evaluators that the package
registries have are not kept any more (Principal Mapper) or under the AGPL (iam-simulate, with which the
tables of tests/synth/iam/test_role_permissions.py were compared once: the same answers).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Request", "allows"]

Statement = Mapping[str, Any]

_ELEMENTS = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "Condition"})
_ARN_PARTS = 6


@dataclass(frozen=True)
class Request:
    """Who asks for what. `resource` is None for a role's trust, which is about the role that it belongs to;
    `federated` is the ARN of the identity provider that vouches for the caller, None for a policy that is
    attached to the caller. `context`: condition keys and their values."""

    action: str
    resource: str | None = None
    federated: str | None = None
    context: Mapping[str, str] = field(default_factory=dict)


class _NotUnderstood(Exception):  # noqa: N818 - an answer, not an error
    pass


def allows(document: Mapping[str, Any], request: Request) -> bool:
    """Whether the document alone allows the request."""
    statements = _several(document.get("Statement", []))
    allowing = [one for one in statements if one.get("Effect") == "Allow"]
    others = [one for one in statements if one.get("Effect") != "Allow"]
    denied = any(_covers(one, request, in_doubt=True) for one in others)
    return not denied and any(_covers(one, request, in_doubt=False) for one in allowing)


def _covers(statement: Statement, request: Request, in_doubt: bool) -> bool:
    try:
        return (
            _names_action(statement, request)
            and _names_resource(statement, request)
            and _names_principal(statement, request)
            and all(_meets(*one, request.context) for one in _conditions(statement))
        )
    except (_NotUnderstood, KeyError):
        return in_doubt


def _names_action(statement: Statement, request: Request) -> bool:
    if unknown := statement.keys() - _ELEMENTS:
        raise _NotUnderstood(unknown)
    return any(_matches(pattern, request.action, re.IGNORECASE) for pattern in _several(statement["Action"]))


def _names_resource(statement: Statement, request: Request) -> bool:
    if request.resource is None:
        return "Resource" not in statement
    return any(_is_arn(pattern, request.resource) for pattern in _several(statement["Resource"]))


def _names_principal(statement: Statement, request: Request) -> bool:
    if request.federated is None:
        return "Principal" not in statement
    principal = statement["Principal"]
    if not isinstance(principal, Mapping):
        raise _NotUnderstood(principal)
    return request.federated in _several(principal.get("Federated", []))


def _conditions(statement: Statement) -> Iterator[tuple[str, str, list[str]]]:
    """Operator, key and values of each comparison; all must hold."""
    for operator, comparisons in statement.get("Condition", {}).items():
        for key, values in comparisons.items():
            yield operator, key, _several(values)


def _meets(operator: str, key: str, values: list[str], context: Mapping[str, str]) -> bool:
    """StringEquals: the key is there and is one of the values, letter by letter; names of keys are the same
    in upper and lower case."""
    if operator != "StringEquals" or any("${" in value for value in values):
        raise _NotUnderstood(operator, values)
    found = {name.lower(): value for name, value in context.items()}.get(key.lower())
    return found is not None and found in values


def _is_arn(pattern: str, arn: str) -> bool:
    """A wildcard stays within its part of the ARN; `*` alone is everything (IAM User Guide, "Resource")."""
    if pattern == "*":
        return True
    wanted, found = pattern.split(":", _ARN_PARTS - 1), arn.split(":", _ARN_PARTS - 1)
    return len(wanted) == len(found) and all(map(_matches, wanted, found))


def _matches(pattern: str, text: str, flags: re.RegexFlag = re.NOFLAG) -> bool:
    if "${" in pattern:
        raise _NotUnderstood(pattern)
    wildcards = {"*": ".*", "?": "."}
    expression = "".join(wildcards.get(letter) or re.escape(letter) for letter in pattern)
    return re.fullmatch(expression, text, flags | re.DOTALL) is not None


def _several(value: Any) -> list[Any]:
    """IAM takes one value for a list of one."""
    return value if isinstance(value, list) else [value]
