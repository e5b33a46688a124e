"""`msk-mirror rollout`: options and what they mean."""

from __future__ import annotations

from typing import Annotated

import typer

from operations.cli import DEFAULT_ENVIRONMENT
from operations.cli.options import AsJson, EnvironmentArgument

__all__ = ["rollout"]


def rollout(
    environment: EnvironmentArgument = DEFAULT_ENVIRONMENT,
    region: Annotated[
        str | None, typer.Argument(help="Region of the workers; default: each that has some.")
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for a rollout that is in progress.")
    ] = 0.0,
    as_json: AsJson = False,
) -> None:
    """Check that the pods of the workload run what was applied, and say why not. Use it after each apply.

    Terraform reports an update that failed once; after that its plan is empty although the pods do not run.
    """
    from operations.cli.commands import rollout as command  # noqa: PLC0415

    raise typer.Exit(command.run(environment, region, wait, as_json))
