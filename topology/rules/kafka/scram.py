"""SCRAM secrets: what MSK associates."""

from __future__ import annotations

from collections.abc import Iterator

from topology.aws.names import MSK_NAME_PREFIX, Names
from topology.environment_file.problem import Path, Problem
from topology.kafka.scram import account_of, secret_name
from topology.model import Environment
from topology.rules.registry import rule


@rule
def scram_secrets_go_with_scram(environment: Environment) -> Iterator[Problem]:
    """A cluster without SCRAM takes no secret."""
    for region, settings in environment.regions.items():
        authentication = settings.kafka.authentication
        for field in ("scram_secret_associated", "scram_secrets"):
            if getattr(authentication, field) and not authentication.scram:
                yield Problem(_path(region, field), "needs SCRAM, which is off", allowed="scram: true")


@rule
def scram_secrets_are_ones_that_msk_takes(environment: Environment) -> Iterator[Problem]:
    """MSK associates secrets by their name, of its own account (region and partition: aws_regions.py)."""
    for region, settings in environment.regions.items():
        first: dict[str, int] = {}
        own = Names(environment, region).scram_secret
        for position, secret in enumerate(settings.kafka.authentication.scram_secrets):
            here = (*_path(region, "scram_secrets"), position)
            name, account = secret_name(secret), account_of(secret)
            if not name.startswith(MSK_NAME_PREFIX):
                yield Problem(here, "has a name that MSK does not take", name, f"{MSK_NAME_PREFIX}...")
            if account != environment.account:
                yield Problem(here, "is of another account", account, environment.account)
            if name == own:
                yield Problem(here, "is the platform's own", name, "scram_secret_associated: true")
            if first.setdefault(secret, position) != position:
                yield Problem(
                    here, f"is the same as scram_secrets[{first[secret]}]", name, "each secret once"
                )


def _path(region: str, field: str) -> Path:
    return ("regions", region, "kafka", "authentication", field)
