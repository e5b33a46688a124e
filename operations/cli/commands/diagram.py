"""`msk-mirror diagram`: an environment as a picture."""

from __future__ import annotations

import sys
from pathlib import Path

from operations.cli.commands import BAD_INPUT, FAILED, OK, fail
from operations.diagram.draw import draw
from topology import InvalidEnvironment, load_environment

__all__ = ["run"]


def run(name: str, out: Path | None) -> int:
    """Write the SVG of the environment to `out`, else to standard output."""
    try:
        text = draw(load_environment(name))
    except InvalidEnvironment as error:
        return fail(BAD_INPUT, error)
    if out is None:
        sys.stdout.write(text)
        return OK
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        return fail(FAILED, f"{out} cannot be written: {error}")
    return OK
