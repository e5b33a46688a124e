"""The latency of replication over a scenario, with its steps: docs/images/migration.svg."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.figure import Figure

from tests.e2e.migration.measures.report import Step

__all__ = ["draw", "in_bins"]

BIN_SECONDS: Final = 0.2
FLOOR_MS: Final = 10.0


def draw(
    path: Path,
    title: str,
    flows: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    steps: Sequence[Step],
) -> None:
    """Writes the picture, in the format that the path's ending says.

    `flows`: name -> (seconds after the begin, milliseconds) of each arrival; shown is the worst of each
    0.2 s, on a logarithmic scale. Steps are bands with numbers, and the numbers have their names below.
    """
    with mpl.rc_context({"svg.hashsalt": "msk-mirror", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(10, 5.2), layout="constrained")
        axes = figure.add_subplot()
        for name, (seconds, latencies) in flows.items():
            axes.plot(*in_bins(seconds, latencies), linewidth=1.1, label=name)
        for number, step in enumerate(steps, 1):
            axes.axvspan(step.at, step.until, alpha=0.10 if number % 2 else 0.18, color="grey", linewidth=0)
            middle = ((step.at + step.until) / 2, 0.985)
            axes.annotate(str(number), middle, xycoords=("data", "axes fraction"), ha="center", va="top")
        axes.set_yscale("log")
        top = max((max(latencies) for _, latencies in flows.values() if latencies), default=FLOOR_MS)
        axes.set_ylim(FLOOR_MS, 3 * top)  # room for the numbers of the steps
        names = [f"{number}  {step.name}" for number, step in enumerate(steps, 1)]
        axes.set_xlabel("\n".join(["seconds", *names]), loc="left", multialignment="left")
        axes.set_ylabel("latency, ms (worst of each 0.2 s)")
        axes.set_title(title)
        axes.grid(visible=True, which="major", alpha=0.3)
        axes.legend(loc="lower right", ncols=2)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def in_bins(seconds: Sequence[float], latencies: Sequence[float]) -> tuple[list[float], list[float]]:
    """The greatest latency of each 0.2 s, at its middle; a bin without an arrival has no point."""
    worst: dict[int, float] = {}
    for at, latency in zip(seconds, latencies, strict=True):
        place = int(at // BIN_SECONDS)
        worst[place] = max(latency, worst.get(place, 0.0))
    places = sorted(worst)
    return [(place + 0.5) * BIN_SECONDS for place in places], [worst[place] for place in places]
