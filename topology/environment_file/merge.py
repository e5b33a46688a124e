"""Mappings merged into each other, as deep as they go."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

__all__ = ["deep_merge"]


def deep_merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """A new mapping with the keys of both; where both have a mapping these are merged, else `over` wins."""
    result = copy.deepcopy(dict(base))
    for key, value in over.items():
        found = result.get(key)
        if isinstance(value, Mapping) and isinstance(found, Mapping):
            result[key] = deep_merge(found, value)
        else:
            result[key] = copy.deepcopy(value)
    return result
