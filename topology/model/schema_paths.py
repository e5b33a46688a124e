"""Which keys an environment file may have at a path: read from the models, for error messages."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Sequence

from pydantic import BaseModel

from topology.model.environment import Environment

__all__ = ["known_keys"]


def known_keys(path: Sequence[str | int]) -> list[str]:
    """Keys of the mapping at `path`, in the model's order; empty where any key is allowed."""
    model: type[BaseModel] | None = Environment
    for step in path:
        if model is None:
            return []
        if isinstance(step, int) or step not in model.model_fields:
            continue  # a list position, or a region id: the model is that of the items already
        model = _model_in(model.model_fields[step].annotation)
    return list(model.model_fields) if model else []


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model within `X`, `X | None`, `tuple[X, ...]`, `dict[str, X]` or `Annotated[X, ...]`."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    for argument in typing.get_args(annotation):
        found = _model_in(argument)
        if found:
            return found
    return None
