"""Pipfile.lock becomes a requirements file that pip installs with hashes and without resolving."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.toolchain.conftest import Machine
from toolchain import relock
from toolchain.host import CHECKOUT, Host, SetupError
from toolchain.needs import checkov, python_env


def test_a_package_keeps_its_version_extras_marker_and_hashes() -> None:
    entry = {
        "version": "==2.0",
        "extras": ["cli", "toml"],
        "markers": "python_version >= '3.9'",
        "hashes": ["sha256:aa", "sha256:bb"],
        "index": "pypi",
    }
    assert python_env.requirements({"default": {"tool": entry}}, "default") == (
        "tool[cli,toml]==2.0 ; python_version >= '3.9' --hash=sha256:aa --hash=sha256:bb\n"
    )


def test_categories_are_joined_and_sorted_with_each_package_once() -> None:
    package = {"version": "==1", "hashes": ["sha256:aa"]}
    lock = {"default": {"b": package, "a": package}, "develop": {"b": package, "c": package}}
    text = python_env.requirements(lock, "default", "develop")
    assert [line.split("==")[0] for line in text.splitlines()] == ["a", "b", "c"]


@pytest.mark.parametrize("entry", [{"git": "there"}, {"version": "==1"}, {"version": "==1", "hashes": []}])
def test_a_package_without_version_and_hashes_is_refused(entry: dict[str, object]) -> None:
    with pytest.raises(SetupError, match=r"Pipfile\.lock: odd has no version with hashes"):
        python_env.requirements({"default": {"odd": entry}}, "default")


def test_a_missing_lock_says_how_to_get_it_back(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"git checkout Pipfile\.lock"):
        python_env.read_lock(tmp_path)


def test_the_venv_changes_with_the_lock_and_not_with_categories_of_tools(machine: Machine) -> None:
    before = python_env.venv_folder(machine.host())
    _edit_lock(machine.host(), "toolchain-java")
    assert python_env.venv_folder(machine.host()) == before
    _edit_lock(machine.host(), "develop")
    assert python_env.venv_folder(machine.host()) != before


def test_the_projects_own_lock_becomes_requirements_with_hashes() -> None:
    lock = python_env.read_lock(CHECKOUT)
    text = python_env.requirements(lock, "default", "develop")
    assert "cdktf-cdktf-provider-aws==21.22.1" in text
    assert all(" --hash=sha256:" in line for line in text.splitlines())
    for tool in ("java", "node", "terraform"):
        assert python_env.requirements(lock, f"toolchain-{tool}").count("\n") == 1


def test_lock_files_carry_no_download_addresses() -> None:
    python = ("Pipfile.lock", str(checkov.LOCK))
    for name in (*python, "package-lock.json", "image/jars.lock.json", "image/pom.xml"):
        text = (CHECKOUT / name).read_text()
        assert '"resolved"' not in text
        assert "<repository>" not in text
    for name in python:
        assert json.loads((CHECKOUT / name).read_text())["_meta"]["sources"] == []


def test_locking_empties_the_sources_and_keeps_the_rest() -> None:
    before = {"_meta": {"sources": [{"url": "somewhere"}], "hash": {"sha256": "x"}}, "default": {"a": {}}}
    after = json.loads(relock.without_sources(json.dumps(before)))
    assert after == {"_meta": {"sources": [], "hash": {"sha256": "x"}}, "default": {"a": {}}}


def _edit_lock(host: Host, category: str) -> None:
    path = host.checkout / "Pipfile.lock"
    lock = json.loads(path.read_text())
    lock[category]["another"] = {"version": "==1", "hashes": ["sha256:cc"]}
    path.write_text(json.dumps(lock))
