"""The options of an environment, read from the models: which there are, and values that a field takes.

What the models say is not said again here, so that a new option is generated as soon as it exists.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from ipaddress import IPv4Network
from typing import Annotated, Any, Literal, NamedTuple, Union

from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tests.fuzz.generation.values import OFTEN, PER_FIELD, texts

__all__ = ["ABSENT", "Place", "field_paths", "options", "places", "set_paths", "values_of_field"]

ABSENT: Any = object()
"""As a value that is given to `options`: the key is left out."""

Model = type[BaseModel]
Given = Mapping[str, Any]

NETWORKS = st.builds(
    lambda number, bits: str(IPv4Network((number << 12, bits), strict=False)),
    st.integers(0, 2**20 - 1),
    st.integers(8, 28),
)
UNBOUNDED = 10_000
"""How far numbers without an upper bound go up from their lower one."""
SIMPLE: dict[type, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    str: texts(),
    IPv4Network: NETWORKS,
    type(None): st.none(),
}


class Place(NamedTuple):
    """A field in a document: the mapping that has or could have it."""

    holder: Any
    model: Model
    name: str
    path: str


def field_paths(model: Model, prefix: str = "") -> Iterator[str]:
    """Dotted path of every field below `model`; `*` stands for a key, `[]` for a position."""
    for name, field in model.model_fields.items():
        inner, step = _model_within(field.annotation)
        yield prefix + name
        if inner:
            yield from field_paths(inner, f"{prefix}{name}{step}.")


def places(model: Model, data: Given, prefix: str = "") -> Iterator[Place]:
    """Where `data` could have a value for each field, set or not, as far as the models know its mappings."""
    for name, field in model.model_fields.items():
        yield Place(data, model, name, prefix + name)
        inner, step = _model_within(field.annotation)
        if inner is None or data.get(name) is None:
            continue
        within = data[name]
        parts = within.values() if step == ".*" else within if step == "[]" else [within]
        for part in parts:
            yield from places(inner, part, f"{prefix}{name}{step}.")


def set_paths(model: Model, data: Given) -> set[str]:
    """Paths of those fields that `data` sets, as `field_paths` has them."""
    return {place.path for place in places(model, data) if place.name in place.holder}


@st.composite
def options(draw: st.DrawFn, model: Model, given: Given | None = None) -> dict[str, Any]:
    """A mapping for `model`: what is `given` stays, of the rest what is required and some of the others."""
    values = dict(given or {})
    for name, field in model.model_fields.items():
        if name not in values and (field.is_required() or draw(OFTEN)):
            values[name] = draw(values_of_field(model, name))
    return {name: value for name, value in values.items() if value is not ABSENT}


@cache
def values_of_field(model: Model, name: str) -> st.SearchStrategy[Any]:
    """What the field's type allows; values.py knows better for some."""
    field = model.model_fields[name]
    known = PER_FIELD.get((model.__name__, name))
    return _values(field.annotation, field.metadata) if known is None else known


def _values(annotation: Any, metadata: typing.Sequence[Any] = ()) -> st.SearchStrategy[Any]:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Annotated:
        return _values(arguments[0], [*metadata, *_flattened(arguments[1:])])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_values(argument) for argument in arguments))
    if origin is dict:
        return st.dictionaries(*(_values(argument) for argument in arguments), max_size=3)
    if origin is tuple:
        return st.lists(_values(arguments[0]), max_size=3)
    if inspect.isclass(annotation):
        return _values_of_class(annotation, metadata)
    raise TypeError(f"no values are known for {annotation}: teach {__name__}, or add to PER_FIELD")


def _values_of_class(kind: type, metadata: typing.Sequence[Any]) -> st.SearchStrategy[Any]:
    if issubclass(kind, BaseModel):
        return options(kind)
    if kind is int:
        return _numbers(metadata)
    if kind is str and _constraint(metadata, "pattern"):
        return _patterned(metadata)
    if kind in SIMPLE:
        return SIMPLE[kind]
    raise TypeError(f"no values are known for {kind}: teach {__name__}, or add to PER_FIELD")


def _patterned(metadata: typing.Sequence[Any]) -> st.SearchStrategy[str]:
    """Rust's expressions, of which only those that mean the same to Python are in the models."""
    pattern = _constraint(metadata, "pattern")
    shortest, longest = (
        _constraint(metadata, name) or end for name, end in (("min_length", 0), ("max_length", 1000))
    )
    texts = st.from_regex(pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))
    return texts.filter(lambda text: shortest <= len(text) <= longest)


def _numbers(metadata: typing.Sequence[Any]) -> st.SearchStrategy[int]:
    step = _constraint(metadata, "multiple_of") or 1
    low = _constraint(metadata, "ge") or 0
    high = min(_constraint(metadata, "le") or low + UNBOUNDED, low + UNBOUNDED)
    return st.integers(-(-low // step), high // step).map(lambda number: number * step)


def _constraint(metadata: typing.Sequence[Any], name: str) -> Any:
    return next((found for item in metadata if (found := getattr(item, name, None)) is not None), None)


def _flattened(metadata: typing.Sequence[Any]) -> Iterator[Any]:
    for item in metadata:
        yield from item.metadata if isinstance(item, FieldInfo) else (item,)


def _model_within(annotation: Any) -> tuple[Model | None, str]:
    """The model in `X`, `X | None`, `tuple[X, ...]` or `dict[str, X]`, and the step that leads to it."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation, ""
    origin = typing.get_origin(annotation)
    for argument in typing.get_args(annotation):
        model, _ = _model_within(argument)
        if model:
            return model, {tuple: "[]", dict: ".*"}.get(origin, "")
    return None, ""
