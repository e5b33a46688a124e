"""One synth of each environment a session, shared by all tests that look at stacks; what runs beside what."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import bindings  # noqa: F401 - before cdktf: it decides how the provider packages are loaded
from topology import load_environment
from topology.model import Environment

EKS_ENVIRONMENTS = ("local", "production", "three-regions")
ENVIRONMENTS = (*EKS_ENVIRONMENTS, "handover")

Stack = dict[str, Any]
Synthesize = Callable[[Environment], dict[str, Stack]]

SHARED = ("guarded", "mirror", "moved", "two_runtimes", "deployment", "synthesized_into")
"""Fixtures that are dear to set up: with several processes (pytest -n) tests that share one stay together."""


def pytest_configure() -> None:
    """A shell starts what runs in the background with SIGINT ignored, and every process from there inherits
    that. Tests that interrupt what they start need it as a terminal gives it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups for `--dist loadgroup`: by what they share, else by file, as files are written to be run."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        group = next((name for name in SHARED if name in fixtures), item.nodeid.partition("::")[0])
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def synthesized_into(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Environment], Path]:
    """Synthesizes an environment and gives the directory. With the provider version of the bindings, whatever
    the shell says."""

    def run(environment: Environment) -> Path:
        from stacks.app import build_app  # noqa: PLC0415 - cdktf costs seconds that other tests do not need

        outdir = tmp_path_factory.mktemp(f"synth-{environment.environment}")
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("MSK_MIRROR_AWS_PROVIDER_VERSION", raising=False)
            build_app(environment, str(outdir)).synth()
        return outdir

    return run


@pytest.fixture(scope="session")
def synthesize(synthesized_into: Callable[[Environment], Path]) -> Synthesize:
    """Synthesizes an environment and gives the Terraform JSON of each stack by name."""
    return lambda environment: read_stacks(synthesized_into(environment))


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
