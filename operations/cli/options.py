"""What several commands take, and what all of them say about their exit code; see app.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

__all__ = ["EXIT_CODES", "AsJson", "CredentialsFile", "EnvironmentArgument", "EnvironmentFile"]

EXIT_CODES: Final = "Exit codes: 0 ok, 1 failed, 2 bad input (options, files, addresses), 130 interrupted."

_ENVIRONMENT: Final = {"envvar": "MSK_MIRROR_ENV", "help": "Name in environments/ or path of a file."}
EnvironmentFile = Annotated[str, typer.Option("--environment", **_ENVIRONMENT)]
EnvironmentArgument = Annotated[str, typer.Argument(**_ENVIRONMENT)]
CredentialsFile = Annotated[
    Path | None,
    typer.Option(
        "--credentials",
        envvar="MSK_MIRROR_CONNECT_CREDENTIALS",
        help="Properties file, user=password, whose first user Connect lets in; where it asks for one.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
