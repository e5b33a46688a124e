"""The commands of a runbook, to be run as they are written.

A runbook is a page of docs/runbooks. Its commands are the lines of ```console blocks that begin with `$ `,
with those that follow a backslash; what else is in a block is what they print. `{name}` is to be filled in.
"""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["RUNBOOKS", "Command", "commands"]

ROOT: Final = Path(__file__).resolve().parents[1]
RUNBOOKS: Final = ROOT / "docs" / "runbooks"
BLOCK: Final = re.compile(r"^(?P<indent> *)```console\n(?P<lines>.*?)^ *```", re.MULTILINE | re.DOTALL)
HEADING: Final = re.compile(r"^#+ +(.*)$", re.MULTILINE)
PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Command:
    """A command of the section `section`, with its placeholders."""

    section: str
    text: str

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(PLACEHOLDER.findall(self.text))

    def arguments(self, **values: object) -> list[str]:
        """The command with its placeholders filled in, as subprocess takes it; `msk-mirror` is the one of
        this checkout. Raises KeyError for a placeholder without a value."""
        filled = PLACEHOLDER.sub(lambda found: shlex.quote(str(values[found[1]])), self.text)
        words = shlex.split(filled)
        own = [sys.executable, str(ROOT / "bin" / "msk-mirror")]
        return [*own, *words[1:]] if words[0] == "msk-mirror" else words


def commands(name: str) -> list[Command]:
    """The commands of docs/runbooks/<name>.md, in their order."""
    text = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
    found: list[Command] = []
    for block in BLOCK.finditer(text):
        section = [heading[1] for heading in HEADING.finditer(text, 0, block.start())][-1]
        lines = block["lines"].replace("\\\n", " ").splitlines()
        found += [
            Command(section, " ".join(line.split()[1:])) for line in lines if line.lstrip().startswith("$ ")
        ]
    return found
