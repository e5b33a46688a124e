"""Environment data as text: the same content in the ways in which people and programs write YAML."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import strategies as st

__all__ = ["block", "reordered", "styles"]

Data = dict[str, Any]
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
STYLES: tuple[Data, ...] = (
    {},
    {"default_flow_style": None},
    {"default_flow_style": True, "width": 1000},
    {"default_style": '"', "allow_unicode": False},
    {"explicit_start": True, "indent": 4},
)


def block(data: Any, **style: Any) -> str:
    """As the environments of the project are written."""
    text: str = yaml.dump(data, Dumper=DUMPER, **{"sort_keys": False, "allow_unicode": True, **style})
    return text


def styles(data: Any) -> st.SearchStrategy[str]:
    """Block, flow, quoted, or JSON, which is YAML too."""
    yaml_styles = st.sampled_from(STYLES).map(lambda style: block(data, **style))
    return st.one_of(yaml_styles, st.builds(json.dumps, st.just(data), indent=st.just(1)))


def reordered(data: Any, path: tuple[str, ...] = ()) -> Any:
    """The same with the keys of every mapping in the other order, but for `regions`: their order is that in
    which states are replicated."""
    if isinstance(data, dict):
        keys = list(data) if path == ("regions",) else reversed(data)
        return {key: reordered(data[key], (*path, key)) for key in keys}
    if isinstance(data, list):
        return [reordered(item, path) for item in data]
    return data
