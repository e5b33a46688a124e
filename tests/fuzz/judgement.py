"""What holds for every file: a mistake has a place, and what is accepted can be derived and deployed."""

from __future__ import annotations

import re
import time
from pathlib import Path

from typer.testing import CliRunner

from operations.cli.app import app
from tests.fuzz.census import CENSUS
from tests.fuzz.derivations import derived
from tests.fuzz.limits import faults
from tests.fuzz.permissions import contradictions
from topology import InvalidEnvironment, Problem, load_environment
from topology.model import Environment

__all__ = ["judge_file", "judge_problems", "judge_valid"]

SECONDS = 10.0
"""Of computing, for the largest of these files; it is about twenty milliseconds for most."""
LONGEST_LINE = 2000
OF_THE_WHOLE_FILE = ("is not YAML", "is not UTF-8", "is not a mapping")
LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
"""As YAML 1.1 and PyYAML count lines."""


def judge_valid(environment: Environment) -> None:
    """Everything can be derived, and what is derived can be deployed and does what the flows ask for."""
    assert derived(environment)
    assert faults(environment) == []
    assert contradictions(environment) == []


def judge_problems(error: InvalidEnvironment, content: bytes) -> None:
    """Every problem names a line of the file and, where it is about a part of it, which one."""
    lines = len(LINE_BREAK.split(content.decode("utf-8", "replace")))
    assert error.problems
    for problem in error.problems:
        assert 0 < problem.line <= lines, problem
        assert problem.path or problem.message.startswith(OF_THE_WHOLE_FILE), problem
        assert problem.message
        assert str(problem).isprintable(), "a problem is one line"
        assert len(str(problem)) < LONGEST_LINE
        assert str(problem).startswith(f"{problem.file}:{problem.line}: ")


def judge_file(path: Path) -> None:
    """The file through the command line and through the loader: refused with places, or valid in all."""
    started = time.process_time()
    result = CliRunner().invoke(app, ["check", str(path)])
    assert time.process_time() - started < SECONDS
    said = result.stdout + result.stderr
    traceback = "Traceback" in said or not isinstance(result.exception, SystemExit | None)
    CENSUS["tracebacks"] += traceback
    if traceback and result.exception:
        raise result.exception
    assert not traceback, said
    problems, environment = _loaded(path)
    assert result.exit_code == (2 if problems else 0)
    if environment is None:
        CENSUS["mutated, refused"] += 1
        assert result.stderr.splitlines() == [str(problem) for problem in problems]
    else:
        CENSUS["mutated, valid"] += 1
        judge_valid(environment)


def _loaded(path: Path) -> tuple[tuple[Problem, ...], Environment | None]:
    try:
        return (), load_environment(path)
    except InvalidEnvironment as error:
        judge_problems(error, path.read_bytes())
        return error.problems, None
