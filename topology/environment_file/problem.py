"""A mistake in an environment file: where it is, what was found, what is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["InvalidEnvironment", "Path", "Problem", "dotted", "shown"]

Path = tuple[str | int, ...]
"""Where in the document: keys and list positions, from the top."""


@dataclass(frozen=True)
class Problem:
    """One mistake. `path` and `message` come from whoever found it; `file` and `line` (1-based, 0 when the
    file as a whole is meant) from the loader."""

    path: Path
    message: str
    found: str | None = None
    allowed: str | None = None
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        """One line, whatever the file has in its keys and values."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = _cut(dotted(self.path))
        parts = [": ".join(part for part in (place, where, self.message) if part)]
        if self.found is not None:
            parts.append(f"found: {_cut(self.found)}")
        if self.allowed is not None:
            parts.append(f"allowed: {self.allowed}")
        line = "; ".join(parts)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)

    def as_json(self) -> dict[str, str | int | None]:
        """The same for machines: file, line, path (dotted), message, found, allowed."""
        return {
            "file": self.file,
            "line": self.line,
            "path": dotted(self.path),
            "message": self.message,
            "found": self.found,
            "allowed": self.allowed,
        }


class InvalidEnvironment(Exception):  # noqa: N818 - reads as what it is where it is caught
    """An environment file that cannot be used; `problems` holds every mistake found, in file order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def dotted(path: Path) -> str:
    """`("flows", 0, "policy")` as `flows[0].policy`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def shown(value: Any) -> str:
    """A value in a problem: as Python writes it, and not all of a long one."""
    return _cut(repr(value), 60)


def _cut(text: str, longest: int = 200) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
