"""Mistakes about AWS's and Kafka's limits, which topology/rules/aws/limits.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import EAST, Case

__all__ = ["CASES"]

CASES: Final = (
    Case(
        "names-fit-their-services",
        {"environment": "a" * 30, "project": "b" * 30},
        "environment",
        "give names that are too long",
    ),
    Case(
        "policies-fit-iam",
        {"flows/0/topics": {"include": [f"{'t' * 100}-{n}.*" for n in range(100)]}},
        "flows",
        "IAM allows 10",
    ),
    Case(
        "trusts-fit-iam",
        {f"{EAST}/eks/oidc_issuer": "https://issuer.example.com/" + "a" * 700},
        "regions.us-east-1.eks.oidc_issuer",
        "IAM allows 2048",
    ),
    Case(
        "trusts-fit-iam",
        {
            "mirrormaker/service_account": "w",  # its trust fits, that of the operations pod does not
            f"{EAST}/eks/oidc_issuer": "https://issuer.example.com/" + "a" * 568,
        },
        "regions.us-east-1.eks.oidc_issuer",
        "gives a trust of 2054 characters",
    ),
    Case(
        "mirrored-names-fit-kafka",
        {"flows/0/topics": {"include": ["t" * 245]}},
        "flows[0].topics.include[0]",
        "becomes a name of 255 characters",
    ),
    Case(
        "retention-is-one-that-cloudwatch-knows",
        {"retention/mirrormaker_days": 8},
        "retention.mirrormaker_days",
        "is not a retention of CloudWatch",
    ),
    Case(
        "mail-addresses-are-told-once",
        {"alarms/notify": {"warning": ["a.b@example.com", "a-b@example.com"]}},
        "alarms.notify.warning[1]",
        "differs from a.b@example.com in punctuation only",
    ),
)
