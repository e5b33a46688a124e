"""A table of checks: rules over an environment, and rules over a change of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["CheckTable", "Entry"]

Subject = TypeVar("Subject")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Entry(Generic[Subject, Result]):
    """A check; its id is its function's name, and what it protects from is its docstring's first line."""

    id: str
    protects: str
    check: Callable[[Subject], Iterable[Result]]


class CheckTable(list[Entry[Subject, Result]]):
    """The entries in the order in which they were added."""

    def add(self, check: Callable[[Subject], Iterable[Result]]) -> Callable[[Subject], Iterable[Result]]:
        """Decorator: add a check."""
        name = check.__name__.replace("_", "-")
        self.append(Entry(name, (check.__doc__ or "").strip().split("\n")[0], check))
        return check
