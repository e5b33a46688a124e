"""YAML with the line of every key and item kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from topology.problem import Path, Problem

__all__ = ["Document", "parse"]


@dataclass
class Document:
    """Plain data, the line (1-based) of each path in it, and mistakes of the YAML itself."""

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Line of a path, or of the nearest part above it that the file has."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1


def parse(text: str) -> Document:
    """Parse one YAML document. Syntax errors, keys given twice and non-string keys become problems."""
    loader = _Loader(text)
    document = Document(data=None)
    try:
        node = loader.get_single_node()
        if node is not None:
            document.lines[()] = 1
            document.data = _construct(loader, node, (), document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"is not YAML: {error.problem or error.context}"
        document.problems.append(Problem((), message, line=mark.line + 1 if mark else 1))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        document.problems.append(Problem((), f"is not YAML: {error}", line=1))
    finally:
        loader.dispose()
    return document


class _Loader(yaml.SafeLoader):
    """YAML 1.1 as PyYAML reads it, without its time stamps: a date in a name stays the text that it is."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _construct(loader: _Loader, node: yaml.Node, path: Path, document: Document) -> Any:
    if node.tag.startswith("tag:yaml.org,2002:python") or not node.tag.startswith("tag:yaml.org,2002:"):
        line = node.start_mark.line + 1
        document.problems.append(Problem(path, "has a tag", found=node.tag, allowed="plain YAML", line=line))
        return None
    if isinstance(node, yaml.MappingNode):
        loader.flatten_mapping(node)
        return _mapping(loader, node, path, document)
    if isinstance(node, yaml.SequenceNode):
        items = []
        for position, item in enumerate(node.value):
            here = (*path, position)
            document.lines[here] = item.start_mark.line + 1
            items.append(_construct(loader, item, here, document))
        return items
    return loader.construct_object(node)


def _mapping(loader: _Loader, node: yaml.MappingNode, path: Path, document: Document) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = loader.construct_object(key_node)
        if not isinstance(key, str):
            document.problems.append(
                Problem(path, "has a key that is not text", found=repr(key), allowed="quoted text", line=line)
            )
            key = str(key)
        here = (*path, key)
        if key in mapping:
            first = document.lines[here]
            document.problems.append(
                Problem(here, f"is given twice; the first is in line {first}", line=line)
            )
            continue
        document.lines[here] = line
        mapping[key] = _construct(loader, value_node, here, document)
    return mapping
