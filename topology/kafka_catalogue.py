"""Kafka's own definitions of its properties, generated from the jars (`make catalogue`)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

__all__ = ["Definitions", "definitions", "settable_on_msk", "versions"]

DIRECTORY = Path(__file__).parent / "catalogue"
Definitions = dict[str, dict[str, dict[str, str]]]
"""Component (broker, worker, producer, ...) -> property -> type, default, valid values, importance."""


@cache
def definitions(line: str) -> Definitions:
    """Definitions of the release line `line` ("4.1"); of the nearest one below or above where that line is
    not in the catalogue."""
    known = versions()
    wanted = _key(line)
    at_most = [version for version in known if _key(version) <= wanted]
    version = at_most[-1] if at_most else known[0]
    loaded: Definitions = json.loads((DIRECTORY / f"kafka-{version}.json").read_text())["definitions"]
    return loaded


@cache
def settable_on_msk(broker_kind: str) -> frozenset[str]:
    """Broker properties that MSK lets a custom configuration of a `standard` or `express` cluster set; it
    refuses all others of Kafka's."""
    return frozenset(json.loads((DIRECTORY / "msk.json").read_text())[broker_kind])


def versions() -> list[str]:
    """Releases in the catalogue, oldest first."""
    found = (path.stem.removeprefix("kafka-") for path in DIRECTORY.glob("kafka-*.json"))
    return sorted(found, key=_key)


def _key(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)
