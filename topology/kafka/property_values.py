"""Whether Kafka takes a value for a property, as its ConfigDef decides it (parseType, then the validator).

Kafka reads numbers more widely than people write them (`1f`, `0x1p3`, `NaN`, digits of other scripts): those
are refused here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from topology.kafka.catalogue import Definition

__all__ = ["WrongValue", "items", "number", "trimmed", "wrong_value"]

_BITS = {"short": 16, "int": 32, "long": 64}
_WHOLE = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DURATION = re.compile(r"P(?=.)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?)?", re.IGNORECASE)
"""ISO 8601 as java.time.Duration reads it, without signs: Kafka refuses durations below zero."""


@dataclass(frozen=True)
class WrongValue:
    """Why a value is refused, and which are taken."""

    message: str
    allowed: str


def wrong_value(value: str, definition: Definition) -> WrongValue | None:
    """Why Kafka refuses a value; None where it takes it. Names of classes are not looked at."""
    kind, limits = definition["type"], definition.get("limits", {})
    text = trimmed(value)
    if kind == "boolean":
        return None if text.lower() in ("true", "false") else WrongValue("is not a boolean", "true, false")
    if kind in _BITS or kind == "double":
        parsed = number(text, kind)
        if parsed is None:
            return WrongValue(_not_a_number(kind), _numbers(kind, limits))
        return None if _within(parsed, limits) else WrongValue("is out of range", _numbers(kind, limits))
    if kind == "list":
        return _wrong_list(items(value), limits)
    if kind == "string":
        return _wrong_text(text, limits)
    return None


def trimmed(value: str) -> str:
    """The value without what java.lang.String.trim takes off: U+0020 and all characters before it."""
    return value.strip("".join(map(chr, range(0x21))))


def items(value: str) -> list[str]:
    """The items of a value of type list."""
    text = trimmed(value)
    return re.split(r"\s*,\s*", text, flags=re.ASCII) if text else []


def number(text: str, kind: str) -> float | int | None:
    """A number of the type short, int, long or double; None where the text is none of that type."""
    if kind == "double":
        return float(text) if _DECIMAL.fullmatch(text) else None
    if not _WHOLE.fullmatch(text) or len(text) > len(str(2**64)):
        return None
    parsed = int(text)
    return parsed if -(2 ** (_BITS[kind] - 1)) <= parsed < 2 ** (_BITS[kind] - 1) else None


def _within(parsed: float, limits: Mapping[str, Any]) -> bool:
    low, high = limits.get("min", parsed), limits.get("max", parsed)
    return parsed in limits.get("also", ()) or low <= parsed <= high


def _not_a_number(kind: str) -> str:
    return "is not a number" if kind == "double" else f"is not a whole number of {_BITS[kind]} bits"


def _numbers(kind: str, limits: Mapping[str, Any]) -> str:
    """The range in words."""
    highest = None if kind == "double" else 2 ** (_BITS[kind] - 1) - 1
    low, high = limits.get("min"), limits.get("max", highest)
    if low is None:
        low = None if highest is None else -highest - 1
    span = "any decimal number" if low is None else f"at least {low}" if high is None else f"{low} to {high}"
    return ", ".join([span, *map(str, limits.get("also", ()))])


def _wrong_list(found: list[str], limits: Mapping[str, Any]) -> WrongValue | None:
    names = limits.get("one_of")
    if names and not set(found) <= set(names):
        return WrongValue("has an item that is not known", f"a list of {', '.join(names)}")
    if limits.get("non_empty") and not found:
        return WrongValue("is an empty list", "one item or more")
    if limits.get("patterns") and not all(map(_is_pattern, found)):
        return WrongValue("has an item that is not a regular expression", "a list of regular expressions")
    return None


def _is_pattern(text: str) -> bool:
    """As Python reads it; what Java alone reads (`\\p{Alpha}`) is refused, and no property needs it."""
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _wrong_text(text: str, limits: Mapping[str, Any]) -> WrongValue | None:
    names = limits.get("one_of")
    if names:
        prefix = str(limits.get("durations", ""))
        known = text.upper() in names if limits.get("ignore_case") else text in names
        lasting = bool(prefix) and text.startswith(prefix) and _DURATION.fullmatch(text.removeprefix(prefix))
        if not known and not lasting:
            shown = [name.lower() for name in names] if limits.get("ignore_case") else names
            durations = [f"{prefix}<ISO 8601 duration, such as PT1H>"] if prefix else []
            return WrongValue("has a value that is not known", ", ".join([*shown, *durations]))
    if limits.get("non_empty") and not text:
        return WrongValue("is empty", "any text")
    return None
