"""SCRAM secrets of a cluster: which are associated, and what their ARNs say."""

from __future__ import annotations

from topology.model import Environment

__all__ = ["account_of", "secret_name", "secrets_of_others"]


def secrets_of_others(environment: Environment, region: str) -> tuple[str, ...]:
    """ARNs of the secrets that the environment names and does not own, in file order."""
    authentication = environment.regions[region].kafka.authentication
    return authentication.scram_secrets if authentication.scram else ()


def secret_name(secret_arn: str) -> str:
    """Name of a secret: its ARN ends in a dash and six characters that Secrets Manager chooses."""
    return secret_arn.split(":", 6)[6][: -len("-??????")]


def account_of(secret_arn: str) -> str:
    """Account of a secret."""
    return secret_arn.split(":")[4]
