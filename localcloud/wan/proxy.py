"""The carrier of kind "proxy": `python -m localcloud.wan.proxy <delay in ms> <region> <region> ...`.

For each ordered pair of regions a listening socket on loopback whose bytes reach the other region's server
late, both ways. It ends TCP connections, so the window limits of a long link do not show; it needs no
privileges.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from localcloud.wan.addresses import LOOPBACK, free_port
from localcloud.wan.control import Control, fail, quiet_signals
from localcloud.wan.enter import RUN_VARIABLE
from localcloud.wan.runs import end_processes

__all__ = ["main"]

_CHUNK_BYTES = 64 << 10
_CHUNKS_IN_FLIGHT = 512
"""Up to 32 MiB are on the way in one direction of a connection: more than any window here, and an end to
memory."""


class Proxy:
    """All crossings; `delay` is in seconds and may change at any time."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self, regions: Sequence[str]) -> dict[str, Any]:
        """Listen; returns the plan: per region its ports, and how the other regions see it."""
        echo = await _listen_echo()
        plan: dict[str, Any] = {}
        for region in regions:
            crossings = {}
            for other in regions:
                if other != region:
                    server = free_port(LOOPBACK)
                    crossings[other] = {
                        "bind": server,
                        "advertised": await self._listen(server),
                        "echo": await self._listen(echo),
                    }
            plan[region] = {"port": free_port(LOOPBACK), "echo": echo, "crossings": crossings}
        return plan

    async def _listen(self, target: int) -> int:
        """Listen on a free port for connections to `target`; returns the port."""

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 - a callback of a server always runs in one
            self._connections.add(task)  # the loop holds tasks weakly
            try:
                await self._join(reader, writer, target)
            finally:
                self._connections.discard(task)

        server = await asyncio.start_server(accept, LOOPBACK, 0)
        return int(server.sockets[0].getsockname()[1])

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: int) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, target)
        except OSError:
            writer.transport.abort()
            return
        try:
            with suppress(OSError):
                await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        finally:
            writer.transport.abort()
            far_writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Bytes of one direction, `delay` after they were read; its end too."""
        clock = asyncio.get_running_loop().time
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_CHUNKS_IN_FLIGHT)

        async def deliver() -> None:
            while True:
                due, data = await queue.get()
                if (left := due - clock()) > 0:
                    await asyncio.sleep(left)
                if not data:
                    writer.write_eof()
                    return
                writer.write(data)
                await writer.drain()

        async def collect() -> None:
            data = b"-"
            while data:
                data = await reader.read(_CHUNK_BYTES)
                await queue.put((clock() + self.delay, data))

        await asyncio.gather(deliver(), collect())


def main(arguments: Sequence[str]) -> None:
    """Be the WAN until the owner says stop, dies, or SIGTERM comes."""
    quiet_signals()
    try:
        asyncio.run(_carry(float(arguments[0]) / 1000, arguments[1:]))
    except OSError as error:
        fail(error)
    finally:
        end_processes(os.environ[RUN_VARIABLE])


async def _carry(delay: float, regions: Sequence[str]) -> None:
    proxy = Proxy(delay)
    ended = asyncio.Event()
    control = Control(lambda seconds: setattr(proxy, "delay", seconds))
    loop = asyncio.get_running_loop()

    def react() -> None:
        if control.react():
            ended.set()
        if control.descriptor() is None:
            loop.remove_reader(sys.stdin)

    plan = await proxy.open(regions)
    loop.add_reader(sys.stdin, react)
    control.ready(plan)
    await ended.wait()


async def _listen_echo() -> int:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK_BYTES):
                writer.write(data)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, LOOPBACK, 0)
    return int(server.sockets[0].getsockname()[1])


if __name__ == "__main__":
    main(sys.argv[1:])
