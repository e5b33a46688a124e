"""Edits of an environment's text: lines, values and characters that are others, missing, or twice."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from tests.fuzz.mistakes.oddities import SNIPPETS

__all__ = ["EDITS", "Edit"]

Edit = Callable[[st.DrawFn, list[str], int], list[str]]
"""The lines after an edit at one of them."""


def move_lines(draw: st.DrawFn, lines: list[str], at: int) -> list[str]:
    """A line again, out, elsewhere, or further in or out; a second document; a gap."""
    line, other = lines[at], draw(st.integers(0, len(lines) - 1))
    results = [
        [*lines[: at + 1], *lines[at:]],
        [*lines[:at], *lines[at + 1 :]],
        [*lines[:other], line, *lines[other:]],
        [*lines[:at], f" {line}", *lines[at + 1 :]],
        [*lines[:at], f"\t{line}", *lines[at + 1 :]],
        [*lines[:at], line.removeprefix("  "), *lines[at + 1 :]],
        [*lines[:at], "---", *lines[at:]],
        [*lines[:at], *lines[other:]],
    ]
    return draw(st.sampled_from(results))


def edit_value(draw: st.DrawFn, lines: list[str], at: int) -> list[str]:
    """What follows the colon becomes, or begins with, what YAML takes for something else."""
    key, colon, value = lines[at].partition(":")
    snippet = draw(st.sampled_from(SNIPPETS))
    after = draw(st.sampled_from([snippet, f"{snippet} {value}"]))
    return [*lines[:at], f"{key}{colon or ':'} {after}", *lines[at + 1 :]]


def edit_characters(draw: st.DrawFn, lines: list[str], at: int) -> list[str]:
    line = lines[at]
    start = draw(st.integers(0, len(line)))
    end = draw(st.integers(start, len(line)))
    put_in = draw(st.sampled_from(SNIPPETS) | st.text(max_size=3))
    return [*lines[:at], line[:start] + put_in + line[end:], *lines[at + 1 :]]


def share(draw: st.DrawFn, lines: list[str], at: int) -> list[str]:
    """A mapping or list that another one refers to, or takes its keys from."""
    opened = [n for n, line in enumerate(lines) if line.endswith(":")] or [at]
    first = draw(st.sampled_from(opened))
    namesakes = [n for n in opened if n > first and lines[n].strip() == lines[first].strip()]
    second = draw(st.sampled_from(namesakes or opened))
    inside = " " * (len(lines[second]) - len(lines[second].lstrip()) + 2)
    merged = f"{inside}<<: {draw(st.sampled_from(['*shared', '[*shared, *shared]', '*other']))}"
    changed = [*lines[: second + 1], merged, *lines[second + 1 :]]
    if draw(st.booleans()):
        changed = [*lines[:second], f"{lines[second]} *shared", *lines[second + 1 :]]
    changed[first] = f"{lines[first]} &shared"
    return changed


EDITS: tuple[Edit, ...] = (move_lines, move_lines, edit_value, edit_value, edit_characters, share)
