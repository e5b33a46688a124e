"""Two brokers once for the session, and the report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.migration.measures.report import Report
from tests.e2e.migration.stage import Stage, staged

REPORTS = Path(__file__).resolve().parents[3] / "build" / "reports"


@pytest.fixture(scope="session")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Running brokers; each test begins its own workers."""
    with staged(tmp_path_factory.mktemp("migration")) as stage:
        yield stage


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    """Written after each row, so that an interrupted run has one too; shown at the end."""
    made = Report()
    yield made
    made.show()
