"""Java properties as text (java.util.Properties, methods load and store), in both directions."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["parse_properties", "render_properties"]

ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f"}


def render_properties(properties: Mapping[str, str]) -> str:
    """One `key=value` a line, in the mapping's order, for people to read: without the escapes in values that
    java.util.Properties.store writes and load does not need (`http\\://`). What is not ASCII becomes
    \\uXXXX, because Kafka reads the file as ISO 8859-1 (org.apache.kafka.common.utils.Utils.loadProps)."""
    return "".join(f"{_key(key)}={_value(value)}\n" for key, value in properties.items())


def parse_properties(text: str) -> dict[str, str]:
    """The properties of a text.

    Raises ValueError for a bad escape, and for a key that is set more than once, of which Java
    silently uses the last value.
    """
    import javaproperties  # noqa: PLC0415 - brings XML and HTTP, which rendering does without

    found: dict[str, str] = {}
    for entry in javaproperties.parse(text):
        if isinstance(entry, javaproperties.KeyValue):
            if entry.key in found:
                raise ValueError(f"{entry.key} is set more than once; set each property once")
            found[entry.key] = entry.value
    return found


def _key(key: str) -> str:
    return re.sub(r"([ =:#!])", r"\\\1", _escaped(key))


def _value(value: str) -> str:
    escaped = _escaped(value)
    return f"\\{escaped}" if escaped.startswith(" ") else escaped


def _escaped(text: str) -> str:
    return "".join(ESCAPES.get(c, c if " " <= c <= "~" else _utf16(c)) for c in text)


def _utf16(character: str) -> str:
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
