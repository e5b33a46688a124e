"""Objects as text for people, Git and kubectl."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import yaml

__all__ = ["as_json", "as_yaml"]


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as they are, so that a ConfigMap reads like its files; no aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def as_yaml(objects: Sequence[dict[str, Any]]) -> str:
    """One document each, in the given order of objects and fields; long lines stay whole."""
    return yaml.dump_all(
        objects, Dumper=_Dumper, sort_keys=False, explicit_start=True, allow_unicode=True, width=float("inf")
    )


def as_json(objects: Sequence[dict[str, Any]]) -> str:
    """A List, which kubectl takes like its items."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}, indent=2) + "\n"
