"""Where a setting of an environment stands in its file: for what is found between files that are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from topology.environment_file.document import parse
from topology.environment_file.problem import Path, dotted
from topology.loading import as_written, display_name, environment_path

__all__ = ["Place", "places"]


@dataclass(frozen=True)
class Place:
    """A setting's file, line (1-based) and path as it is written there."""

    file: str
    line: int
    path: Path

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def as_json(self) -> dict[str, str | int]:
        """{file, line, path (dotted)}"""
        return {"file": self.file, "line": self.line, "path": dotted(self.path)}


def places(name_or_path: str, paths: Sequence[Path]) -> tuple[Place, ...]:
    """A place for each path; of a setting that has its default, the line of the nearest part above it that
    the file has. Raises OSError when the file has gone since it was loaded."""
    file = environment_path(name_or_path)
    document = parse(file.read_text(encoding="utf-8"))
    written = [as_written(path, document) for path in paths]
    return tuple(Place(display_name(file), document.line(path), path) for path in written)
