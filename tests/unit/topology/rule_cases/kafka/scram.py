"""Mistakes about SCRAM secrets, which topology/rules/kafka/scram.py refuses."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.topology.rule_cases.case import EAST, Case

__all__ = ["CASES"]

HERE: Final = "regions.us-east-1.kafka.authentication"


def _secret(name: str = "AmazonMSK_billing", account: str = "123456789012") -> str:
    return f"arn:aws:secretsmanager:us-east-1:{account}:secret:{name}-a1B2c3"


def _with(*secrets: str, **values: Any) -> dict[str, Any]:
    return {f"{EAST}/kafka": {"authentication": {"scram": True, "scram_secrets": list(secrets), **values}}}


CASES: Final = (
    Case(
        "scram-secrets-go-with-scram",
        _with(_secret(), scram=False),
        f"{HERE}.scram_secrets",
        "needs SCRAM, which is off",
        "scram: true",
    ),
    Case(
        "scram-secrets-go-with-scram",
        _with(scram=False, scram_secret_associated=True),
        f"{HERE}.scram_secret_associated",
        "needs SCRAM, which is off",
    ),
    Case(
        "scram-secrets-are-ones-that-msk-takes",
        _with(_secret("billing")),
        f"{HERE}.scram_secrets[0]",
        "has a name that MSK does not take",
        "AmazonMSK_...",
    ),
    Case(
        "scram-secrets-are-ones-that-msk-takes",
        _with(_secret(), _secret(account="999999999999")),
        f"{HERE}.scram_secrets[1]",
        "is of another account",
        "123456789012",
    ),
    Case(
        "scram-secrets-are-ones-that-msk-takes",
        _with(_secret("AmazonMSK_orders-test")),
        f"{HERE}.scram_secrets[0]",
        "is the platform's own",
        "scram_secret_associated: true",
    ),
    Case(
        "scram-secrets-are-ones-that-msk-takes",
        _with(_secret(), _secret()),
        f"{HERE}.scram_secrets[1]",
        "is the same as scram_secrets[0]",
    ),
    Case(
        "arns-are-of-their-region",
        _with(_secret().replace("us-east-1", "us-west-2")),
        f"{HERE}.scram_secrets[0]",
        "is of us-west-2",
    ),
)
