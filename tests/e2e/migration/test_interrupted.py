"""A command is killed once after each event of each step, or disturbed in one, and is seen to end."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.e2e.migration.interrupted import Interruption, run_disturbed, run_interrupted

TOOL = """
import json, pathlib, sys
journal, effects = map(pathlib.Path, sys.argv[1:3])
done = {one["step"] for one in map(json.loads, journal.read_text().splitlines()) if one["event"] == "done"} \
    if journal.exists() else set()
def write(**entry):
    with journal.open("a") as file:
        file.write(json.dumps(entry) + chr(10))
for step in ("one", "two"):
    if step in done:
        continue
    write(event="started", step=step, course="migrate")
    with effects.open("a") as file:
        file.write(step + chr(10))
    {work}
    write(event="done", step=step, course="migrate")
    {work}
{end}
"""
WAIT = "import time; time.sleep(0.3)"
"""What the tool works at while it is killed."""


def command(tmp_path: Path, end: str = "") -> list[str]:
    tool = tmp_path / "tool.py"
    tool.write_text(TOOL.replace("{work}", WAIT).replace("{end}", end))
    return [sys.executable, str(tool), str(tmp_path / "journal"), str(tmp_path / "effects")]


def test_each_event_of_each_step_is_killed_at_and_the_command_ends(tmp_path: Path) -> None:
    told: list[Interruption] = []
    kills = run_interrupted(
        command(tmp_path), tmp_path / "journal", tmp_path / "output", seconds=60, on_kill=told.append
    )
    assert list(kills) == told
    assert {(one.event, one.step) for one in kills} == {
        (event, step) for event in ("started", "done") for step in ("one", "two")
    }
    assert str(kills[0]) == "killed after migrate one started"
    assert set((tmp_path / "effects").read_text().split()) == {"one", "two"}


def test_a_command_that_fails_is_a_failure_with_what_it_said(tmp_path: Path) -> None:
    failing = command(tmp_path, "sys.exit('the last word')")
    with pytest.raises(AssertionError, match=r"exit code 1:\nthe last word"):
        run_interrupted(failing, tmp_path / "journal", tmp_path / "output", seconds=60)


def test_what_disturbs_comes_while_the_command_is_at_work_on_the_step(tmp_path: Path) -> None:
    journal, seen = tmp_path / "journal", list[str]()
    runs = run_disturbed(
        command(tmp_path),
        journal,
        tmp_path / "output",
        step="two",
        disturb=lambda: seen.append(journal.read_text().splitlines()[-1]),
        seconds=60,
    )
    assert runs == 1
    (last,) = map(json.loads, seen)
    assert (last["event"], last["step"]) == ("started", "two")


def test_a_command_that_a_disturbance_ends_is_run_again(tmp_path: Path) -> None:
    away = tmp_path / "away"
    end = f"away = pathlib.Path({str(away)!r})\nif away.exists():\n    away.unlink()\n    sys.exit(1)"
    runs = run_disturbed(
        command(tmp_path, end),
        tmp_path / "journal",
        tmp_path / "output",
        step="one",
        disturb=away.touch,
        seconds=60,
    )
    assert runs == 2


def test_a_command_that_never_comes_to_the_step_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="ended before three"):
        run_disturbed(
            command(tmp_path),
            tmp_path / "journal",
            tmp_path / "output",
            step="three",
            disturb=lambda: None,
            seconds=60,
        )
