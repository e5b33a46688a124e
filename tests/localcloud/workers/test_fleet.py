"""Workers whose number is changed, and found again by whoever comes next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.workers import LocalFleet, WorkerRecipe
from localcloud.workers.fleet import LocalFleetError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[LocalFleet]:
    """Three places for a process that only waits."""
    recipes = [
        WorkerRecipe(f"worker-{n}", ("sleep", "600"), {}, str(tmp_path / f"{n}.log"), "") for n in range(3)
    ]
    made = LocalFleet.create("old", tmp_path / "fleet", recipes)
    yield made
    made.stop()


def test_it_becomes_as_many_as_asked_for_and_keeps_the_others(fleet: LocalFleet) -> None:
    fleet.set_count(3)
    before = fleet.pids
    fleet.set_count(2)
    assert fleet.pids == before[:2]
    fleet.set_count(2)
    assert fleet.pids == before[:2]
    fleet.set_count(0)
    assert fleet.count() == 0


def test_another_process_finds_what_a_killed_one_has_started(fleet: LocalFleet, tmp_path: Path) -> None:
    program = (
        "import os, pathlib, signal, sys; from localcloud.workers import LocalFleet;"
        "LocalFleet.open(pathlib.Path(sys.argv[1])).set_count(2); os.kill(os.getpid(), signal.SIGKILL)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "fleet")]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert fleet.count() == 2
    fleet.set_count(1)
    assert LocalFleet.open(tmp_path / "fleet").pids == fleet.pids
    assert fleet.count() == 1


def test_a_process_that_died_is_not_counted_and_comes_again(fleet: LocalFleet) -> None:
    fleet.set_count(2)
    first, second = fleet.pids
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    assert fleet.pids == (second,)
    fleet.set_count(2)
    assert fleet.count() == 2
    assert first not in fleet.pids


def test_more_than_there_are_places_for_is_refused(fleet: LocalFleet) -> None:
    with pytest.raises(LocalFleetError, match="asked for 4; allowed: 0 to 3"):
        fleet.set_count(4)


def test_a_command_that_is_none_is_said(tmp_path: Path) -> None:
    recipe = WorkerRecipe("worker-0", (str(tmp_path / "nothing"),), {}, str(tmp_path / "log"), "http://x:1")
    broken = LocalFleet.create("old", tmp_path / "broken", [recipe])
    with pytest.raises(LocalFleetError, match=r"worker-0 (has ended|ended with)"):
        broken.set_count(1)
