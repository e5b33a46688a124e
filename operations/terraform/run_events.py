"""What Terraform says about a run in its machine-readable UI, as values.

Source: Terraform documentation, "Machine-Readable UI" (`-json` of plan, apply and destroy). The counts and
the planned changes are in it: no `terraform show -json` is needed, which starts the provider once more
(2.2 s of CPU with AWS's).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["Changes", "Diagnostic", "ResourceChange", "Stream"]

RAW_LINES: Final = 200
NO_CHANGE: Final = frozenset({"noop", "no-op", "read"})


@dataclass(frozen=True)
class ResourceChange:
    """`action`: create, update, replace, delete, move, import or forget."""

    address: str
    action: str


@dataclass(frozen=True)
class Changes:
    """What a plan intends or an apply was to do; a replacement counts as one add and one destroy."""

    add: int = 0
    change: int = 0
    destroy: int = 0
    outputs: int = 0
    resources: tuple[ResourceChange, ...] = ()

    @property
    def total(self) -> int:
        """Changes of resources and outputs: 0 is an empty plan."""
        return self.add + self.change + self.destroy + self.outputs

    def __str__(self) -> str:
        if not self.total:
            return "no changes"
        parts = {"to add": self.add, "to change": self.change, "to destroy": self.destroy}
        counts = [f"{count} {what}" for what, count in parts.items() if count]
        return ", ".join(counts) or f"{self.outputs} outputs to change"


@dataclass(frozen=True)
class Diagnostic:
    """A warning or error of Terraform or a provider."""

    severity: str
    summary: str
    detail: str = ""
    address: str = ""

    def __str__(self) -> str:
        where = f"{self.address}: " if self.address else ""
        return f"{where}{self.summary}" + (f": {self.detail.strip()}" if self.detail.strip() else "")


@dataclass
class Stream:
    """Collects the lines of one run. `done` counts resources that were changed to the end."""

    add: int = 0
    change: int = 0
    destroy: int = 0
    outputs: int = 0
    done: int = 0
    resources: list[ResourceChange] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)

    @property
    def changes(self) -> Changes:
        return Changes(self.add, self.change, self.destroy, self.outputs, tuple(self.resources))

    @property
    def errors(self) -> list[Diagnostic]:
        return [one for one in self.diagnostics if one.severity == "error"]

    def feed(self, line: str) -> str | None:
        """Takes one line in; a text worth showing as progress, if it is one."""
        try:
            event = json.loads(line)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            self.raw = [*self.raw, line.rstrip()][-RAW_LINES:]
            return None
        return self._take(event)

    def _take(self, event: Mapping[str, Any]) -> str | None:
        match event.get("type"):
            case "planned_change" if event["change"]["action"] not in NO_CHANGE:
                change = event["change"]
                self.resources.append(ResourceChange(change["resource"]["addr"], change["action"]))
            case "change_summary" if event["changes"]["operation"] == "plan":
                counts = event["changes"]
                self.add, self.change, self.destroy = counts["add"], counts["change"], counts["remove"]
            case "outputs":
                actions = [one.get("action", "noop") for one in event["outputs"].values()]
                self.outputs = self.outputs or sum(action not in NO_CHANGE for action in actions)
            case "diagnostic":
                self._diagnose(event["diagnostic"])
            case "apply_complete" | "apply_errored" as kind:
                self.done += kind == "apply_complete"
                return str(event["@message"])
            case "apply_start" | "apply_progress":
                return str(event["@message"])
        return None

    def _diagnose(self, found: Mapping[str, Any]) -> None:
        self.diagnostics.append(
            Diagnostic(
                found["severity"], found["summary"], found.get("detail") or "", found.get("address") or ""
            )
        )
