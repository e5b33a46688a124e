"""The counts of a long run, at its end."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.census import CENSUS, report
from tests.fuzz.profile import LONG, SEED

REPORT = Path(__file__).resolve().parents[2] / "build" / "reports" / "fuzz.json"
STARTED = time.monotonic()
OF_ALL_PROCESSES: Counter[str] = Counter()


def pytest_report_header() -> str | None:
    return f"fuzzing with seed {SEED}" if LONG else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of pytest -n tells its counts."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["fuzz"] = dict(CENSUS)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    OF_ALL_PROCESSES.update(getattr(node, "workeroutput", {}).get("fuzz", {}))


def pytest_terminal_summary() -> None:
    if LONG:
        report(CENSUS + OF_ALL_PROCESSES, SEED, time.monotonic() - STARTED, REPORT)
