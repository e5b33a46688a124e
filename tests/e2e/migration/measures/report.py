"""build/reports/migration.json: a row for each scenario, and the latency over one of them as a picture."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.e2e.migration.measures.count import Figures

__all__ = ["Report", "Row", "Step"]


@dataclass(frozen=True)
class Step:
    """A step of a scenario; `at` and `until` in seconds after the traffic's begin."""

    name: str
    at: float
    until: float


@dataclass(frozen=True)
class Row:
    """A scenario. `seconds`: from the first record to the last arrival; `pause_ms_p99`: see count.py; latency
    in milliseconds over all first arrivals; `sender_pause_ms`: the longest time for which a producer
    itself sent nothing, so that nothing could arrive; `notes`: what this scenario has to count besides."""

    scenario: str
    figures: Figures
    pause_ms_p99: float
    seconds: float
    latency_ms: dict[str, float]
    sender_pause_ms: float
    steps: Sequence[Step] = ()
    notes: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            **asdict(self.figures),
            "pause_ms_p99": round(self.pause_ms_p99, 1),
            "seconds": round(self.seconds, 1),
            "latency_ms": {name: round(figure, 1) for name, figure in self.latency_ms.items()},
            "sender_pause_ms": round(self.sender_pause_ms, 1),
            **self.notes,
            "steps": [asdict(step) for step in self.steps],
        }


@dataclass
class Report:
    """All rows, in the order in which they were made."""

    rows: list[Row] = field(default_factory=list)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"scenarios": [row.as_json() for row in self.rows]}
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    def show(self) -> None:
        """A table for people (NO_COLOR is rich's own to respect)."""
        table = Table(title="Migration: numbered records both ways")
        counts = ("sent", "lost", "twice", "reordered", "altered", "aborted")
        columns = ("scenario", *counts, "pause p99 ms", "s", "besides")
        for name in columns:
            table.add_column(name, justify="left" if name in {"scenario", "besides"} else "right")
        for row in self.rows:
            one = row.figures
            found = (one.sent, one.lost, one.duplicated, one.reordered, one.altered, one.aborted)
            times = (f"{row.pause_ms_p99:.0f}", f"{row.seconds:.0f}")
            besides = ", ".join(f"{name} {number}" for name, number in row.notes.items())
            table.add_row(row.scenario, *map(str, found), *times, besides)
        Console(width=160).print(table)
