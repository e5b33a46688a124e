"""Java properties as text (java.util.Properties, methods load and store), in both directions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

__all__ = ["parse_properties", "render_properties"]

ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f"}
CONTROL = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
LINE = re.compile(r"((?:\\.|[^\\=:\s])*)[ \t\f]*[=:]?[ \t\f]*(.*)", re.DOTALL)


def render_properties(properties: Mapping[str, str]) -> str:
    """One `key=value` a line, in the mapping's order; what is not ASCII becomes \\uXXXX, because Kafka reads
    the file as ISO 8859-1 (org.apache.kafka.common.utils.Utils.loadProps)."""
    return "".join(f"{_key(key)}={_value(value)}\n" for key, value in properties.items())


def parse_properties(text: str) -> dict[str, str]:
    """The properties of a text. Raises ValueError for a \\u that four hexadecimal digits do not follow."""
    properties: dict[str, str] = {}
    for line in _logical_lines(text):
        match = LINE.match(line)
        if match:
            properties[_unescaped(match[1])] = _unescaped(match[2])
    return properties


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


def _logical_lines(text: str) -> Iterator[str]:
    """Lines without comments; one that ends in an odd number of backslashes goes on in the next."""
    begun = ""
    for raw in text.splitlines():
        line = raw.lstrip(" \t\f")
        if not begun and (not line or line[0] in "#!"):
            continue
        line = begun + line
        slashes = len(line) - len(line.rstrip("\\"))
        if slashes % 2:
            begun = line[:-1]
            continue
        begun = ""
        yield line
    if begun:
        yield begun


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        escape = match[1]
        if escape[0] == "u":
            if len(escape) != 5:
                raise ValueError(f"{text!r}: \\u needs four hexadecimal digits")
            return chr(int(escape[1:], 16))
        return CONTROL.get(escape, escape)

    joined = re.sub(r"\\(u[0-9A-Fa-f]{4}|.)", character, text)
    return joined.encode("utf-16", "surrogatepass").decode("utf-16")
