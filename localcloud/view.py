"""What a person sees of a demo: steps as they are done, what goes on now, and a table at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from operations.terraform.deploy import StackEvent
from operations.verification.verify import FlowProgress, FlowResult

__all__ = ["DemoView"]

SHOWN_STACKS = 4
LOG_WIDTH = 120


class DemoView:
    """Lines for what is done; on a terminal, beneath them, what goes on. Without one (CI) lines alone.

    NO_COLOR is respected (by rich).
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        if not self.console.is_terminal:
            self.console.width = LOG_WIDTH
        self._start = time.monotonic()
        self._lock = Lock()
        self._running: dict[str, str] = {}
        self._flows: Sequence[FlowProgress] = ()
        self._title = ""
        self._live: Live | None = None

    @contextmanager
    def phase(self, title: str) -> Iterator[None]:
        """A part of the demo, with what goes on in it shown until it ends."""
        self._title, self._running, self._flows = title, {}, ()
        begin = time.monotonic()
        self.console.print(f"[bold]{title}[/bold]")
        if self.console.is_terminal:
            with Live(self._now(), console=self.console, refresh_per_second=4, transient=True) as self._live:
                yield
            self._live = None
        else:
            yield
        self.step(f"{title.lower()} took {time.monotonic() - begin:.1f} s", mark="·")

    def step(self, text: str, mark: str = "✓") -> None:
        """Something that is done."""
        seconds = time.monotonic() - self._start
        self.console.print(Text(f"  {mark} {seconds:6.1f} s  {text}"), soft_wrap=True)

    def stack(self, event: StackEvent) -> None:
        """Progress of a deployment; called from several threads."""
        with self._lock:
            if event.kind in ("done", "failed"):
                self._running.pop(event.stack, None)
            else:
                self._running[event.stack] = event.message
        if event.kind == "done":
            self.step(f"{event.stack}: {event.message}")
        elif event.kind == "failed":
            self.step(f"{event.stack}: failed", mark="✗")
        self._refresh()

    def flows(self, progress: Sequence[FlowProgress]) -> None:
        """Counts of the records so far."""
        self._flows = progress
        self._refresh()

    def results(self, results: Sequence[FlowResult]) -> None:
        """The table at the end."""
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        table.add_column("flow", no_wrap=True)
        for column in ("sent", "received", "lost", "twice", "loops", "p50 ms", "p95 ms", "p99 ms"):
            table.add_column(column, justify="right")
        for one in results:
            latency = one.latency_ms
            figures = [f"{x:.0f}" for x in (latency.p50, latency.p95, latency.p99)] if latency else ["-"] * 3
            counts = map(str, (one.sent, one.received, one.lost, one.duplicated, one.loops))
            table.add_row(f"{one.source} -> {one.target}", *counts, *figures)
        self.console.print(table)

    def _refresh(self) -> None:
        if self._live is not None:
            self._live.update(self._now())

    def _now(self) -> RenderableType:
        with self._lock:
            running = list(self._running.items())[:SHOWN_STACKS]
        parts: list[RenderableType] = [Spinner("dots", Text(self._title))]
        parts += [Text(f"    {stack}  {message}"[: self.console.width - 1]) for stack, message in running]
        for flow in self._flows:
            p95 = f"p95 {flow.recent_p95_ms:.0f} ms" if flow.recent_p95_ms is not None else ""
            parts.append(
                Text(
                    f"    {flow.source} -> {flow.target}  sent {flow.sent}/{flow.total}"
                    f"  received {flow.received}  twice {flow.duplicated}  {p95}"
                )
            )
        return Group(*parts)
