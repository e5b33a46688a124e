"""`msk-mirror check`: an environment file is right, and what it makes; or every mistake in it."""

from __future__ import annotations

import json
import sys
from typing import Final

__all__ = ["INVALID", "check"]

INVALID: Final = 2


def check(environment: str, as_json: bool) -> int:
    """Prints a summary and returns 0, or prints all problems and returns 2.

    People read the summary on stdout and the problems on stderr, one a line; machines (`as_json`) read either
    on stdout: {"valid", "summary"} or {"valid", "problems": [{file, line, path, message, found, allowed}]}.
    """
    from topology import InvalidEnvironment, load_environment  # noqa: PLC0415 - pydantic is most of the time

    try:
        loaded = load_environment(environment)
    except InvalidEnvironment as error:
        if as_json:
            _print_json({"valid": False, "problems": [problem.as_json() for problem in error.problems]})
        else:
            sys.stderr.write("".join(f"{problem}\n" for problem in error.problems))
        return INVALID
    from topology.summary import summarize  # noqa: PLC0415 - not needed for an invalid file

    summary = summarize(loaded)
    if as_json:
        _print_json({"valid": True, "summary": summary})
    else:
        sys.stdout.write(f"{summary}\n")
    return 0


def _print_json(content: object) -> None:
    sys.stdout.write(f"{json.dumps(content, indent=2)}\n")
