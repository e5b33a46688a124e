"""`msk-mirror diagram`: options and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.cli import DEFAULT_ENVIRONMENT
from operations.cli.options import EnvironmentArgument

__all__ = ["diagram"]


def diagram(
    environment: EnvironmentArgument = DEFAULT_ENVIRONMENT,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="SVG file to write; default: standard output.")
    ] = None,
) -> None:
    """Draw an environment as SVG: regions, clusters, flows, workers, number of alarms."""
    from operations.cli.commands import diagram as command  # noqa: PLC0415

    raise typer.Exit(command.run(environment, out))
