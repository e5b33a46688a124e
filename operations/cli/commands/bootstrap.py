"""`msk-mirror bootstrap`: the state buckets of a synthesized app."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from operations.cli.commands import BAD_INPUT, FAILED, OK, ended_by, fail
from operations.terraform.bootstrap import bootstrap
from operations.terraform.deploy import DeployError, StackEvent
from operations.terraform.synthesized import NotSynthesized

__all__ = ["run"]


def run(outdir: Path) -> int:
    """Bootstraps every state stack and says what it does.

    SIGTERM ends it as Ctrl-C does: Terraform, which has a session of its own, is told to save its state.
    """
    try:
        with ended_by(signal.default_int_handler):
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
