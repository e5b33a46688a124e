"""`msk-mirror bootstrap`: the state buckets of a synthesized app."""

from __future__ import annotations

import sys
from pathlib import Path

from operations.bootstrap import bootstrap
from operations.commands import BAD_INPUT, FAILED, OK, fail
from operations.deploy import DeployError, StackEvent
from operations.synthesized import NotSynthesized

__all__ = ["run"]


def run(outdir: Path) -> int:
    """Bootstraps every state stack and says what it does."""
    try:
        done = bootstrap(outdir, _say)
    except NotSynthesized as error:
        return fail(BAD_INPUT, error)
    except DeployError as error:
        return fail(FAILED, error)
    if not done:
        return fail(BAD_INPUT, f"{outdir}: has no stack state-<region>")
    return OK


def _say(event: StackEvent) -> None:
    if event.kind != "failed":  # told at the end, with all others
        sys.stdout.write(f"{event.stack}: {event.message or event.kind}\n")
        sys.stdout.flush()
