"""The image that holds a pod's namespaces."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from image import build_pause
from tests.image.unpacked import Archive, unpack

pytestmark = pytest.mark.skipif(not shutil.which("go"), reason="no Go on the PATH")

SECONDS = 10.0


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("pause-image")
    built = build_pause(directory)
    assert built.reference == "localhost/msk-mirror/pause:1"
    assert Archive(built.archive).config["config"]["Entrypoint"] == ["/pause"]
    return unpack(built.archive, directory / "root").directory / "pause"


def test_it_needs_no_libraries(program: Path) -> None:
    assert b"/ld-linux" not in program.read_bytes()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_sleeps_until_it_is_told_to_end(program: Path, sent: signal.Signals) -> None:
    with subprocess.Popen([str(program)]) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        process.send_signal(sent)
        assert process.wait(SECONDS) == 0


def test_it_reaps_children(program: Path) -> None:
    """A shell leaves it a child, which would be a zombie when it ends."""
    command = ["sh", "-c", f'sleep 0.5 & echo $!; exec "{program}"']
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = Path("/proc") / process.stdout.readline().strip()
        assert child.exists()
        deadline = time.monotonic() + SECONDS
        while child.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not child.exists()
        process.terminate()
