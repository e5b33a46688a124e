"""A role's permissions as managed policies, each as long as IAM takes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["CLUSTER_UUID", "POLICIES", "POLICY_CHARACTERS", "document_size", "managed_policies"]

POLICY_CHARACTERS = 6144
"""IAM User Guide, "IAM and AWS STS quotas": managed policy, without white space."""
POLICIES = 10
"""The same page: managed policies attached to a role, without asking for more."""

REFERENCE = re.compile(r"\$\{[^}]*\}")
CLUSTER_UUID = "00000000-0000-0000-0000-000000000000-00"
"""As long as what MSK gives, for which a reference stands."""

Document = Mapping[str, Any]


def document_size(document: Document) -> int:
    """Characters as IAM counts them, once references to clusters are filled in."""
    return len(REFERENCE.sub(CLUSTER_UUID, json.dumps(document, separators=(",", ":"))))


def managed_policies(document: Document) -> tuple[dict[str, Any], ...]:
    """The statements of a document in their order, in as few documents as it takes; usually one.

    A statement that is too long by itself is divided, its resources over several of the same actions.
    """
    made: list[dict[str, Any]] = []
    for statement in document["Statement"]:
        for part in _divided(document, statement):
            longer = _of(document, [*(made[-1]["Statement"] if made else []), part])
            if made and document_size(longer) <= POLICY_CHARACTERS:
                made[-1] = longer
            else:
                made.append(_of(document, [part]))
    return tuple(made)


def _divided(document: Document, statement: Document) -> Iterator[Document]:
    if document_size(_of(document, [statement])) <= POLICY_CHARACTERS:
        yield statement
        return
    resources: Sequence[str] = statement["Resource"]
    room = POLICY_CHARACTERS - len("99")  # of the number behind the Sid
    parts: list[list[str]] = [[]]
    for resource in resources:
        longer = {**statement, "Resource": [*parts[-1], resource]}
        if document_size(_of(document, [longer])) > room:
            parts.append([])
        parts[-1].append(resource)
    for number, part in enumerate(parts, 1):
        yield {**statement, "Sid": f"{statement['Sid']}{number}", "Resource": part}


def _of(document: Document, statements: Sequence[Document]) -> dict[str, Any]:
    return {**document, "Statement": list(statements)}
