"""The WAN as its users see it; how it is made (TUN link or proxy) shows only in `kind` and `note`."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from localcloud.wan import enter
from localcloud.wan.addresses import LOOPBACK, free_port
from localcloud.wan.carrier import Carrier, CarrierError
from localcloud.wan.runs import sweep

__all__ = ["DELAY_MS", "KIND_VARIABLE", "Listener", "Wan", "WanError"]

DELAY_MS = 35.0
"""One way; 70 ms there and back is about us-east-1 to us-west-2."""

KIND_VARIABLE = "MSK_MIRROR_WAN"
"""Environment variable: tun, proxy, or auto (the default: tun where this machine permits it)."""

BROKER_PORT = 9092

_MODULES = {"tun": "localcloud.wan.link", "proxy": "localcloud.wan.proxy"}
_NOTES = {
    "tun": "a TUN link between network namespaces: TCP windows fill as on a real long link",
    "proxy": "a delaying proxy that ends TCP connections: it hides the window limits of a real long link",
}
_CLOSED_PORT = 1  # tcpmux: nobody listens there


class WanError(RuntimeError):
    """No WAN of the wanted kind can be had here, or a setting is wrong; the text says what to do."""


@dataclass(frozen=True)
class Listener:
    """Where a region's broker listens, and which address it must advertise to those who see it this way."""

    name: str
    seen_from: str | None
    """The region whose clients use it; None: the host, the region itself and whoever has no other."""
    bind: tuple[str, int]
    advertised: tuple[str, int]


