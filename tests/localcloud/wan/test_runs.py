"""Nothing outlives its owner, however that ends; and what was meant to stay does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from localcloud.wan import runs
from localcloud.wan.__main__ import main
from localcloud.wan.enter import RUN_VARIABLE
from localcloud.wan.runs import Run
from tests.localcloud.wan.regions import links_to, wait_until

OWNER = """
import subprocess, sys, time
from localcloud.wan import Wan
wan = Wan.start(["a", "b"])
subprocess.Popen([*wan.command_prefix("a"), "sleep", "1000"], start_new_session=True)
print(wan.run, wan.pid, wan.address("a"), wan.address("b"), flush=True)
if "keep" in sys.argv:
    wan.keep()
    wan.stop()
else:
    time.sleep(1000)
"""


class Owner:
    """A program that has started a WAN with a process inside."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWNER, *arguments],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.run, carrier, *self.addresses = self.process.stdout.readline().split()
        self.carrier = int(carrier)
        self.process.stdout.close()
        wait_until(lambda: len(self.processes()) == 2, 10, "the carrier and the sleeper run")

    def found(self) -> Run | None:
        return next((run for run in runs.runs() if run.id == self.run), None)

    def processes(self) -> tuple[int, ...]:
        found = self.found()
        return found.processes if found else ()


@pytest.fixture
def owner() -> Iterator[Owner]:
    started = Owner()
    yield started
    started.process.kill()
    started.process.wait()
    runs.end_processes(started.run)


@pytest.mark.parametrize("sig", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_owner_leaves_nothing(owner: Owner, sig: int) -> None:
    found = owner.found()
    assert found is not None
    assert found.owned
    assert found.carrier == owner.carrier
    owner.process.send_signal(sig)
    owner.process.wait()
    wait_until(lambda: owner.found() is None, 10, "the carrier has ended the run")
    assert not links_to([address for address in owner.addresses if not address.startswith("127.")])


def test_what_is_left_when_the_carrier_was_killed_too_is_swept_at_the_next_start(owner: Owner) -> None:
    os.kill(owner.carrier, signal.SIGKILL)
    owner.process.kill()
    owner.process.wait()
    wait_until(lambda: (run := owner.found()) is not None and run.carrier is None, 10, "the carrier is dead")
    found = owner.found()
    assert found is not None
    assert found.left_over
    assert found in runs.sweep()
    assert owner.found() is None


def test_a_sweep_leaves_living_runs_alone(owner: Owner) -> None:
    before = owner.found()
    assert owner.run not in {run.id for run in runs.sweep()}
    assert owner.found() == before


def test_a_kept_run_outlives_its_owner_until_it_is_ended() -> None:
    owner = Owner("keep")
    try:
        assert owner.process.wait(10) == 0
        found = owner.found()
        assert found is not None
        assert not found.owned
        assert not found.left_over
        assert owner.run not in {run.id for run in runs.sweep()}
        runs.end_run(found)
        assert owner.found() is None
        assert not links_to([address for address in owner.addresses if not address.startswith("127.")])
    finally:
        runs.end_processes(owner.run)


def test_the_command_line_lists_runs_and_refuses_what_it_does_not_know(
    owner: Owner, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    assert f"{owner.run}: 2 processes, owned by process {owner.process.pid}\n" in capsys.readouterr().out
    assert main(["ned"]) == 2
    assert "usage" in capsys.readouterr().err


def test_a_process_id_that_was_given_again_is_not_the_owner() -> None:
    run = Run(f"{os.getpid()}-1-0", (), None)
    assert run.owner == os.getpid()
    assert not run.owned


def test_run_ids_differ_within_a_program() -> None:
    assert runs.new_run_id() != runs.new_run_id()
    assert RUN_VARIABLE not in os.environ, "the tests themselves must not look like a run's process"
