"""What AWS's own service models say of a request: required members, types, enums, lengths, ranges, patterns.

botocore carries the models. Its validator looks at required members, types and lower bounds; upper bounds,
enums and patterns are looked at here.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final

import regex
from botocore.model import Shape
from botocore.validate import ParamValidator

WRONG_IN_THE_MODEL: Final[Mapping[tuple[str, str], str]] = {}
"""(service, shape) -> why its pattern and enum are not looked at."""

_SHOWN = 60
_SURROGATES, _BEYOND_16_BITS = r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"


def faults(service: str, shape: Shape, members: Mapping[str, Any]) -> list[str]:
    """One sentence for each constraint of the operation's input that `members` break; none: AWS takes it."""
    report = ParamValidator().validate(members, shape).generate_report()
    return [*filter(None, report.split("\n")), *_broken(service, shape, members, "")]


def _broken(service: str, shape: Shape, value: Any, name: str) -> Iterator[str]:
    """What botocore's own validator leaves out, below `value`."""
    if value is None:
        return
    match shape.type_name:
        case "structure" if isinstance(value, Mapping) and not shape.is_document_type:
            for member, inner in value.items():
                if member in shape.members:
                    yield from _broken(service, shape.members[member], inner, f"{name}.{member}".strip("."))
        case "list" if isinstance(value, list):
            yield from _too_much(shape, len(value), "length", name)
            for position, inner in enumerate(value, 1):
                yield from _broken(service, shape.member, inner, f"{name}.{position}")
        case "map" if isinstance(value, Mapping):
            yield from _too_much(shape, len(value), "length", name)
            for key, inner in value.items():
                yield from _broken(service, shape.key, key, f"{name} (key)")
                yield from _broken(service, shape.value, inner, f"{name}.{key}")
        case "string" if isinstance(value, str):
            yield from _too_much(shape, len(value), "length", name)
            yield from _wrong_text(service, shape, value, name)
        case "integer" | "long" | "float" | "double" if isinstance(value, int | float):
            yield from _too_much(shape, value, "value", name)


def _too_much(shape: Shape, found: float, what: str, name: str) -> Iterator[str]:
    most = shape.metadata.get("max")
    if most is not None and found > most:
        constraint = f"Member must have {what} less than or equal to {most}"
        yield f"Value at '{name}' failed to satisfy constraint: {constraint}"


def _wrong_text(service: str, shape: Shape, value: str, name: str) -> Iterator[str]:
    if (service, shape.name) in WRONG_IN_THE_MODEL:
        return
    shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}..."
    start = f"Value '{shown}' at '{name}' failed to satisfy constraint: Member must satisfy"
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield f"{start} enum value set: [{', '.join(allowed)}]"
    pattern = shape.metadata.get("pattern")
    if pattern and not matcher(pattern)(value):
        yield f"{start} regular expression pattern: {pattern}"


@cache
def matcher(pattern: str) -> Callable[[str], Any]:
    """`regex` reads Java's expressions (`\\p{L}`), but for characters that Java writes as two surrogates."""
    return regex.compile(pattern.replace(_SURROGATES, _BEYOND_16_BITS)).fullmatch  # type: ignore[no-any-return]