class Wan:
    """A WAN between `regions` on this machine, with `delay_ms` each way for what crosses regions.

    Start it with `Wan.start`; use it as a context manager or call `stop`. Whatever runs in it ends with it,
    also when this program is killed, unless `keep` was called.
    """

    def __init__(self, kind: Literal["tun", "proxy"], carrier: Carrier, delay_ms: float, note: str) -> None:
        self.kind = kind
        self.note = note
        self.delay_ms = delay_ms
        self._carrier = carrier
        self._plan = carrier.plan

    @classmethod
    def start(cls, regions: Sequence[str], delay_ms: float = DELAY_MS, kind: str | None = None) -> Self:
        """A running WAN; `kind` (default: $MSK_MIRROR_WAN, else "auto") forces "tun" or "proxy".

        Sweeps what killed runs left behind first. With "auto" a machine that refuses namespaces or TUN
        devices gets a proxy, and `note` says why. Raises WanError.
        """
        wanted = kind or os.environ.get(KIND_VARIABLE) or "auto"
        if wanted not in ("auto", "tun", "proxy"):
            raise WanError(f"{KIND_VARIABLE}={wanted}: allowed are auto, tun and proxy")
        if not regions or len(set(regions)) != len(regions):
            raise WanError(
                f"regions {', '.join(regions) or '(none)'}: one or more different names are needed"
            )
        sweep()
        refusal = ""
        if wanted != "proxy":
            try:
                return cls("tun", Carrier(_MODULES["tun"], delay_ms, regions), delay_ms, _NOTES["tun"])
            except CarrierError as error:
                if wanted == "tun":
                    raise WanError(f"no TUN link here ({error}); set {KIND_VARIABLE}=proxy") from error
                refusal = f" (no TUN link here: {error})"
        try:
            carrier = Carrier(_MODULES["proxy"], delay_ms, regions)
        except CarrierError as error:
            raise WanError(f"the delaying proxy does not start: {error}") from error
        return cls("proxy", carrier, delay_ms, _NOTES["proxy"] + refusal)

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions, in the order given."""
        return tuple(self._plan)

    @property
    def run(self) -> str:
        """Id of this run: every process started with `command_prefix` carries it."""
        return self._carrier.run

    @property
    def pid(self) -> int:
        """Process id of the carrier."""
        return self._carrier.pid

    def address(self, region: str) -> str:
        """The address of the region's servers as the host and the region itself see it."""
        return str(self._region(region).get("address", LOOPBACK))

    @property
    def bind_address(self) -> str:
        """The address for a server inside a region to bind to: all of its own namespace, or loopback."""
        return "0.0.0.0" if self.kind == "tun" else LOOPBACK

    def port(self, region: str, preferred: int) -> int:
        """A port for a server in the region: `preferred` in a namespace of its own, else a free one."""
        self._region(region)
        return preferred if self.kind == "tun" else free_port(LOOPBACK)

    def listeners(self, region: str) -> tuple[Listener, ...]:
        """The listeners that the region's broker needs; the first is the one for itself and the host."""
        plan, here = self._region(region), self.address(region)
        port = plan.get("port", BROKER_PORT)
        crossings = [
            Listener(f"CROSSING_{n}", other, (LOOPBACK, ports["bind"]), (LOOPBACK, ports["advertised"]))
            for n, (other, ports) in enumerate(plan.get("crossings", {}).items(), 1)
        ]
        return (Listener("LOCAL", None, (here, port), (here, port)), *crossings)

    def bootstrap(self, region: str, seen_from: str | None = None) -> str:
        """host:port of the region's broker for clients in `seen_from` (None: on the host, no delay)."""
        if seen_from is not None:
            self._region(seen_from)
        listeners = {listener.seen_from: listener for listener in self.listeners(region)}
        host, port = listeners.get(seen_from, listeners[None]).advertised
        return f"{host}:{port}"

    def namespace(self, region: str) -> str:
        """Path of the region's network namespace. Raises WanError where it has none of its own (proxy)."""
        found = self._region(region).get("namespace")
        if found is None:
            raise WanError(f"region {region} has no network namespace: this WAN is a {self.kind}")
        return str(found)

    def command_prefix(self, region: str) -> list[str]:
        """What to put before a command so that it runs in the region and belongs to this run."""
        namespace = self._region(region).get("namespace", enter.HERE)
        return [sys.executable, "-IS", str(Path(enter.__file__)), namespace, self.run, "--"]

    def set_delay(self, delay_ms: float) -> None:
        """Change the delay of every link, one way, from the next packet on."""
        self._carrier.ask({"delay_ms": delay_ms})
        self.delay_ms = delay_ms

    def measure_rtt_ms(self, source: str | None, target: str, samples: int = 5) -> float:
        """Round trip from a region (None: the host) to another, in ms: the smallest of some samples.

        Over TUN it is the time to a refused connection (SYN there, RST back); a proxy would answer for the
        other side, so there it is an echo of one byte.
        """
        measure = self._refused_ms if self.kind == "tun" else self._echoed_ms
        # A thread of its own: entering a namespace is for good.
        with ThreadPoolExecutor(max_workers=1) as thread:
            return min(thread.submit(measure, source, target).result() for _ in range(samples))

    def keep(self) -> str:
        """Leave everything running for good; returns the command that ends it (not `stop`, any more)."""
        self._carrier.keep()
        return f"{Path(sys.executable).name} -m localcloud.wan end"

    def stop(self) -> None:
        """End the WAN and every process of its run; namespaces, links and routes are gone afterwards."""
        self._carrier.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _region(self, region: str) -> dict[str, Any]:
        if region not in self._plan:
            raise WanError(f"region {region}: this WAN has {', '.join(self._plan)}")
        found: dict[str, Any] = self._plan[region]
        return found

    def _refused_ms(self, source: str | None, target: str) -> float:
        address = (self.address(target), _CLOSED_PORT)
        if source is not None:
            enter.enter_namespace(self._region(source)["namespace"])
        with socket.socket() as probe:
            probe.settimeout(10)
            start = time.perf_counter()
            probe.connect_ex(address)
            return (time.perf_counter() - start) * 1000

    def _echoed_ms(self, source: str | None, target: str) -> float:
        plan = self._region(target)
        port = plan["crossings"].get(source, plan)["echo"]
        with socket.create_connection((LOOPBACK, port), timeout=10) as echo:
            start = time.perf_counter()
            echo.sendall(b".")
            echo.recv(1)
            return (time.perf_counter() - start) * 1000
