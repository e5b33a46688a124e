"""Synthesized apps for the real terraform without any provider: `terraform_data` is built in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from operations.terraform.synthesized import Synthesized

Resources = Mapping[str, Mapping[str, Any]]


def write_app(outdir: Path, stacks: Mapping[str, Mapping[str, Any]]) -> Synthesized:
    """`outdir` as a synth leaves it; a stack is {"resources": {name: arguments}, "depends", "backend"}."""
    entries = {}
    for name, stack in stacks.items():
        directory = outdir / "stacks" / name
        directory.mkdir(parents=True, exist_ok=True)
        resources = stack.get("resources", {})
        backend = stack.get("backend", {"local": {"path": str(outdir / f"{name}.tfstate")}})
        configuration = {"terraform": {"backend": backend}}
        if resources:
            outputs = {key: {"value": f"${{terraform_data.{key}.output}}"} for key in resources}
            configuration |= {"resource": {"terraform_data": resources}, "output": outputs}
        (directory / "cdk.tf.json").write_text(json.dumps(configuration))
        entries[name] = {
            "name": name,
            "workingDirectory": f"stacks/{name}",
            "synthesizedStackPath": f"stacks/{name}/cdk.tf.json",
            "dependencies": stack.get("depends", []),
        }
    (outdir / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": entries}))
    return Synthesized.load(outdir)


def runs(command: str) -> list[dict[str, Any]]:
    """The provisioner of a resource that runs a shell command when it is created."""
    return [{"local-exec": {"command": command}}]
