"""The synthesized app, `cdktf.out`, as `cdktf synth` or `python main.py` leave it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

__all__ = ["NotSynthesized", "Stack", "Synthesized"]

CONFIGURATION = "cdk.tf.json"


class NotSynthesized(Exception):  # noqa: N818 - reads as what it is where it is caught
    """The directory holds no synthesized app, or not the stacks asked for; in words."""


@dataclass(frozen=True)
class Stack:
    """One Terraform root module; `dependencies`: the names of the stacks that are deployed before it."""

    name: str
    directory: Path
    dependencies: tuple[str, ...] = ()

    @property
    def configuration(self) -> dict[str, Any]:
        """Its cdk.tf.json."""
        content: dict[str, Any] = json.loads((self.directory / CONFIGURATION).read_text(encoding="utf-8"))
        return content

    @property
    def backend(self) -> tuple[str, dict[str, Any]]:
        """Kind and settings of its backend: ("s3", {"bucket": .., "key": ..}), or ("local", {}) for none."""
        found = self.configuration.get("terraform", {}).get("backend", {})
        return next(iter(found.items()), ("local", {}))


@dataclass(frozen=True)
class Synthesized:
    """All stacks of an app, by name, in an order in which they can be deployed."""

    stacks: Mapping[str, Stack]

    @classmethod
    def load(cls, outdir: Path) -> Synthesized:
        """Reads manifest.json of `cdktf.out`. Raises NotSynthesized with what to do."""
        manifest = outdir / "manifest.json"
        try:
            content = json.loads(manifest.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise NotSynthesized(f"{manifest}: not found; make it with `cdktf synth`") from error
        except ValueError as error:
            raise NotSynthesized(
                f"{manifest}: is not JSON ({error}); make it again: `cdktf synth`"
            ) from error
        found = {
            name: Stack(name, outdir / entry["workingDirectory"], tuple(sorted(entry["dependencies"])))
            for name, entry in content["stacks"].items()
        }
        missing = [name for name, stack in found.items() if not (stack.directory / CONFIGURATION).exists()]
        if missing:
            raise NotSynthesized(f"{outdir}: no {CONFIGURATION} of {', '.join(missing)}; run `cdktf synth`")
        order = TopologicalSorter({name: sorted(found[name].dependencies) for name in sorted(found)})
        return cls({name: found[name] for name in order.static_order()})

    def select(self, patterns: Iterable[str]) -> tuple[Stack, ...]:
        """The stacks whose names match a shell pattern (`msk-*`), in order of deployment.

        Raises NotSynthesized for a pattern that matches none.
        """
        wanted: set[str] = set()
        for pattern in patterns:
            matching = {name for name in self.stacks if fnmatchcase(name, pattern)}
            if not matching:
                known = ", ".join(sorted(self.stacks))
                raise NotSynthesized(f"{pattern!r} matches no stack; there are: {known}")
            wanted |= matching
        return tuple(stack for name, stack in self.stacks.items() if name in wanted)

    def kind(self, kind: str) -> tuple[Stack, ...]:
        """The stacks of one kind (`state`) in order of deployment; none is no error."""
        return tuple(stack for name, stack in self.stacks.items() if name.startswith(f"{kind}-"))


def in_order(stacks: Sequence[Stack], reverse: bool = False) -> TopologicalSorter[str]:
    """A sorter of these stacks alone; what they depend on outside of the selection is deployed already.

    `reverse`: for destruction, dependents first.
    """
    names = {stack.name for stack in stacks}
    edges: dict[str, set[str]] = {name: set() for name in names}
    for stack in stacks:
        for dependency in names.intersection(stack.dependencies):
            first, then = (stack.name, dependency) if reverse else (dependency, stack.name)
            edges[then].add(first)
    return TopologicalSorter(edges)
