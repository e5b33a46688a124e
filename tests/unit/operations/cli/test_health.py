"""The health check of containers: exit codes, and the process that is there meanwhile."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from operations.cli.commands.health import run
from tests.e2e.waiting import wait_until

COMMAND = Path(__file__).resolve().parents[4] / "bin" / "msk-mirror"


class Worker(BaseHTTPRequestHandler):
    """A worker that answers, one that starts, and one that hangs."""

    def do_GET(self) -> None:
        if self.path == "/hangs":
            time.sleep(1.5)
        self.send_response({"/connectors": 200, "/hangs": 200}.get(self.path, 404))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def worker() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Worker)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("path", "code"), [("/connectors", 0), ("/starting", 1), ("/hangs", 1)])
def test_only_200_in_time_is_healthy(path: str, code: int, worker: str) -> None:
    assert run(worker + path, 0.5, hold=False) == code


def test_nobody_there_is_not_healthy() -> None:
    assert run("http://127.0.0.1:1/connectors", 0.5, hold=False) == 1


@pytest.mark.parametrize("url", ["127.0.0.1:8083", "https://127.0.0.1:8083/", "http:///connectors"])
def test_another_form_of_address_is_bad_input(url: str) -> None:
    assert run(url, 0.5, hold=False) == 2


def test_holding_lasts_until_sigterm_and_asks_nothing() -> None:
    process = subprocess.Popen(
        [sys.executable, str(COMMAND), "health", "http://127.0.0.1:1/connectors", "--hold"],
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: catches_sigterm(process.pid), 60, "the command has installed its handler")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert process.stderr
    assert process.stderr.read() == b""
    process.stderr.close()


def catches_sigterm(pid: int) -> bool:
    """Whether a process has a handler of SIGTERM (proc_pid_status(5): SigCgt is a mask of signals)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    (caught,) = (line.split()[1] for line in status if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)
