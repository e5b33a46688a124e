"""Names of the values that each chart reads, by version."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["ANY", "KnownValues", "UnreadValue", "known_values", "unread_values"]

KnownValues = dict[str, Any]
"""Name -> `ANY`, `"value"`, or the names below it."""
ANY = "any"
"""In place of names: the chart takes whatever is below this one."""
CATALOGUE = Path(__file__).parents[1] / "catalogue" / "charts.json"


class UnreadValue(NamedTuple):
    """A name that the chart does not read, and the names it reads there that look like it."""

    path: tuple[str, ...]
    similar: tuple[str, ...]


@cache
def known_values(chart: str, version: str) -> KnownValues | None:
    """What a version of a chart reads; None where that version is not in the catalogue."""
    charts: dict[str, dict[str, KnownValues]] = json.loads(CATALOGUE.read_text(encoding="utf-8"))["charts"]
    return charts[chart].get(version)


def unread_values(values: Mapping[Any, Any], known: KnownValues) -> Iterator[UnreadValue]:
    """The names in `values` that are not in `known`, at any depth."""
    for name, value in values.items():
        below = known.get(name)
        if below is None:
            yield UnreadValue((name,), tuple(get_close_matches(str(name), known, n=3)))
        elif below != ANY and isinstance(value, Mapping):
            nested: KnownValues = below if isinstance(below, dict) else {}
            for unread in unread_values(value, nested):
                yield UnreadValue((name, *unread.path), unread.similar)
