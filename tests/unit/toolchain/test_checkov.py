"""checkov has its own packages and its own lock, so that what it pins holds nothing of ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.unit.toolchain.conftest import PACKAGE, Machine
from toolchain import cache, environment
from toolchain.host import CHECKOUT, SetupError
from toolchain.needs import checkov, python_env

PROBE = """
import importlib.util, json, os, sys

class Checkov:
    def run(self):
        names = ("typing_extensions", "pytest", "pydantic", "beside")
        found = [name for name in names if importlib.util.find_spec(name)]
        print(json.dumps({"found": found, "arguments": sys.argv[1:], "asks": os.environ.get(%r)}))
        return 3
"""
UPDATE_CHECK = "CKV_SKIP_PACKAGE_UPDATE_CHECK"


def write_lock(machine: Machine, version: str = "==1.2.3") -> None:
    path = machine.root / "checkout" / checkov.LOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"default": {"checkov": {**PACKAGE, "version": version}}}))


def test_its_lock_holds_nothing_of_ours() -> None:
    ours, its = (python_env.read_lock(CHECKOUT, name) for name in ("Pipfile.lock", checkov.LOCK))
    assert "checkov" not in {name for category in ours.values() for name in category}
    text = python_env.requirements(its, "default")
    assert all(" --hash=sha256:" in line for line in text.splitlines())
    wanted = tomllib.loads((CHECKOUT / checkov.PIPFILE).read_text())["packages"]
    assert wanted == {"checkov": its["default"]["checkov"]["version"]}


def test_it_is_told_by_a_variable_and_adds_nothing_to_the_path(machine: Machine) -> None:
    write_lock(machine)
    host = machine.host()
    with pytest.raises(SetupError, match="checkov packages"):
        checkov.ensure(host)  # the machine's venv has no pip
    _complete(machine)
    provided = checkov.ensure(host)
    assert (provided.version, provided.path, provided.seconds) == ("1.2.3", (), 0.0)
    assert provided.variables == {"MSK_MIRROR_CHECKOV": str(checkov.folder(host) / "checkov")}


def test_another_lock_is_another_installation_and_another_environment(machine: Machine) -> None:
    write_lock(machine)
    _complete(machine)
    before = checkov.ensure(machine.host()).variables
    mark = environment.compose(machine.host(), [], ["checkov"])[environment.MARK]
    write_lock(machine, "==1.2.4")
    _complete(machine)
    assert checkov.ensure(machine.host()).variables != before
    assert environment.compose(machine.host(), [], ["checkov"])[environment.MARK] != mark


def test_a_missing_lock_says_how_to_get_it_back(machine: Machine) -> None:
    with pytest.raises(SetupError, match=r"git checkout toolchain/needs/checkov\.Pipfile\.lock"):
        checkov.ensure(machine.host())


def test_its_command_sees_its_own_packages_only_and_asks_for_no_news(tmp_path: Path) -> None:
    (tmp_path / "site" / "checkov").mkdir(parents=True)
    (tmp_path / "site" / "checkov" / "main.py").write_text(PROBE % UPDATE_CHECK)
    (tmp_path / "site" / "beside.py").touch()
    script = tmp_path / checkov.COMMAND.name
    script.write_text(checkov.COMMAND.read_text())
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(
        [sys.executable, "-I", "-S", str(script), "--directory", "x"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 3, ended.stderr
    assert json.loads(ended.stdout) == {
        "found": ["beside"],
        "arguments": ["--directory", "x"],
        "asks": "true",
    }


def _complete(machine: Machine) -> None:
    """Make the installation that the machine's lock asks for look done."""
    folder = checkov.folder(machine.host())
    folder.mkdir(parents=True)
    (folder / cache.STAMP).touch()
