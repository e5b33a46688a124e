"""The region's stacks, applied by Terraform out of a synthesized app."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from operations.terraform.deploy import StackEvent, deploy
from operations.terraform.synthesized import Synthesized
from topology.state.stacks import stack_name

__all__ = ["TerraformStacks"]


class TerraformStacks:
    """`outdir`: cdktf.out; `say` gets a line for each stack and change."""

    def __init__(self, outdir: Path, region: str, say: Callable[[str], None] = lambda _: None) -> None:
        self._outdir, self._region, self._say = outdir, region, say

    def apply(self, kinds: Sequence[str]) -> dict[str, str]:
        """See migration.Stacks. Kinds that the app does not have are left out, a kind that is in no app is an
        error. Raises NotSynthesized, DeployError."""
        app = Synthesized.load(self._outdir)
        names = [stack_name(kind, self._region) for kind in kinds]
        stacks = tuple(app.stacks[name] for name in app.stacks if name in names)
        for name in names:
            if name not in app.stacks:
                self._say(f"{name}: not in the app")
        done = deploy(stacks, self._event) if stacks else ()
        return {one.stack: str(one.changes) for one in done}

    def _event(self, event: StackEvent) -> None:
        self._say(f"{event.stack}: {event.message or event.kind}")
