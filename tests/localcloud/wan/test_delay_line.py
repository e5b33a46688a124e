"""The delay line without a network: datagram sockets have packets as TUN devices do."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from localcloud.wan import delay
from localcloud.wan.delay import DelayLine, carry


class Line:
    """A delay line between two pairs of sockets."""

    def __init__(self, seconds: float) -> None:
        self.near, source = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        sink, self.far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sockets = (self.near, source, sink, self.far)
        for one in self.sockets:
            one.setblocking(False)
        self.line = DelayLine(source.fileno(), sink.fileno(), seconds)

    def send(self, *packets: bytes) -> None:
        for packet in packets:
            self.near.send(packet)
        self.line.take()

    def received(self) -> list[bytes]:
        self.line.release()
        packets = []
        while True:
            try:
                packets.append(self.far.recv(65536))
            except BlockingIOError:
                return packets


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line(0.03)
    yield made
    for one in made.sockets:
        one.close()


def test_packets_leave_in_order_and_not_before_their_time(line: Line) -> None:
    before = time.monotonic()
    line.send(b"1", b"2", b"3")
    assert line.received() == []
    assert line.line.due is not None
    assert line.line.due >= before + 0.03
    while time.monotonic() < line.line.due:
        time.sleep(0.001)
    assert line.received() == [b"1", b"2", b"3"]
    assert line.line.due is None


def test_a_shortened_delay_lets_nobody_overtake(line: Line) -> None:
    line.send(b"slow")
    line.line.delay = 0
    line.send(b"fast")
    assert line.received() == []
    time.sleep(0.035)
    assert line.received() == [b"slow", b"fast"]


def test_packets_beyond_the_buffer_are_dropped_and_later_ones_pass(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delay, "MAX_QUEUED_BYTES", 10)
    line.line.delay = 0
    line.send(b"12345", b"67890", b"x")
    assert line.received() == [b"12345", b"67890"]
    line.send(b"y")
    assert line.received() == [b"y"]


def test_a_far_end_that_is_gone_loses_packets_and_not_the_line(line: Line) -> None:
    line.line.delay = 0
    line.far.close()
    line.send(b"lost")
    line.line.release()
    assert line.line.due is None


def test_carry_moves_packets_until_it_is_told_to_end(line: Line) -> None:
    control, owner = socket.socketpair()
    with control, owner:
        line.near.send(b"packet")

        def end() -> bool:
            return control.recv(1) == b"!"

        class Watch(DelayLine):
            def release(self) -> None:
                super().release()
                if self.due is None:
                    owner.send(b"!")

        start = time.monotonic()
        carry([Watch(line.line.source, line.line.sink, 0.02)], control.fileno, end)
        assert time.monotonic() - start >= 0.02
        assert line.far.recv(100) == b"packet"
