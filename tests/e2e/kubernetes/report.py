"""build/reports/kubernetes.json: what became of the records in each scenario."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

__all__ = ["PROMISED_GAP_MS", "Report", "Row"]

PROMISED_GAP_MS = {"image updated": 5000, "node drained": 5000, "worker SIGKILLed": 9000}
"""Longest pause of a partition that decision 28 promises, by scenario. A figure of a quiet machine: the table
marks a row that exceeds it, and no test fails by it."""


@dataclass(frozen=True)
class Row:
    """A scenario; `gap_ms_max` is the longest time between two arrivals, `seconds` of the whole scenario."""

    name: str
    sent: int
    received: int
    lost: int
    duplicated: int
    gap_ms_max: float
    seconds: float
    figures: dict[str, float] = field(default_factory=dict)
    """What else was measured, in seconds or pieces, by name."""

    @property
    def promised_gap_ms(self) -> int | None:
        """The longest pause that is promised for this scenario; None where none is."""
        return PROMISED_GAP_MS.get(self.name)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"promised_gap_ms": self.promised_gap_ms}


@dataclass
class Report:
    """All rows, objects that the API server accepted, and what a second apply changed."""

    scenarios: list[Row] = field(default_factory=list)
    objects_accepted: int = 0
    second_apply_changes: int | None = None
    start: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "scenarios": [row.as_json() for row in self.scenarios],
            "objects_accepted": self.objects_accepted,
            "second_apply_changes": self.second_apply_changes,
            "start": self.start,
        }

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_json(), indent=1) + "\n", encoding="utf-8")

    def show(self) -> None:
        """A table for people (NO_COLOR is rich's own to respect)."""
        table = Table(title="Kubernetes: records through faults")
        for name in ("scenario", "sent", "received", "lost", "duplicated", "longest gap ms", "promised", "s"):
            table.add_column(name, justify="left" if name == "scenario" else "right")
        for row in self.scenarios:
            table.add_row(
                row.name,
                str(row.sent),
                str(row.received),
                str(row.lost),
                str(row.duplicated),
                f"{row.gap_ms_max:.0f}{_mark(row)}",
                str(row.promised_gap_ms or ""),
                f"{row.seconds:.0f}",
            )
        Console(width=110).print(table)


def _mark(row: Row) -> str:
    exceeded = row.promised_gap_ms is not None and row.gap_ms_max > row.promised_gap_ms
    return " exceeds" if exceeded else ""
