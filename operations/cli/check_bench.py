"""`python -m operations.cli.check_bench`: CPU seconds of a whole process that runs `msk-mirror check`.

The baseline of the same run is a Python that only imports the two libraries that a check cannot do without.
CPU time, because that is what the promise of 0.5 s comes to on a machine with nothing else to do.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

__all__ = ["PROMISED_SECONDS", "compare", "main"]

CHECKOUT: Final = Path(__file__).resolve().parents[2]
REPORT: Final = CHECKOUT / "build" / "reports" / "check.json"
PROMISED_SECONDS: Final = 0.5
"""Of the fastest run (docs/architecture.md)."""
RUNS: Final = 9
BASELINE: Final = ("-c", "import pydantic, yaml")
CHECK: Final = ("-m", "operations", "check", "production")


def compare(runs: int = RUNS) -> dict[str, Any]:
    """CPU seconds of both, one after the other in each turn; a first turn that fills Python's cache does not
    count. Raises subprocess.CalledProcessError when a process fails."""
    turns = [(_cpu_seconds(BASELINE), _cpu_seconds(CHECK)) for _ in range(runs + 1)][1:]
    baseline, ours = (sorted(column) for column in zip(*turns, strict=True))
    return {
        "check_cpu_s_min": round(ours[0], 3),
        "check_cpu_s_median": round(median(ours), 3),
        "baseline_cpu_s_min": round(baseline[0], 3),
        "baseline_cpu_s_median": round(median(baseline), 3),
        "ratio": round(median(ours) / median(baseline), 2),
        "promised_cpu_s": PROMISED_SECONDS,
        "runs": runs,
    }


def main() -> int:
    """Write build/reports/check.json and print it; 1 where the fastest run exceeds what is promised."""
    found = compare()
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{json.dumps(found, indent=1)}\n")
    return int(found["check_cpu_s_min"] > PROMISED_SECONDS)


def _cpu_seconds(arguments: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
