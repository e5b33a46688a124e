"""build/reports/iam.json: what was taken away, what was tried, and what became of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

__all__ = ["Attempted", "Removal", "Report"]


@dataclass(frozen=True)
class Removal:
    """An action that was taken away; `failed`: the function that failed then, None where nothing did.

    `shown_by`: "broker" where Kafka denied a request for it, "required action" where Kafka's own rules would
    have let it pass and AWS's table does not (localcloud/kafka/acls.py).
    """

    role: str
    sid: str
    action: str
    failed: str | None
    shown_by: str
    denied: str
    seconds: float


@dataclass(frozen=True)
class Attempted:
    """Something that a role must not do; `denied` is the broker's word for it."""

    role: str
    what: str
    denied: str | None


@dataclass
class Report:
    """All of it."""

    actions: int = 0
    removals: list[Removal] = field(default_factory=list)
    forbidden: list[Attempted] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "actions": self.actions,
            "proven_needed": sum(one.failed is not None for one in self.removals),
            "unneeded": sum(one.failed is None for one in self.removals),
            "forbidden_tried": len(self.forbidden),
            "forbidden_denied": sum(one.denied is not None for one in self.forbidden),
            "removals": [asdict(one) for one in self.removals],
            "forbidden": [asdict(one) for one in self.forbidden],
        }

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_json(), indent=1) + "\n", encoding="utf-8")

    def show(self) -> None:
        """Tables for people (NO_COLOR is rich's own to respect)."""
        console = Console(width=110)
        if self.removals:
            table = Table("role", "statement", "action taken away", "function that failed", "shown by")
            for one in self.removals:
                table.add_row(one.role, one.sid, one.action, one.failed or "NONE", one.shown_by)
            console.print(table)
        table = Table("role", "must not", "broker says")
        for tried in self.forbidden:
            table.add_row(tried.role, tried.what, tried.denied or "ALLOWED")
        console.print(table)
        totals = {key: value for key, value in self.as_json().items() if isinstance(value, int)}
        console.print(", ".join(f"{name} {count}" for name, count in totals.items()))
