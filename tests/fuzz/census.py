"""What the fuzzing has seen, as a table and as a file; counts of several pytest processes are added up."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

__all__ = ["CENSUS", "report"]

CENSUS: Counter[str] = Counter()
"""Kind of example -> how many, of this process."""

KINDS = {
    "valid": "generated, valid",
    "refused by a rule": "generated, refused by a rule",
    "mutated, refused": "mutated, refused with a place",
    "mutated, valid": "mutated, still valid",
    "synthesized": "synthesized whole, twice",
    "tracebacks": "tracebacks",
}
EXAMPLES = ("valid", "refused by a rule", "mutated, refused", "mutated, valid", "synthesized")


def report(counts: Counter[str], seed: int, seconds: float, path: Path) -> None:
    """Prints the table and writes the same as JSON."""
    total = sum(counts[kind] for kind in EXAMPLES)
    table = Table(title=f"environment files, seed {seed}", title_justify="left")
    table.add_column("examples")
    table.add_column("count", justify="right")
    for kind, name in KINDS.items():
        table.add_row(name, str(counts[kind]))
    table.add_section()
    table.add_row(f"all, in {seconds:.0f} s", str(total))
    Console().print(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "seed": seed,
        "seconds": round(seconds),
        "examples": total,
        **{kind: counts[kind] for kind in KINDS},
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
