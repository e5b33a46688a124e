"""`msk-mirror check`: environment files are right, and what they make; or every mistake in them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from topology.environment_file.problem import Problem
    from topology.model import Environment

__all__ = ["INVALID", "check"]

INVALID: Final = 2


def check(environments: Sequence[str], as_json: bool) -> int:
    """Prints a summary and returns 0, or prints all problems and returns 2. Of two files of one environment,
    what the change from the first to the second breaks is a problem and what it leaves behind is a note
    (operations/cli/transitions.py). Of several files, names that two of them would both create are problems,
    too.

    People read the summary on stdout and the problems on stderr, one a line; machines (`as_json`) read either
    on stdout: {"valid", "summary"} or {"valid", "problems": [{file, line, path, message, found, allowed}]};
    problems between two files have `kind`, `scope`, `name` and `other` beside that
    (operations/cli/side_by_side.py).
    """
    loaded, problems = _load(environments)
    if problems:
        return _refuse([str(one) for one in problems], [one.as_json() for one in problems], as_json=as_json)
    if len(loaded) == 2:
        from operations.cli.transitions import change_of  # noqa: PLC0415 - what a single file does without

        change = change_of(loaded)
        if change is not None:
            if as_json:
                _print_json(change.as_json())
            else:
                sys.stdout.write("".join(f"{line}\n" for line in change.lines()))
                sys.stderr.write("".join(f"{problem}\n" for problem in change.problems))
            return INVALID if change.problems else 0
    if len(loaded) > 1:
        from operations.cli import side_by_side  # noqa: PLC0415 - what a single file does without

        problems = side_by_side.repeated(loaded)
        found = list(side_by_side.colliding(loaded))
        if problems or found:
            lines = [*map(str, problems), *side_by_side.told(found)]
            as_data = [*(one.as_json() for one in problems), *(one.as_json() for one in found)]
            return _refuse(lines, as_data, as_json=as_json)
    from topology.summary import summarize  # noqa: PLC0415 - not needed for an invalid file

    summary = "\n\n".join(map(summarize, loaded.values()))
    if as_json:
        _print_json({"valid": True, "summary": summary})
    else:
        sys.stdout.write(f"{summary}\n")
    return 0


def _load(names: Sequence[str]) -> tuple[dict[str, Environment], list[Problem]]:
    from topology import InvalidEnvironment, load_environment  # noqa: PLC0415 - pydantic is most of the time

    loaded: dict[str, Environment] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            loaded[name] = load_environment(name)
        except InvalidEnvironment as error:
            problems += error.problems
    return loaded, problems


def _refuse(lines: Sequence[str], problems: Sequence[Mapping[str, Any]], *, as_json: bool) -> int:
    if as_json:
        _print_json({"valid": False, "problems": list(problems)})
    else:
        sys.stderr.write("".join(f"{line}\n" for line in lines))
    return INVALID


def _print_json(content: object) -> None:
    sys.stdout.write(f"{json.dumps(content, indent=2)}\n")
