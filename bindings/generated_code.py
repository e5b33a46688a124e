"""Two costs of the code that jsii generates for Python, a sixth of the time of a synth together."""

from __future__ import annotations

import gc
import typing
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["lighten"]

STUB = "_typecheckingstub__"  # how the generated functions begin that only carry annotations
COLLECT_AFTER = 100_000  # new objects; Python's default of 700 examines a module dozens of times as it loads


def lighten() -> None:
    """From now on in this process: garbage collection starts after more new objects, because what a generated
    module makes stays to the end; and a constructor resolves its type hints once, not at each call. Types are
    checked as before.
    """
    gc.set_threshold(COLLECT_AFTER)
    typing.get_type_hints = _remembering(typing.get_type_hints)


def _remembering(get_type_hints: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The same answers; those for the stubs of generated code, whose annotations never change, are kept.
    Code that newer versions of jsii generate does it itself (jsii._type_checking.cached_type_hints, 1.142).
    """
    known: dict[Any, Mapping[str, Any]] = {}

    def with_memory(obj: Any, *arguments: Any, **options: Any) -> dict[str, Any]:
        if arguments or options or not getattr(obj, "__name__", "").startswith(STUB):
            return get_type_hints(obj, *arguments, **options)
        if obj not in known:
            known[obj] = get_type_hints(obj)
        return dict(known[obj])

    return with_memory
