"""Extra properties drawn from Kafka's own definitions: valid, on a boundary, off it, of another type."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from topology.kafka.catalogue import Definition, definitions, settable_on_msk
from topology.kafka.guarded_properties import classes_of, reserved
from topology.rules.kafka.values import broker_definition
from topology.rules.replication.properties import CLIENT_PREFIXES, REMOVED, Extra, decided_by

__all__ = ["COMPONENTS", "VERSION", "property_sets"]

VERSION = "4.1.x.kraft"
"""Of brokers: the one that the jars can judge."""
COMPONENTS = {
    "worker": "mirrormaker/worker_properties",
    "source_connector": "mirrormaker/connector_properties/source",
    "checkpoint_connector": "mirrormaker/connector_properties/checkpoint",
    "heartbeat_connector": "mirrormaker/connector_properties/heartbeat",
    "broker": "kafka/server_properties",
}
"""Component -> where an environment file has its extra properties."""
TOGETHER = re.compile(
    r"(producer|consumer|admin)\..*(retries|in\.flight\.requests\.per\.connection|linger\.ms"
    r"|(delivery|request|api|session)\.timeout\.ms|heartbeat\.interval\.ms)$"
)
"""Keys that Kafka judges together with others."""
HIGHEST = {"short": 2**15 - 1, "int": 2**31 - 1, "long": 2**63 - 1}


def settable(component: str) -> dict[str, Definition]:
    """Keys that the other rules leave to a file, and Kafka's definitions of them."""
    catalogue = definitions("4.1")
    if component == "broker":
        known = {key: broker_definition(VERSION, key) for key in settable_on_msk("standard")}
    else:
        known = dict(catalogue[component])
        for prefix, client in CLIENT_PREFIXES[component]:
            known |= {prefix + key: definition for key, definition in catalogue[client].items()}
    return {
        key: definition
        for key, definition in sorted(known.items())
        if definition and not _left_out(component, key, definition)
    }


def _left_out(component: str, key: str, definition: Definition) -> bool:
    guarded = reserved(key) or classes_of(key, definition) or key in REMOVED
    return bool(guarded) or decided_by(Extra((), component, key, "")) is not None


def values(definition: Definition) -> st.SearchStrategy[str]:
    """Values around what the definition allows."""
    kind, limits = definition["type"], definition.get("limits", {})
    odd = ["", " ", "ten", "true", "-1", "0", "1.5", str(definition.get("default") or "")]
    if kind == "boolean":
        return st.sampled_from(["true", "false", "TRUE", " False ", "yes", *odd])
    if kind in HIGHEST or kind == "double":
        edges = [limits[end] for end in ("min", "max") if end in limits]
        highest = HIGHEST.get(kind, 10)
        near = [edge + step for edge in (*edges, *limits.get("also", ())) for step in (-1, 0, 1)]
        numbers = [*near, 0, 1, 5, 6, highest, highest + 1, -highest - 2]
        return st.sampled_from([*map(str, numbers), *odd]) | st.integers(0, 100_000).map(str)
    names = [str(name) for name in limits.get("one_of", ())]
    if not names:
        return st.sampled_from([*odd, "a", "a,b", "(", "[a-z]+", "é"])
    cased = [*names, *(name.lower() for name in names), *(f" {name.title()} " for name in names)]
    joined = [",".join(names), f"{names[0]} , {names[-1]}", f"{names[0]},", "lzma"]
    durations = [limits.get("durations", "") + length for length in ("P1D", "PT1H", "-PT1H", "1h")]
    return st.sampled_from([*cased, *joined, *durations, *odd])


@st.composite
def property_sets(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """A component and one to four of its properties."""
    component = draw(st.sampled_from(sorted(COMPONENTS)))
    known = settable(component)
    coupled = [key for key in known if TOGETHER.search(key)]
    several = st.lists(st.sampled_from(coupled), min_size=1, max_size=4, unique=True) if coupled else None
    single = st.lists(st.sampled_from(list(known)), min_size=1, max_size=2, unique=True)
    keys = draw(single if several is None else single | single | several)
    return component, {key: draw(values(known[key])) for key in keys}


def changes(component: str, properties: dict[str, str]) -> dict[str, Any]:
    """The same as a change of a test's environment."""
    return {"kafka/version": VERSION, COMPONENTS[component]: properties}
