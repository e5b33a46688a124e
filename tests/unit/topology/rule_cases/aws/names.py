"""Names and tags that AWS refuses, which topology/rules/aws/names.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import Case

__all__ = ["CASES"]

NOT_A_TAG: Final = "is not a tag that AWS takes"

CASES: Final = (
    Case("tags-are-ones-that-aws-takes", {"tags": {"Owner": "${var.owner}"}}, "tags.Owner", NOT_A_TAG),
    Case("tags-are-ones-that-aws-takes", {"tags": {"aws:owner": "me"}}, "tags.aws:owner", NOT_A_TAG),
    Case("tags-are-ones-that-aws-takes", {"tags": {"AWS:owner": "me"}}, "tags.AWS:owner", NOT_A_TAG),
    Case("tags-are-ones-that-aws-takes", {"tags": {"Owner": "aws:me"}}, "tags.Owner", NOT_A_TAG),
    Case("tags-are-ones-that-aws-takes", {"tags": {"k" * 129: "v"}}, f"tags.{'k' * 129}", NOT_A_TAG),
    Case("tags-are-ones-that-aws-takes", {"tags": {"Owner": "v" * 257}}, "tags.Owner", NOT_A_TAG),
    Case(
        "tags-are-ones-that-aws-takes",
        {"tags": {f"key-{n}": "" for n in range(48)}},
        "tags",
        "make 51 tags",
        "50 in all",
    ),
    Case(
        "tags-are-ones-that-aws-takes",
        {"tags": {f"key-{n}": "" for n in range(47)}},
        "tags",
        "make 50 tags with those of the platform, and what belongs to a created VPC has a Name",
        "50 in all",
    ),
    Case(
        "tag-keys-differ-in-more-than-case",
        {"tags": {"project": "orders"}},
        "tags.project",
        "differs from the platform's own tag Project in case only",
        "Project, or another key",
    ),
    Case(
        "tag-keys-differ-in-more-than-case",
        {"tags": {"managedby": "me"}},
        "tags.managedby",
        "differs from the platform's own tag ManagedBy in case only",
    ),
    Case(
        "tag-keys-differ-in-more-than-case",
        {"tags": {"CostCentre": "1", "costcentre": "1"}},
        "tags.costcentre",
        "differs from the tag CostCentre in case only",
    ),
    Case(
        "bucket-names-are-not-reserved",
        {"state/bucket_prefix": "xn--state"},
        "state.bucket_prefix",
        "gives buckets a name that S3 reserves (xn--)",
    ),
    Case(
        "bucket-names-are-not-reserved",
        {"state/bucket_prefix": "sthree-configurator"},
        "state.bucket_prefix",
        "gives buckets a name that S3 reserves (sthree-)",
    ),
    Case(
        "bucket-names-are-not-reserved",
        {"project": "amzn-s3-demo-a"},
        "project",
        "gives buckets a name that S3 reserves (amzn-s3-demo-)",
    ),
    Case(
        "security-group-names-are-no-ids",
        {"project": "sg"},
        "project",
        "gives security groups the name sg-test-msk",
    ),
)
