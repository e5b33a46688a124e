"""`python -m operations`, which is what bin/msk-mirror runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from operations.cli import DEFAULT_ENVIRONMENT


def main(arguments: Sequence[str]) -> NoReturn:
    """Runs a command and ends the process: 0 ok, 1 failed, 2 bad input."""
    quick = _plain_check(arguments)
    if quick is not None:
        from operations.cli.check import check  # noqa: PLC0415 - half a second is promised: no typer, no rich

        sys.exit(check(*quick))
    from operations.cli.app import run  # noqa: PLC0415

    run(arguments)


def _plain_check(arguments: Sequence[str]) -> tuple[list[str], bool] | None:
    """(environments, --json) of an ordinary `check`; None for what needs the command line's parser."""
    if not arguments or arguments[0] != "check":
        return None
    rest = [argument for argument in arguments[1:] if argument != "--json"]
    if any(argument.startswith("-") for argument in rest):
        return None
    return rest or [os.environ.get("MSK_MIRROR_ENV") or DEFAULT_ENVIRONMENT], "--json" in arguments


if __name__ == "__main__":
    main(sys.argv[1:])
