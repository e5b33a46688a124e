"""How processes of the local cloud start, fail and end; a shell stands where a JVM would."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from localcloud.server_process import ServerProcess, ServerProcessError


def start(script: str, directory: Path, **environment: str) -> ServerProcess:
    return ServerProcess("worker", ["sh", "-c", script], directory / "worker.log", environment)


def test_a_process_that_ends_before_it_is_ready_shows_the_end_of_its_log(tmp_path: Path) -> None:
    process = start("echo starting; echo cannot bind >&2; exit 3", tmp_path)
    with pytest.raises(ServerProcessError, match=r"(?s)worker ended with 3:.*starting.*cannot bind"):
        process.wait_until(lambda: False, 10)


def test_a_process_that_is_not_ready_in_time_is_told_from_one_that_ended(tmp_path: Path) -> None:
    process = start("exec sleep 100", tmp_path)
    with pytest.raises(ServerProcessError, match="worker is not ready after 0 s"):
        process.wait_until(lambda: False, 0.1)
    assert process.alive
    process.stop(10)
    assert not process.alive


def test_stop_lets_a_process_end_in_order(tmp_path: Path) -> None:
    process = start(
        "trap 'echo offsets flushed; exit 0' TERM; echo ready; while :; do sleep 0.05; done", tmp_path
    )
    process.wait_until(lambda: "ready" in process.tail(), 10)
    process.stop(10)
    assert process.wait() == 0
    assert "offsets flushed" in process.tail()


def test_stop_kills_a_process_that_does_not_listen(tmp_path: Path) -> None:
    process = start("trap '' TERM; echo ready; while :; do sleep 0.05; done", tmp_path)
    process.wait_until(lambda: "ready" in process.tail(), 10)
    start_of_stop = time.monotonic()
    process.stop(0.2)
    assert process.wait() == -signal.SIGKILL
    assert time.monotonic() - start_of_stop < 5
    process.stop(0.2)  # once more does nothing


def test_environment_is_added_to_the_owners(tmp_path: Path) -> None:
    process = start("echo $POD_IP; echo $PATH", tmp_path, POD_IP="198.18.0.1")
    assert process.wait(10) == 0
    address, path = process.tail().splitlines()
    assert address == "198.18.0.1"
    assert path


def test_the_log_of_an_earlier_start_is_kept(tmp_path: Path) -> None:
    for word in ("first", "second"):
        start(f"echo {word}", tmp_path).wait(10)
    assert (tmp_path / "worker.log").read_text() == "first\nsecond\n"
