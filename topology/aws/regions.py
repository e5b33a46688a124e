"""The regions of each partition that have every service of the platform."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

__all__ = ["REGIONS_FILE", "list_date", "regions_of"]

REGIONS_FILE = Path(__file__).parents[1] / "catalogue" / "regions.json"
"""Out of botocore's tables (`make catalogue`); a test holds it to the botocore in use."""


def regions_of(partition: str) -> frozenset[str]:
    """Ids of the partition's regions; none for a partition that is not known."""
    return frozenset(_content()["regions"].get(partition, ()))


def list_date() -> str:
    """The day on which the list was made, YYYY-MM-DD."""
    return str(_content()["date"])


@cache
def _content() -> dict[str, dict[str, list[str]]]:
    content: dict[str, dict[str, list[str]]] = json.loads(REGIONS_FILE.read_text(encoding="utf-8"))
    return content
