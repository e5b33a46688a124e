"""Two brokers and one worker of ours once for the session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.source_offsets.stage import Stage, staged


@pytest.fixture(scope="session")
def two_runtimes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Running brokers and a worker without connectors."""
    with staged(tmp_path_factory.mktemp("source_offsets")) as running:
        running.start_worker()
        yield running
