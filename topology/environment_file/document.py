"""YAML with the line of every key and item kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

import yaml
from yaml.constructor import ConstructorError
from yaml.reader import ReaderError

from topology.environment_file.problem import Path, Problem, shown

__all__ = ["Document", "parse"]

DEEPEST = 50
"""Values within values; more is a mistake, or a value within itself."""
MOST_VALUES = 50_000
"""A large environment has a few hundred; more come from aliases of aliases of aliases."""
LARGEST = 2**63

YAML = "tag:yaml.org,2002:"
TEXT, MERGE = f"{YAML}str", f"{YAML}merge"
PLAIN = {
    yaml.ScalarNode: frozenset(YAML + kind for kind in ("str", "int", "float", "bool", "null")),
    yaml.SequenceNode: frozenset([f"{YAML}seq"]),
    yaml.MappingNode: frozenset([f"{YAML}map"]),
}
"""What an environment consists of; YAML has more (sets, binary data, time stamps)."""


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
    """Parse one YAML document. Syntax errors, keys given twice, non-string keys and values that are none
    become problems."""
    document = Document(data=None)
    try:
        loader = _Loader(text)
    except ReaderError as error:
        line = len((text[: error.position] + "?").splitlines())
        message = "is not YAML: text does not have this character"
        document.problems.append(Problem((), message, found=f"U+{int(error.character):04X}", line=line))
        return document
    try:
        node = loader.get_single_node()
        if node is not None:
            document.lines[()] = 1
            document.data = _Reader(loader, document).read(node, ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"is not YAML: {error.problem or error.context}"
        document.problems.append(Problem((), message, line=mark.line + 1 if mark else 1))
    except RecursionError:
        message = "is not YAML: values within values without end"
        document.problems.append(Problem((), message, line=loader.line + 1))
    return document


class _Loader(yaml.SafeLoader):
    """YAML 1.1 as PyYAML reads it, without its time stamps and default values: a date in a name and a single
    `=` stay the text that they are."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in (f"{YAML}timestamp", f"{YAML}value")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass
class _Reader:
    """From nodes to data; what is wrong goes into the document, under its path."""

    loader: _Loader
    document: Document
    values: int = 0

    def read(self, node: yaml.Node, path: Path) -> Any:
        self._count(node, path)
        if node.tag not in PLAIN[type(node)]:
            self._problem(node, path, "has a tag", node.tag, "plain YAML")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node, path)
        return self._scalar(cast("yaml.ScalarNode", node), path)

    def _count(self, node: yaml.Node, path: Path) -> None:
        self.values += 1
        if len(path) > DEEPEST:
            raise _mistake(f"more than {DEEPEST} values within each other", node)
        if self.values > MOST_VALUES:
            raise _mistake(f"more than {MOST_VALUES} values", node)

    def _sequence(self, node: yaml.SequenceNode, path: Path) -> list[Any]:
        items = []
        for position, item in enumerate(node.value):
            here = (*path, position)
            self.document.lines[here] = item.start_mark.line + 1
            items.append(self.read(item, here))
        return items

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        merged = self._merged(node, path)
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == MERGE:
                continue
            key = self._key(key_node, path)
            here = (*path, key)
            if key in mapping:
                first = self.document.lines[here]
                self._problem(key_node, here, f"is given twice; the first is in line {first}")
                continue
            self.document.lines[here] = key_node.start_mark.line + 1
            mapping[key] = self.read(value_node, here)
        return merged | mapping

    def _merged(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        """What the mapping has from others by `<<`: its own keys win, then earlier ones."""
        merged: dict[str, Any] = {}
        there = (*path, "<<")
        for other in _merge_sources(node):
            self._count(other, there)
            mapping = self._mapping(other, there)
            for key in mapping:
                self.document.lines.setdefault((*path, key), self.document.lines[(*there, key)])
            merged = mapping | merged
        return merged

    def _key(self, node: yaml.Node, path: Path) -> str:
        text = node.value if isinstance(node, yaml.ScalarNode) else "a mapping or a list"
        key: str = text.encode(errors="backslashreplace").decode()
        if node.tag != TEXT or key != text:
            self._problem(node, (*path, key), "has a key that is not text", shown(text), "quoted text")
        return key

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        try:
            value = self.loader.construct_object(node)
            if isinstance(value, str):
                value.encode()  # not so half a character
        except (ValueError, LookupError):  # what PyYAML raises for text that is not what its tag says
            message = f"cannot be read as {node.tag.removeprefix(YAML)}"
            self._problem(node, path, message, shown(node.value))
            return None
        if isinstance(value, int) and abs(value) >= LARGEST:
            self._problem(node, path, "is a number of more than 64 bits", shown(node.value))
            return None
        return value

    def _problem(
        self, node: yaml.Node, path: Path, message: str, found: str | None = None, allowed: str | None = None
    ) -> None:
        line = node.start_mark.line + 1
        self.document.problems.append(Problem(path, message, found, allowed, line=line))


def _merge_sources(node: yaml.MappingNode) -> Iterator[yaml.MappingNode]:
    for key_node, value_node in node.value:
        if key_node.tag == MERGE:
            sources = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
            for source in sources:
                if not isinstance(source, yaml.MappingNode):
                    raise _mistake("<< takes a mapping, or a list of mappings", value_node)
                yield source


def _mistake(problem: str, node: yaml.Node) -> ConstructorError:
    return ConstructorError(None, None, problem, node.start_mark)
