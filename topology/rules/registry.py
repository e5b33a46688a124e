"""The table of rules; each module of this package adds its own."""

from __future__ import annotations

from topology.environment_file.check_table import CheckTable, Entry
from topology.environment_file.problem import Problem
from topology.model import Environment

__all__ = ["RULES", "Rule", "rule"]

Rule = Entry[Environment, Problem]
RULES: CheckTable[Environment, Problem] = CheckTable()
rule = RULES.add
