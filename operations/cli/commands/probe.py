"""`msk-mirror probe`: how replication goes, to CloudWatch and Prometheus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from operations.cli.commands import BAD_INPUT, OK, fail
from operations.connect.connectors import InvalidConnectors
from operations.probe.probe import run_probe
from topology.observability.metrics import Publisher

__all__ = ["run"]


def run(  # noqa: PLR0913 - what the command line says, by name
    urls: Sequence[str],
    directory: Path,
    publisher: Publisher,
    region: str,
    *,
    interval: float,
    once: bool,
    metrics_port: int | None,
    credentials: Path | None,
) -> int:
    """Samples until SIGTERM, or once."""
    try:
        run_probe(
            urls,
            directory,
            publisher,
            region,
            interval_seconds=interval,
            once=once,
            metrics_port=metrics_port,
            credentials=credentials,
        )
    except (InvalidConnectors, ValueError, OSError) as error:
        return fail(BAD_INPUT, error)
    return OK
