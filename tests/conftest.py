"""One synth of each environment a session, shared by all tests that look at stacks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import bindings  # noqa: F401 - before cdktf: it decides how the provider packages are loaded
from topology import load_environment
from topology.model import Environment

ENVIRONMENTS = ("local", "production", "three-regions")

Stack = dict[str, Any]
Synthesize = Callable[[Environment], dict[str, Stack]]


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    """Synthesizes an environment and gives the Terraform JSON of each stack by name. With the provider
    version of the bindings, whatever the shell says."""

    def run(environment: Environment) -> dict[str, Stack]:
        from stacks.app import build_app  # noqa: PLC0415 - cdktf costs seconds that other tests do not need

        outdir = tmp_path_factory.mktemp(f"synth-{environment.environment}")
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("MSK_MIRROR_AWS_PROVIDER_VERSION", raising=False)
            build_app(environment, str(outdir)).synth()
        return read_stacks(outdir)

    return run


@pytest.fixture(scope="session")
def synthesized(synthesize: Synthesize) -> Callable[[str], dict[str, Stack]]:
    """`synthesized("production")["msk-us-east-1"]`: the stacks of an environment of this project."""
    known: dict[str, dict[str, Stack]] = {}

    def of(environment_name: str) -> dict[str, Stack]:
        if environment_name not in known:
            known[environment_name] = synthesize(load_environment(environment_name))
        return known[environment_name]

    return of


def read_stacks(outdir: Path) -> dict[str, Stack]:
    """The stacks that were synthesized into `outdir`, by name."""
    manifest = json.loads((outdir / "manifest.json").read_text(encoding="utf-8"))
    return {
        name: json.loads((outdir / entry["synthesizedStackPath"]).read_text(encoding="utf-8"))
        for name, entry in manifest["stacks"].items()
    }
