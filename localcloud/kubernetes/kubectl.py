"""kubectl against one cluster."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

__all__ = ["FIELD_MANAGER", "Kubectl", "KubectlError"]

FIELD_MANAGER = "msk-mirror"
_SECONDS = 120.0


class KubectlError(RuntimeError):
    """kubectl has failed; the text is the command and what it said."""


@dataclass(frozen=True)
class Kubectl:
    """`program` with the cluster of a kubeconfig; `namespace`: of what is named on its command line."""

    program: str
    kubeconfig: Path
    namespace: str | None = None

    def within(self, namespace: str | None) -> Kubectl:
        """The same in another namespace."""
        return replace(self, namespace=namespace)

    def __call__(
        self, *arguments: str, text: str | None = None, seconds: float = _SECONDS, codes: Sequence[int] = (0,)
    ) -> str:
        """Its standard output. Raises KubectlError for an exit code other than `codes`."""
        done = self.run(*arguments, text=text, seconds=seconds)
        if done.returncode not in codes:
            shown = " ".join(("kubectl", *arguments))
            raise KubectlError(f"{shown}: exit {done.returncode}\n{done.stdout}{done.stderr}".rstrip())
        return done.stdout

    def run(
        self, *arguments: str, text: str | None = None, seconds: float = _SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """The finished process, whatever its exit code. Raises KubectlError when it takes too long."""
        where = ["--namespace", self.namespace] if self.namespace else []
        try:
            return subprocess.run(
                [self.program, *arguments, *where],
                input=text,
                stdin=subprocess.DEVNULL if text is None else None,
                capture_output=True,
                text=True,
                timeout=seconds,
                env=self.environment,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise KubectlError(f"kubectl {' '.join(arguments)}: no end after {seconds:.0f} s") from error

    @property
    def environment(self) -> dict[str, str]:
        """What a kubectl needs to find the cluster."""
        return {**os.environ, "KUBECONFIG": str(self.kubeconfig)}

    def get(self, kind: str, name: str = "", *, selector: str = "") -> Any:
        """An object, or `items` of all that a selector finds."""
        chosen = ["--selector", selector] if selector else []
        found = json.loads(self("get", kind, *([name] if name else []), *chosen, "--output", "json"))
        return found if name else found["items"]

    def apply(
        self, objects: Sequence[Mapping[str, Any]], *, dry_run: bool = False, manager: str = FIELD_MANAGER
    ) -> list[str]:
        """Server-side apply with strict field validation; a line for each object that was accepted."""
        options = ["--dry-run=server"] if dry_run else []
        said = self.within(None)(
            "apply", "--server-side", "--force-conflicts", f"--field-manager={manager}",
            "--validate=strict", *options, "--filename", "-",
            text=as_list(objects),
        )  # fmt: skip
        return said.splitlines()

    def diff(self, objects: Sequence[Mapping[str, Any]]) -> str:
        """What an apply would change, as a diff; empty for nothing."""
        return self.within(None)(
            "diff", "--server-side", "--force-conflicts", f"--field-manager={FIELD_MANAGER}",
            "--filename", "-", text=as_list(objects), codes=(0, 1),
        )  # fmt: skip


def as_list(objects: Sequence[Mapping[str, Any]]) -> str:
    """A `List` of the objects, as JSON."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
