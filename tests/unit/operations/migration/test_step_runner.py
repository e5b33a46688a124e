"""Steps in order, whatever kills the machine and whenever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.migration.journal import Journal, RunIdentity
from operations.migration.step_runner import Facts, Machine, Step, StepFailed

IDENTITY = RunIdentity("local", "us-west-2", "connect", "0123")
NAMES = ("one", "two", "three", "four")
ROOT = Path(__file__).resolve().parents[4]


class _Killed(BaseException):
    """Stands for SIGKILL: nothing is written after it."""


class _Mortal:
    """Counts the moments at which a machine can be killed: before and after each effect and each write."""

    def __init__(self, until: int | None) -> None:
        self.left = until

    def moment(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise _Killed


def run_once(path: Path, effects: list[str], until: int | None) -> bool:
    """Whether the course came to its end; killed at moment `until`."""
    mortal = _Mortal(until)

    def step(name: str) -> Step:
        def do(facts: Facts) -> Facts:
            mortal.moment()
            effects.append(name)
            mortal.moment()
            return {name: len(facts)}

        return Step(name, "stage", "title", do, lambda _: mortal.moment(), changes=True)

    try:
        with Journal.open(path, IDENTITY) as journal:
            if journal.record.course is None:
                journal.begin("migrate", {})
            Machine(journal, "migrate", [step(name) for name in NAMES], lambda _: mortal.moment()).run()
    except _Killed:
        return False
    return True


@settings(max_examples=25, deadline=None)
@given(kills=st.lists(st.integers(min_value=0, max_value=20), max_size=6), torn=st.integers(0, 40))
def test_each_effect_happens_and_in_order_whatever_kills(kills: list[int], torn: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        effects: list[str] = []
        for until in kills:
            before = path.stat().st_size if path.exists() else 0
            run_once(path, effects, until)
            if torn and path.stat().st_size > before:  # what an earlier run wrote is on disk
                tear(path, torn)
        assert run_once(path, effects, None)
        assert list(dict.fromkeys(effects)) == list(NAMES), "each at least once, in order"
        assert effects == sorted(effects, key=NAMES.index), "none after a later one"
        again: list[str] = []
        assert run_once(path, again, None)
        assert again == [], "what is done is not repeated"


def tear(path: Path, count: int) -> None:
    """What a kill while the last line is being written leaves."""
    content = path.read_bytes()
    last = content.splitlines(keepends=True)[-1]
    path.write_bytes(content[: len(content) - min(count, len(last))])


def test_a_failure_is_journalled_and_says_what_is_left_and_how_to_go_on(tmp_path: Path) -> None:
    broken = True

    def do(_: Facts) -> Facts:
        if broken:
            raise ValueError("no such service")
        return {}

    step = Step("rollout", "3", "title", do, left="The old workers are as they were.")
    with Journal.open(tmp_path / "j", IDENTITY) as journal:
        journal.begin("migrate", {})
        with pytest.raises(StepFailed) as failed:
            Machine(journal, "migrate", [step]).run()
        said = str(failed.value)
        assert "rollout failed: no such service\nThe old workers are as they were." in said
        assert "`msk-mirror migrate run`, or go back: `msk-mirror rollback run`." in said
        assert journal.record.last_failure is not None
        assert journal.record.last_failure["message"] == "no such service"
        broken = False
        Machine(journal, "migrate", [step]).run()
        assert journal.record.ended == "finished"
        assert journal.record.last_failure is None


def test_a_gate_that_does_not_open_leaves_the_step_undone(tmp_path: Path) -> None:
    def shut(_: Facts) -> None:
        raise RuntimeError("lag grows")

    with Journal.open(tmp_path / "j", IDENTITY) as journal:
        journal.begin("rollback", {})
        with pytest.raises(StepFailed, match="lag grows") as failed:
            Machine(journal, "rollback", [Step("back", "1", "t", gate=shut)]).run()
        assert "`msk-mirror rollback run`." in str(failed.value)
        assert journal.record.done == ()


def test_steps_of_one_name_and_another_course_are_mistakes_of_ours(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "j", IDENTITY) as journal:
        with pytest.raises(ValueError, match="two steps of one name"):
            Machine(journal, "migrate", [Step("a", "", ""), Step("a", "", "")])
        with pytest.raises(ValueError, match="course None"):
            Machine(journal, "migrate", []).run()


def test_a_process_that_is_killed_at_each_step_comes_to_the_end(tmp_path: Path) -> None:
    """SIGKILL to the process itself: half of the times before the effect, half after it."""
    ends = []
    for _ in range(4 * len(NAMES)):
        arguments = [sys.executable, __file__, str(tmp_path)]
        done = subprocess.run(arguments, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
        ends.append(done.returncode)
        if done.returncode == 0:
            break
    assert ends == [-signal.SIGKILL] * (2 * len(NAMES)) + [0]
    effects = (tmp_path / "effects").read_text().split()
    assert effects == [name for name in NAMES for _ in range(2)]


def killed_process(directory: Path, names: Sequence[str]) -> None:
    """Dies once before and once after the effect of each step."""

    def die_once(mark: str) -> None:
        path = directory / mark
        if not path.exists():
            path.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    def step(name: str) -> Step:
        def do(_: Facts) -> Facts:
            die_once(f"before-{name}")
            with (directory / "effects").open("a") as file:
                file.write(f"{name}\n")
            die_once(f"after-{name}")
            return {}

        return Step(name, "stage", "title", do)

    with Journal.open(directory / "journal.jsonl", IDENTITY) as journal:
        if journal.record.course is None:
            journal.begin("migrate", {})
        Machine(journal, "migrate", [step(name) for name in names]).run()


if __name__ == "__main__":
    killed_process(Path(sys.argv[1]), NAMES)
