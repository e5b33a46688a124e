"""The order in which objects can be applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any, Final

__all__ = ["applicable_order"]

FIRST: Final = "kubernetes_namespace"


def applicable_order(resources: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Addresses of resources, each after those that it depends on; namespaces before all else, the rest by
    name, so that the order is the same each time."""
    sorter: TopologicalSorter[str] = TopologicalSorter(
        {
            address: [one for one in body.get("depends_on", ()) if one in resources]
            for address, body in resources.items()
        }
    )
    sorter.prepare()
    while sorter.is_active():
        ready = sorter.get_ready()
        yield from sorted(ready, key=lambda address: (not address.startswith(FIRST), address))
        sorter.done(*ready)
