"""The table of rules; each module of this package adds its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from topology.environment_file.problem import Problem
from topology.model import Environment

__all__ = ["RULES", "Rule", "rule"]

Check = Callable[[Environment], Iterable[Problem]]


@dataclass(frozen=True)
class Rule:
    """A check and what it protects from (the first line of its docstring)."""

    id: str
    protects: str
    check: Check


RULES: list[Rule] = []


def rule(check: Check) -> Check:
    """Add a check to the table, under its name."""
    name = check.__name__.replace("_", "-")
    RULES.append(Rule(name, (check.__doc__ or "").strip().split("\n")[0], check))
    return check
