"""Deploys stacks in the order of their dependencies, two at a time where they are independent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from operations.terraform.run_events import Changes
from operations.terraform.runner import Terraform, TerraformError
from operations.terraform.synthesized import Stack, in_order

__all__ = ["DeployError", "Deployed", "StackEvent", "deploy", "destroy", "walk"]

PARALLEL: Final = 2
"""Each terraform with the AWS provider takes 0.5-1 GB and a core while it starts."""

Work = Callable[[Terraform], Changes]


@dataclass(frozen=True)
class StackEvent:
    """Progress of one stack. kind `progress`: `message` is a line of Terraform's; `done`: see `deployed`."""

    stack: str
    kind: Literal["start", "progress", "done", "failed"]
    message: str = ""


@dataclass(frozen=True)
class Deployed:
    """One stack that was brought to its configuration; `changes` is empty when it was there already."""

    stack: str
    changes: Changes
    seconds: float


class DeployError(Exception):
    """Some stacks failed: `failures`, `deployed` (done all the same) and `skipped` (not tried)."""

    def __init__(
        self, failures: Sequence[TerraformError], deployed: Sequence[Deployed], skipped: Sequence[str]
    ) -> None:
        self.failures, self.deployed, self.skipped = tuple(failures), tuple(deployed), tuple(skipped)
        super().__init__(self.failures, self.deployed, self.skipped)

    def __str__(self) -> str:
        lines = [str(failure) for failure in self.failures]
        if self.deployed:
            lines.append(f"done: {', '.join(one.stack for one in self.deployed)}")
        if self.skipped:
            lines.append(f"not tried: {', '.join(self.skipped)}")
        return "\n".join(lines)


def deploy(
    stacks: Sequence[Stack],
    on_event: Callable[[StackEvent], None] = lambda _: None,
    env: Mapping[str, str] | None = None,
) -> tuple[Deployed, ...]:
    """Initializes and applies the stacks, each after those of them that it depends on.

    `on_event` is called from several threads. After a failure what runs is finished and nothing is begun; on
    Ctrl-C what runs is interrupted, and saves its state. Raises DeployError.
    """

    def work(terraform: Terraform) -> Changes:
        terraform.init()
        return terraform.apply()

    return walk(stacks, work, on_event, env)


def destroy(
    stacks: Sequence[Stack],
    on_event: Callable[[StackEvent], None] = lambda _: None,
    env: Mapping[str, str] | None = None,
) -> tuple[Deployed, ...]:
    """Destroys the stacks, each before those of them that it depends on. Raises DeployError."""

    def work(terraform: Terraform) -> Changes:
        terraform.init()
        return terraform.destroy()

    return walk(stacks, work, on_event, env, reverse=True)


def walk(
    stacks: Sequence[Stack],
    work: Work,
    on_event: Callable[[StackEvent], None],
    env: Mapping[str, str] | None = None,
    reverse: bool = False,
) -> tuple[Deployed, ...]:
    """Does `work` for each stack in the order of their dependencies; results in order of completion.

    Raises DeployError.
    """
    return _Walk(stacks, work, on_event, env).go(reverse)


class _Walk:
    def __init__(
        self,
        stacks: Sequence[Stack],
        work: Work,
        on_event: Callable[[StackEvent], None],
        env: Mapping[str, str] | None,
    ) -> None:
        self._stacks = {stack.name: stack for stack in stacks}
        self._work, self._on_event, self._env = work, on_event, env
        self._running: set[Terraform] = set()

    def go(self, reverse: bool) -> tuple[Deployed, ...]:
        order = in_order(tuple(self._stacks.values()), reverse)
        order.prepare()
        deployed: list[Deployed] = []
        failures: list[TerraformError] = []
        running: dict[Future[Deployed], str] = {}
        with ThreadPoolExecutor(PARALLEL) as pool, self._interrupting():
            while order.is_active() and not (failures and not running):
                if not failures:
                    running |= {pool.submit(self._one, name): name for name in sorted(order.get_ready())}
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    name = running.pop(future)
                    try:
                        deployed.append(future.result())
                        order.done(name)
                    except TerraformError as error:
                        failures.append(error)
        if failures:
            tried = {one.stack for one in deployed} | {one.stack for one in failures}
            raise DeployError(failures, deployed, sorted(self._stacks.keys() - tried))
        return tuple(deployed)

    @contextmanager
    def _interrupting(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            for terraform in tuple(self._running):
                terraform.interrupt()
            raise

    def _one(self, name: str) -> Deployed:
        begin = time.monotonic()
        terraform = Terraform(
            self._stacks[name],
            self._env,
            lambda line: self._on_event(StackEvent(name, "progress", line)),
        )
        self._on_event(StackEvent(name, "start"))
        self._running.add(terraform)
        try:
            changes = self._work(terraform)
        except TerraformError as error:
            self._on_event(StackEvent(name, "failed", str(error)))
            raise
        finally:
            self._running.discard(terraform)
        self._on_event(StackEvent(name, "done", str(changes)))
        return Deployed(name, changes, time.monotonic() - begin)
