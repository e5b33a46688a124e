"""The TUN link under load: that it carries enough, and that it is a long link and not a fast one."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.wan import Wan
from tests.localcloud.wan.regions import inside

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/dev/net/tun").exists(),
    reason="network namespaces need root and /dev/net/tun",
)


@pytest.fixture(scope="module")
def wan() -> Iterator[Wan]:
    with Wan.start(["a", "b"], kind="tun") as running:
        yield running


def test_3000_packets_a_second_arrive_and_cost_less_than_half_a_core(wan: Wan) -> None:
    packets, per_second = 6000, 3000
    receiver = inside(wan, "b", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    sender = inside(wan, "a", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    with receiver, sender:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
        receiver.bind((wan.address("b"), 0))
        receiver.settimeout(5)
        sender.connect(receiver.getsockname())
        used, start = _cpu_seconds(wan.pid), time.monotonic()
        sending = threading.Thread(target=_send_steadily, args=(sender, packets, per_second))
        sending.start()
        numbers = [int.from_bytes(receiver.recv(2048)[:4], "big") for _ in range(packets)]
        elapsed = time.monotonic() - start
        sending.join()
    assert numbers == list(range(packets))
    assert _cpu_seconds(wan.pid) - used < 0.5 * max(elapsed, packets / per_second)


def test_a_small_receive_window_limits_a_connection_as_on_a_long_link(wan: Wan) -> None:
    """Kafka's default receive.buffer.bytes of 64 KiB allows one window a round trip: about 1 MB/s over 70
    ms."""
    megabyte = 1 << 20
    capped = _transfer_seconds(wan, megabyte, receive_buffer=64 << 10)
    # a busy machine makes a transfer longer and never shorter: the shortest shows what the window allows
    sized_by_kernel = min(_transfer_seconds(wan, megabyte, receive_buffer=None) for _ in range(5))
    # 16 windows of 64 KiB, 70 ms each, are 1.1 s; the kernel grants a little more than asked
    assert capped > 0.6
    assert sized_by_kernel < capped / 1.5


def _send_steadily(sender: socket.socket, packets: int, per_second: int) -> None:
    start = time.monotonic()
    for number in range(packets):
        while number > (time.monotonic() - start) * per_second:
            time.sleep(0.001)
        sender.send(number.to_bytes(4, "big") + bytes(1020))


def _transfer_seconds(wan: Wan, size: int, receive_buffer: int | None) -> float:
    server = inside(wan, "b", lambda: socket.create_server((wan.address("b"), 0)))
    with server, inside(wan, "a", socket.socket) as client:
        if receive_buffer is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.connect(server.getsockname())
        connection, _ = server.accept()
        with connection:
            start = time.monotonic()
            threading.Thread(target=connection.sendall, args=(bytes(size),)).start()
            left = size
            while left:
                left -= len(client.recv(1 << 20))
            return time.monotonic() - start


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
