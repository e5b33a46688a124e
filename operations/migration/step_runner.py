"""Steps in their order, each written down before and after, so that any kill can be gone on from.

What a step does may be done again: it was killed before it could say that it was done. Its gate is part of
it: a step is done when its gate has let it pass.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from operations.migration.journal import Course, Journal

__all__ = ["Facts", "Machine", "Step", "StepFailed"]

Facts = Mapping[str, Any]
"""What the steps so far have found out; values are JSON."""


class StepFailed(Exception):  # noqa: N818 - reads as what it is where it is caught
    """A step that did not succeed: its name and why, what it leaves behind, and how to continue."""

    def __init__(self, step: Step, course: Course, error: Exception) -> None:
        self.step, self.course, self.error = step, course, error
        super().__init__(step.name, str(error))

    def __str__(self) -> str:
        command = "migrate run" if self.course == "migrate" else "rollback run"
        back = ", or go back: `msk-mirror rollback run`" if self.course == "migrate" else ""
        return (
            f"{self.step.name} failed: {self.error}\n{self.step.left}\n"
            f"Fix the cause and resume from this step: `msk-mirror {command}`{back}."
        )


def _nothing(_: Facts) -> Facts:
    return {}


def _open(_: Facts) -> None:
    return


@dataclass(frozen=True)
class Step:
    """One step. `stage`: which of the report's steps it belongs to; `title`: what it does, in words; `do`
    gives new facts and may be repeated; `gate` returns when all is well, or raises; `left`: what a failure
    leaves behind; `changes`: whether it changes anything at all."""

    name: str
    stage: str
    title: str
    do: Callable[[Facts], Facts] = _nothing
    gate: Callable[[Facts], None] = _open
    left: str = "Nothing was changed by it."
    changes: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "stage": self.stage, "title": self.title, "changes": self.changes}


class Machine:
    """Runs the steps of a course that the journal does not call done. `say` gets a line for each."""

    def __init__(
        self,
        journal: Journal,
        course: Course,
        steps: Sequence[Step],
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        names = [step.name for step in steps]
        if len(set(names)) != len(names):
            raise ValueError(f"two steps of one name in {', '.join(names)}")
        self._journal, self._course, self._steps, self._say = journal, course, tuple(steps), say

    def run(self) -> Facts:
        """All steps that are left; the facts at the end. The journal must be in the course.

        Raises StepFailed at the first that fails; whatever it raised is the cause.
        """
        record = self._journal.record
        if record.course != self._course:
            raise ValueError(f"the journal is in course {record.course}, not in {self._course}")
        for number, step in enumerate(self._steps, 1):
            place = f"[{number}/{len(self._steps)}] {step.name}"
            if step.name in self._journal.record.done:
                self._say(f"{place}: done before")
                continue
            self._say(f"{place}: {step.title}")
            self._say(f"{place}: done in {self._one(step):.0f} s")
        if self._journal.record.ended is None:
            self._journal.finished()
        return self._journal.record.facts

    def _one(self, step: Step) -> float:
        begin = time.monotonic()
        self._journal.started(step.name, step.changes)
        try:
            facts = step.do(self._journal.record.facts)
            step.gate({**self._journal.record.facts, **facts})
        except Exception as error:
            self._journal.failed(step.name, str(error) or type(error).__name__)
            raise StepFailed(step, self._course, error) from error
        seconds = time.monotonic() - begin
        self._journal.done(step.name, facts, seconds)
        return seconds
