"""What is left of a cluster whose programs are gone is removed by one command; what lives is not touched."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from localcloud.__main__ import down
from localcloud.kubernetes import cgroups
from localcloud.kubernetes.leftovers import CERTIFICATES, STATE_VARIABLE, remove_left_over, state_directory
from localcloud.wan import __main__ as command
from localcloud.wan.enter import RUN_VARIABLE
from localcloud.wan.runs import new_run_id

NOBODY = "4194305-1-0"
"""Run of a process id that Linux never gives (proc(5), pid_max)."""


@pytest.fixture
def groups(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Directories in place of the machine's control groups and temporary files."""
    temporary, hierarchy = tmp_path / "tmp", tmp_path / "cgroup"
    temporary.mkdir()
    (hierarchy / "cpu").mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(cgroups, "_ROOT", hierarchy)
    return hierarchy / "cpu"


def state_of(run: str, groups: Path) -> Path:
    """What a cluster of the run has made."""
    state = state_directory(run)
    (state / CERTIFICATES).mkdir()
    (groups / state.name / "kubepods" / "pod1").mkdir(parents=True)
    return state


@pytest.fixture
def sleeper() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()


def test_directory_and_groups_without_a_program_are_removed(groups: Path) -> None:
    state = state_of(NOBODY, groups)
    assert remove_left_over() == [state.name]
    assert not state.exists()
    assert not list(groups.iterdir())


@pytest.mark.usefixtures("groups")
def test_a_directory_whose_groups_are_gone_is_removed() -> None:
    state = state_directory(NOBODY)
    (state / CERTIFICATES).mkdir()
    assert remove_left_over() == [state.name]
    assert not state.exists()


def test_groups_whose_directory_is_gone_are_removed(groups: Path) -> None:
    (groups / f"{cgroups.PREFIX}{NOBODY}-abc").mkdir()
    assert len(remove_left_over()) == 1
    assert not list(groups.iterdir())


def test_a_cluster_with_a_living_program_stays(groups: Path, sleeper: list[subprocess.Popen[bytes]]) -> None:
    state = state_of(NOBODY, groups)
    environment = os.environ | {STATE_VARIABLE: str(state)}
    sleeper.append(subprocess.Popen(["sleep", "1000"], env=environment, start_new_session=True))
    assert remove_left_over() == []
    assert state.exists()


def test_a_cluster_that_is_only_being_started_stays(
    groups: Path, sleeper: list[subprocess.Popen[bytes]]
) -> None:
    """It has no program yet, but its WAN runs."""
    run = new_run_id()
    state = state_of(run, groups)
    environment = os.environ | {RUN_VARIABLE: run}
    sleeper.append(subprocess.Popen(["sleep", "1000"], env=environment, start_new_session=True))
    assert remove_left_over() == []
    assert (groups / state.name).exists()


@pytest.mark.usefixtures("groups")
def test_other_temporary_directories_of_the_project_stay() -> None:
    other = Path(tempfile.mkdtemp(prefix=cgroups.PREFIX))
    assert remove_left_over() == []
    assert other.exists()


@pytest.mark.parametrize("end", [lambda: command.main(["end"]), down], ids=["wan-end", "localcloud-down"])
def test_both_commands_remove_directories_and_groups(
    groups: Path,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[], object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The runs of this machine are left out: someone may have kept them."""
    state = state_of(NOBODY, groups)
    monkeypatch.setattr(command, "runs", list)
    end()
    assert state.name in capsys.readouterr().out
    assert not state.exists()


def test_listing_removes_nothing(groups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = state_of(NOBODY, groups)
    monkeypatch.setattr(command, "runs", list)
    assert command.main([]) == 0
    assert state.exists()
