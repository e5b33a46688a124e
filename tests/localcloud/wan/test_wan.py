"""What the WAN promises, over a TUN link (where this machine permits it) and over the proxy."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from localcloud.wan import Wan, WanError
from localcloud.wan.runs import runs
from tests.localcloud.wan.regions import inside, links_to

EAST, WEST, NORTH = REGIONS = ("us-east-1", "us-west-2", "eu-north-1")
DELAY_MS = 35.0

needs_tun = pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/dev/net/tun").exists(),
    reason="network namespaces need root and /dev/net/tun",
)


@pytest.fixture(scope="module", params=[pytest.param("tun", marks=needs_tun), "proxy"])
def wan(request: pytest.FixtureRequest) -> Iterator[Wan]:
    with Wan.start(REGIONS, DELAY_MS, kind=request.param) as running:
        assert running.kind == request.param
        yield running


def test_what_crosses_regions_takes_the_delay_both_ways(wan: Wan) -> None:
    for source, target in ((EAST, WEST), (WEST, EAST), (NORTH, EAST)):
        assert 2 * DELAY_MS <= wan.measure_rtt_ms(source, target) < 3 * DELAY_MS


def test_what_stays_is_not_delayed(wan: Wan) -> None:
    assert wan.measure_rtt_ms(None, EAST) < DELAY_MS / 2
    assert wan.measure_rtt_ms(EAST, EAST) < DELAY_MS / 2


def test_the_delay_can_be_changed_while_it_runs(wan: Wan) -> None:
    wan.set_delay(5)
    try:
        assert 10 <= wan.measure_rtt_ms(EAST, WEST) < 2 * DELAY_MS
    finally:
        wan.set_delay(DELAY_MS)
    assert wan.measure_rtt_ms(EAST, WEST) >= 2 * DELAY_MS


def test_a_server_that_uses_the_listeners_is_reached_from_everywhere(wan: Wan) -> None:
    """Host and home region at once, other regions late, by the one bootstrap address that each is given."""
    listening = [
        inside(wan, EAST, partial(socket.create_server, listener.bind)) for listener in wan.listeners(EAST)
    ]
    try:
        for server in listening:
            threading.Thread(target=_greet, args=(server,), daemon=True).start()
        assert inside(wan, EAST, lambda: _greeting_ms(wan.bootstrap(EAST, EAST))) < DELAY_MS
        assert _greeting_ms(wan.bootstrap(EAST)) < DELAY_MS
        for other in (WEST, NORTH):
            late = inside(wan, other, partial(_greeting_ms, wan.bootstrap(EAST, other)))
            assert late >= 2 * DELAY_MS
    finally:
        for server in listening:
            server.close()


def test_a_command_runs_in_its_region_and_belongs_to_the_run(wan: Wan) -> None:
    program = "import os; print(os.readlink('/proc/self/ns/net'))"
    command = [*wan.command_prefix(WEST), sys.executable, "-c", program]
    namespace = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    assert (namespace != str(Path("/proc/self/ns/net").readlink())) == (wan.kind == "tun")


def test_a_command_that_does_not_exist_fails_as_it_would_outside(wan: Wan) -> None:
    command = [*wan.command_prefix(WEST), "no-such-command"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "FileNotFoundError" in done.stderr


def test_an_unknown_region_is_named_with_those_that_exist(wan: Wan) -> None:
    with pytest.raises(WanError, match=r"region mars-1: this WAN has us-east-1, us-west-2, eu-north-1"):
        wan.address("mars-1")
    with pytest.raises(WanError, match="mars-1"):
        wan.bootstrap(EAST, "mars-1")


@pytest.mark.parametrize("kind", [pytest.param("tun", marks=needs_tun), "proxy"])
def test_stop_ends_what_runs_inside_and_removes_every_link(kind: str) -> None:
    wan = Wan.start([EAST, WEST], kind=kind)
    addresses = [wan.address(region) for region in wan.regions]
    links = links_to(addresses)
    assert len(links) == (2 if kind == "tun" else 0)
    forgotten = subprocess.Popen([*wan.command_prefix(EAST), "sleep", "1000"])
    await_member(wan.run, forgotten.pid)
    wan.stop()
    wan.stop()  # once more does nothing
    assert forgotten.wait(5) == -9
    assert not links_to(addresses)
    assert not {interface for _, interface in socket.if_nameindex()} & links
    assert wan.run not in {run.id for run in runs()}


def await_member(run: str, pid: int) -> None:
    """A process belongs to a run from when it has become its command."""
    deadline = time.monotonic() + 30
    while not any(pid in one.processes for one in runs() if one.id == run):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@needs_tun
def test_two_wans_on_one_machine_do_not_meet() -> None:
    with Wan.start([EAST, WEST], 10, kind="tun") as one, Wan.start([EAST, WEST], 20, kind="tun") as other:
        assert not {one.address(EAST), one.address(WEST)} & {other.address(EAST), other.address(WEST)}
        assert 20 <= one.measure_rtt_ms(EAST, WEST) < 40 <= other.measure_rtt_ms(EAST, WEST)


def test_the_environment_can_force_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MSK_MIRROR_WAN", "proxy")
    with Wan.start([EAST, WEST]) as wan:
        assert wan.kind == "proxy"
        assert "hides the window limits" in wan.note


def test_wrong_settings_are_answered_with_what_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MSK_MIRROR_WAN", "carrier-pigeon")
    with pytest.raises(WanError, match=r"MSK_MIRROR_WAN=carrier-pigeon: allowed are auto, tun and proxy"):
        Wan.start([EAST, WEST])
    with pytest.raises(WanError, match="different names"):
        Wan.start([EAST, EAST], kind="proxy")


@needs_tun
def test_an_ordinary_user_gets_a_tun_link_in_a_private_network() -> None:
    """A new user namespace has no privilege outside itself, also when root starts it."""
    program = (
        "from localcloud.wan import Wan\n"
        "import socket\n"
        "with Wan.start(['a', 'b'], kind='tun') as wan:\n"
        "    print(wan.measure_rtt_ms('a', 'b') >= 70, len(socket.if_nameindex()))\n"
    )
    command = [sys.executable, "-m", "localcloud.wan.private", "--", sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "no private network here" in done.stderr:
        pytest.skip(done.stderr.strip())
    # loopback and a veth for each region: not the host's network
    assert done.stdout == "True 3\n", done.stderr


@needs_tun
def test_a_user_whom_the_machine_refuses_gets_a_proxy_and_the_reason() -> None:
    program = (
        "import ctypes, os, sys\n"
        "assert ctypes.CDLL(None).prctl(24, 21, 0, 0, 0) == 0\n"  # PR_CAPBSET_DROP CAP_SYS_ADMIN
        "os.execv(sys.executable, [sys.executable, '-c', '''\n"
        "from localcloud.wan import Wan\n"
        "with Wan.start(['a', 'b']) as wan: print(wan.kind, wan.note)\n"
        "'''])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("proxy "), done.stderr
    assert "no TUN link here: PermissionError" in done.stdout


def _greet(server: socket.socket) -> None:
    try:
        while True:
            connection, _ = server.accept()
            with connection:
                connection.sendall(connection.recv(1))
    except OSError:  # closed by the test
        return


def _greeting_ms(bootstrap: str) -> float:
    host, _, port = bootstrap.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        start = time.perf_counter()
        client.sendall(b".")
        assert client.recv(1) == b"."
        return (time.perf_counter() - start) * 1000
