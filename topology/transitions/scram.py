"""SCRAM: a secret needs a value before MSK reads it."""

from __future__ import annotations

from collections.abc import Iterator

from topology.aws.names import Names
from topology.transitions.registry import Change, Finding, note, refused, transition

RUNBOOK = "docs/runbooks/scram.md"


@transition
def an_empty_secret_is_not_associated(change: Change) -> Iterator[Finding]:
    """The secret is made by the same deploy and has no value yet: MSK would refuse it in the middle."""
    for region, settings in change.after.regions.items():
        before = change.before.regions.get(region)
        was = before is not None and before.kafka.authentication.scram
        if settings.kafka.authentication.scram_secret_associated and not was:
            yield refused(
                ("regions", region, "kafka", "authentication", "scram_secret_associated"),
                f"associates {Names(change.after, region).scram_secret} in the deploy that makes it:"
                " it has no value then, and MSK refuses it",
                "scram: false -> true, associated",
                f"scram: true, a value in the secret, then scram_secret_associated: true ({RUNBOOK})",
            )


@transition
def who_logs_in_with_scram_is_cut_off(change: Change) -> Iterator[Finding]:
    """What is disassociated cannot log in any more."""
    for region in change.kept_regions:
        before, after = (one.regions[region].kafka.authentication for one in (change.before, change.after))
        here = ("regions", region, "kafka", "authentication")
        if before.scram and not after.scram:
            name = Names(change.before, region).scram_secret
            days = "in 30 days" if change.before.is_production else "at once"
            yield note(
                (*here, "scram"),
                f"closes port 9096 in {region}, and deletes the secret {name} {days}",
                found="true -> false",
            )
        elif before.scram_secret_associated and not after.scram_secret_associated:
            yield note(
                (*here, "scram_secret_associated"),
                f"takes the login of {Names(change.before, region).scram_secret} in {region} away",
                found="true -> false",
            )
        elif gone := [one for one in before.scram_secrets if one not in after.scram_secrets]:
            yield note(
                (*here, "scram_secrets"), f"takes the login of {', '.join(gone)} away; the secrets stay"
            )
