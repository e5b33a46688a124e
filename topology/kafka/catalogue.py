"""Kafka's own definitions of its properties, generated from the jars (`make catalogue`), and MSK's table."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["Definition", "Definitions", "definitions", "msk_properties", "settable_on_msk", "versions"]

DIRECTORY = Path(__file__).parents[1] / "catalogue"
Definition = dict[str, Any]
"""A property: type, default, importance, valid values in Kafka's words, and the same as `limits`
(localcloud/kafka/validators.py lists the keys)."""
Definitions = dict[str, dict[str, Definition]]
"""Component (broker, worker, producer, ...) -> property -> definition."""


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
    return frozenset(key for key, entry in msk_properties().items() if broker_kind in entry)


@cache
def msk_properties() -> dict[str, Definition]:
    """Broker property -> what MSK adds to Kafka's definition: `standard` and `express` (the page that lets
    that kind of broker set it), `limits` where they are narrower than Kafka's, `metadata` where it needs
    ZooKeeper, `type` where Kafka does not have it."""
    table: dict[str, Definition] = json.loads((DIRECTORY / "msk.json").read_text())["properties"]
    return table


def versions() -> list[str]:
    """Releases in the catalogue, oldest first."""
    found = (path.stem.removeprefix("kafka-") for path in DIRECTORY.glob("kafka-*.json"))
    return sorted(found, key=_key)


def _key(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)
