"""`msk-mirror diagram`: options and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.cli import DEFAULT_ENVIRONMENT

__all__ = ["diagram"]


def diagram(
    environment: Annotated[
        str, typer.Argument(envvar="MSK_MIRROR_ENV", help="Name in environments/ or path of a file.")
    ] = DEFAULT_ENVIRONMENT,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="SVG file to write; default: standard output.")
    ] = None,
) -> None:
    """Draw an environment as SVG: regions, clusters, flows, workers, number of alarms."""
    from operations.cli.commands import diagram as command  # noqa: PLC0415

    raise typer.Exit(command.run(environment, out))
