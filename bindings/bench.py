"""`python -m bindings.bench`: what the pruned bindings save, measured on whole processes."""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bindings.imports import CHECKOUT
from bindings.process_tree import CommandFailedError, Measurement, measure

__all__ = ["Comparison", "compare", "main"]

REPORT = CHECKOUT / "build/reports/synth.json"
LEAST_RATIO = 8.0  # stock seconds for one of ours
LEAST_MEMORY_RATIO = 4.0  # stock MiB for one of ours
STOCK = {"MSK_MIRROR_FULL_BINDINGS": "1"}
OURS = {"MSK_MIRROR_FULL_BINDINGS": ""}
OURS_IN_A_TURN = 3
LEFT_OUT = frozenset({"PYTHONDONTWRITEBYTECODE"})  # by default Python compiles a file once, not at each start

console = Console()


@dataclass(frozen=True)
class Comparison:
    """Medians decide. `differing` names the files that are not the same, byte by byte, in every run."""

    stock: tuple[Measurement, ...]
    ours: tuple[Measurement, ...]
    differing: tuple[str, ...]

    @property
    def report(self) -> dict[str, Any]:
        """The content of build/reports/synth.json."""
        stock_s, ours_s = (median(run.seconds for run in runs) for runs in (self.stock, self.ours))
        stock_mib, ours_mib = (median(run.mib for run in runs) for runs in (self.stock, self.ours))
        return {
            "stock_s": round(stock_s, 2),
            "ours_s": round(ours_s, 2),
            "ratio": round(stock_s / ours_s, 2),
            "stock_mib": round(stock_mib),
            "ours_mib": round(ours_mib),
            "memory_ratio": round(stock_mib / ours_mib, 2),
            "identical": not self.differing,
            "runs": len(self.stock),
            "stock_samples_s": [round(run.seconds, 2) for run in self.stock],
            "ours_samples_s": [round(run.seconds, 2) for run in self.ours],
        }

    @property
    def shortcomings(self) -> list[str]:
        """What is less than promised, in sentences; empty when all is well."""
        report, found = self.report, []
        if self.differing:
            found.append(f"the outputs differ in {', '.join(self.differing)}")
        if report["ratio"] < LEAST_RATIO:
            found.append(f"{report['ratio']} times as fast; at least {LEAST_RATIO:g} is promised")
        if report["memory_ratio"] < LEAST_MEMORY_RATIO:
            found.append(
                f"memory shrinks by a factor of {report['memory_ratio']}; {LEAST_MEMORY_RATIO:g} is promised"
            )
        return found


def compare(command: list[str], environment: Mapping[str, str], runs: int) -> Comparison:
    """Synthesizes in whole processes, by turns once as shipped and three times pruned: what else the machine
    does weighs more in a short run. The first turn fills the caches (ours, jsii's and Python's) and does
    not count. The command finds the folder for its output in CDKTF_OUTDIR.

    Raises CommandFailedError when a run fails.
    """
    taken: dict[str, list[Measurement]] = {"stock": [], "ours": []}
    expected: dict[str, bytes] = {}
    differing: set[str] = set()
    for turn in range(runs + 1):
        for name, switch in (("stock", STOCK), *[("ours", OURS)] * OURS_IN_A_TURN):
            with tempfile.TemporaryDirectory(prefix="msk-mirror-synth-") as outdir:
                run = measure(command, {**environment, **switch, "CDKTF_OUTDIR": outdir}, CHECKOUT)
                output = _files(Path(outdir))
            expected = expected or output
            differing.update(
                file for file in expected.keys() | output if expected.get(file) != output.get(file)
            )
            note = "" if turn else "  (warm-up, does not count)"
            console.print(f"{name:>5}  {run.seconds:6.2f} s  {run.mib:6.0f} MiB{note}", highlight=False)
            if turn:
                taken[name].append(run)
    if not expected:
        raise CommandFailedError(f"{shlex.join(command)} wrote nothing to CDKTF_OUTDIR")
    return Comparison(tuple(taken["stock"]), tuple(taken["ours"]), tuple(sorted(differing)))


def main(
    environment: Annotated[str, typer.Option(help="Name or path of the environment file.")] = "production",
    runs: Annotated[int, typer.Option(min=1, help="Turns that count; medians decide.")] = 3,
    command: Annotated[str, typer.Option(help="What synthesizes; default: main.py with this Python.")] = "",
    report: Annotated[Path, typer.Option(help="Where the figures go.")] = REPORT,
) -> None:
    """Synth with the provider packages as shipped against synth with the pruned ones.

    Exit code 1 when the output differs, or is not 8 times as fast in a quarter of the memory; 2 when the
    command fails.
    """
    synth = shlex.split(command) or [sys.executable, "main.py"]
    inherited = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    try:
        comparison = compare(synth, {**inherited, "MSK_MIRROR_ENV": environment}, runs)
    except (CommandFailedError, OSError) as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(2) from error
    figures = comparison.report
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(figures, indent=2) + "\n")
    console.print(_table(figures))
    for sentence in comparison.shortcomings:
        console.print(sentence, style="red", markup=False, soft_wrap=True)
    if comparison.shortcomings:
        raise typer.Exit(1)


def _files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def _table(figures: Mapping[str, Any]) -> Table:
    same = "identical output" if figures["identical"] else "DIFFERENT OUTPUT"
    table = Table(title=f"synth, {figures['runs']} turns: {same}")
    for heading in ("", "as shipped", "pruned", "factor"):
        table.add_column(heading, justify="right")
    table.add_row("seconds", str(figures["stock_s"]), str(figures["ours_s"]), str(figures["ratio"]))
    table.add_row("MiB", str(figures["stock_mib"]), str(figures["ours_mib"]), str(figures["memory_ratio"]))
    return table


if __name__ == "__main__":
    typer.run(main)
