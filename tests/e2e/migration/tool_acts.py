"""The tool moves the workers: `msk-mirror migrate run` or `rollback run` as a process (tool.py)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.e2e.migration.acts import Act, Disturbance, passed
from tests.e2e.migration.interrupted import run_disturbed, run_interrupted
from tests.e2e.migration.scenario import Scenario
from tests.e2e.migration.stage import Runtime, Stage
from tests.e2e.migration.tool import described

__all__ = ["by_tool", "disturbed_tool", "killed_tool"]

TOOL_SECONDS = 900.0


def by_tool(course: str, old: Runtime) -> Act:
    """A course (`migrate` or `rollback`) of which `old` is the old runtime."""

    def act(stage: Stage, scenario: Scenario) -> None:
        command, _, output = _prepared(stage, scenario, course, old)
        with scenario.steps.step(f"{course} run"):
            with output.open("ab") as file:
                subprocess.run(command, check=True, stdout=file, stderr=file, timeout=TOOL_SECONDS)
            passed(stage, scenario)

    return act


def killed_tool(course: str, old: Runtime) -> Act:
    """SIGKILL after each line that the tool writes into its journal, and the same command again."""

    def act(stage: Stage, scenario: Scenario) -> None:
        command, journal, output = _prepared(stage, scenario, course, old)
        with scenario.steps.step(f"{course} run, killed at each step and run again"):
            kills = run_interrupted(command, journal, output, seconds=TOOL_SECONDS)
            assert "started" in {one.event for one in kills}, kills
            passed(stage, scenario)
        scenario.notes["kills"] = len(kills)

    return act


def disturbed_tool(course: str, old: Runtime, step: str, disturbance: Disturbance) -> Act:
    """It happens while the tool is at work on a step; where that ends the run, it is run again."""

    def act(stage: Stage, scenario: Scenario) -> None:
        command, journal, output = _prepared(stage, scenario, course, old)
        with scenario.steps.step(f"{course} run; {disturbance.name}"):
            runs = run_disturbed(
                command,
                journal,
                output,
                step=step,
                disturb=lambda: disturbance.happen(stage),
                seconds=TOOL_SECONDS,
            )
            passed(stage, scenario)
        scenario.notes["runs"] = runs

    return act


def _prepared(stage: Stage, scenario: Scenario, course: str, old: Runtime) -> tuple[list[str], Path, Path]:
    """The command, its journal and where its output goes."""
    directory = stage.directory / f"tool-{scenario.name}"
    described(stage, old, directory)
    command = [sys.executable, "-m", "tests.e2e.migration.tool", course, str(directory)]
    return command, directory / "journal.jsonl", directory / f"{course}.log"
