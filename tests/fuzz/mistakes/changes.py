"""Changes of an environment's data: values and keys that are others, elsewhere, missing, or too many."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.generation.fields import places, values_of_field
from tests.fuzz.mistakes.oddities import KEYS, TEXTS, VALUES
from topology.model import Environment

__all__ = ["CHANGES", "Change", "everything"]

Holder = Any
"""The mapping or list that has the value."""
Change = Callable[[st.DrawFn, Any, Holder, Any], None]
"""Changes the data in place, at or near a step of a holder."""


def everything(data: Any) -> Iterator[tuple[Holder, Any]]:
    """Every value, by what holds it and where."""
    steps = data.keys() if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for step in steps:
        yield data, step
        yield from everything(data[step])


def replace(draw: st.DrawFn, _data: Any, holder: Holder, step: Any) -> None:
    holder[step] = copy.deepcopy(draw(VALUES))


def redraw(draw: st.DrawFn, data: Any, _holder: Holder, _step: Any) -> None:
    """Another value of a field's type, which goes with the rest of the file or does not. Nothing where the
    data is no environment any more."""
    try:
        place = draw(st.sampled_from(list(places(Environment, data))))
    except (AttributeError, TypeError):
        return
    place.holder[place.name] = draw(values_of_field(place.model, place.name))


def exchange(draw: st.DrawFn, data: Any, holder: Holder, step: Any) -> None:
    """What the same key has elsewhere in the file: one region's network in another one."""
    same = [there for there, key in everything(data) if key == step and there is not holder]
    if same and isinstance(step, str):
        holder[step] = copy.deepcopy(draw(st.sampled_from(same))[step])


def take_out(_draw: st.DrawFn, _data: Any, holder: Holder, step: Any) -> None:
    del holder[step]


def move(draw: st.DrawFn, data: Any, holder: Holder, step: Any) -> None:
    """Any other value of the file: a region where an alias was."""
    other, there = draw(st.sampled_from(list(everything(data))))
    holder[step] = copy.deepcopy(other[there])


def move_key(draw: st.DrawFn, data: Any, holder: Holder, step: Any) -> None:
    keys = [key for other, key in everything(data) if isinstance(other, dict)]
    _rename(holder, step, draw(st.sampled_from(keys)))


def misspell(draw: st.DrawFn, _data: Any, holder: Holder, step: Any) -> None:
    name = str(step)
    at = draw(st.integers(0, max(0, len(name) - 1)))
    shorter, swapped = name[:at] + name[at + 1 :], name[:at] + name[at : at + 2][::-1] + name[at + 2 :]
    wrong = [shorter, swapped, name.upper(), f"{name}s", "", f" {name}", f"{name}\n", "é", 1, None, True]
    _rename(holder, step, draw(st.sampled_from(wrong)))


def repeat(draw: st.DrawFn, _data: Any, holder: Holder, step: Any) -> None:
    within = holder if isinstance(holder, list) else holder[step]
    if isinstance(within, list) and within:
        again = draw(st.sampled_from(within))
        within += [copy.deepcopy(again) for _ in range(draw(st.sampled_from([1, 2, 60])))]


def add(draw: st.DrawFn, _data: Any, holder: Holder, step: Any) -> None:
    within = holder[step] if isinstance(holder[step], dict | list) else holder
    value = copy.deepcopy(draw(VALUES))
    if isinstance(within, dict):
        within[draw(st.sampled_from(KEYS))] = value
    else:
        within.append(value)


def stretch(draw: st.DrawFn, _data: Any, holder: Holder, step: Any) -> None:
    """Longer text, larger and smaller numbers, values within values."""
    value = holder[step]
    if isinstance(value, str):
        at = draw(st.integers(0, len(value)))
        more = draw(st.sampled_from([*TEXTS, value[-1:] * 50, value[-1:] * 5000]))
        holder[step] = value[:at] + more + value[at:]
    elif isinstance(value, int) and not isinstance(value, bool):
        others = [value + 1, value - 1, -value, value * 1000, 10**30, str(value), float(value)]
        holder[step] = draw(st.sampled_from(others))
    else:
        for _ in range(draw(st.sampled_from([1, 2, 40]))):
            holder[step] = [holder[step]]


def _rename(holder: Holder, step: Any, name: Any) -> None:
    """In its place, so that the order of the file stays."""
    if isinstance(holder, dict):
        renamed = {name if key == step else key: value for key, value in holder.items()}
        holder.clear()
        holder.update(renamed)


SMALL: tuple[Change, ...] = (exchange, replace, take_out, move, move_key, misspell, repeat, add, stretch)
CHANGES: tuple[Change, ...] = (redraw, redraw, redraw, *SMALL)
"""The first more often: what is well written and does not fit is what rules are for."""
