"""A machine made of temporary directories: its checkout, cache, home and PATH."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from toolchain import cache
from toolchain.host import Host, terraform_platform
from toolchain.needs import python_env

BINDINGS_VERSION = "6.25.0"
PACKAGE = {"version": "==1.2.3", "hashes": ["sha256:aa"]}


@dataclass
class Machine:
    """What a test arranges; `host()` is how the toolchain sees it, `said` what a person was told."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def bin(self) -> Path:
        return self.root / "bin"

    def host(self, *, again: bool = False) -> Host:
        environ = {"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": str(self.root / "home"), **self.environ}
        environ |= {"XDG_DATA_DIRS": str(self.root / "share")}
        return Host(self.root / "checkout", self.root / "cache", environ, self.said.append, again)

    def command(self, name: str, script: str) -> Path:
        """Put an executable on the machine's PATH; every call of it adds a line to <name>.calls."""
        path = self.bin / name
        path.write_text(f'#!/bin/sh\necho "$*" >> {self.bin / name}.calls\n{script}\n')
        path.chmod(0o755)
        return path

    def calls(self, name: str) -> list[str]:
        file = self.bin / f"{name}.calls"
        return file.read_text().splitlines() if file.is_file() else []

    def provider(self, mirror: Path, version: str, host_name: str = "registry.example") -> Path:
        """Put an AWS provider of `version` into `mirror`, unpacked, for this platform."""
        folder = mirror / host_name / "hashicorp" / "aws" / version / terraform_platform()
        folder.mkdir(parents=True)
        program = folder / f"terraform-provider-aws_v{version}_x5"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        return mirror


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with a venv that has the AWS bindings, and with nothing else."""
    made = Machine(tmp_path)
    for folder in ("checkout", "bin", "home"):
        (tmp_path / folder).mkdir()
    categories = ("default", "develop", "toolchain-java", "toolchain-node", "toolchain-terraform")
    lock = {name: {f"{name}-package": PACKAGE} for name in categories}
    (tmp_path / "checkout" / "Pipfile.lock").write_text(json.dumps(lock))
    venv = python_env.venv_folder(made.host())
    described = venv / "lib/python3.11/site-packages/cdktf_cdktf_provider_aws-1.dist-info/METADATA"
    described.parent.mkdir(parents=True)
    described.write_text(f"# CDKTF prebuilt bindings for hashicorp/aws provider version {BINDINGS_VERSION}\n")
    (venv / cache.STAMP).touch()
    return made


def on_another_machine(machine: Machine, **environ: str) -> Host:
    """The machine with other variables in its environment."""
    host = machine.host()
    return dataclasses.replace(host, environ={**host.environ, **environ})
