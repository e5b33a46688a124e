"""`python3 -m toolchain` and `make` as a person meets them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.toolchain.conftest import Machine
from toolchain import cleaning, environment
from toolchain.host import CHECKOUT, Host, Provided, SetupError


def test_make_without_a_target_lists_every_target() -> None:
    targets = re.findall(r"^([a-z][a-z0-9-]*):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)
    listed = subprocess.run(["make"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    shown = re.findall(r"^  make ([a-z0-9-]+) +\S", listed, re.MULTILINE)
    assert shown == targets
    phony = re.search(r"^\.PHONY: (.*)$", (CHECKOUT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert sorted(phony.group(1).split()) == sorted(targets)


def test_a_command_takes_the_process_over_with_its_exit_code_and_directory(tmp_path: Path) -> None:
    ended = _toolchain("run", "--", "sh", "-c", "pwd; exit 7", cwd=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (7, f"{tmp_path}\n", "")


def test_a_command_that_is_not_there_is_127() -> None:
    ended = _toolchain("run", "--", "no-such-command")
    assert (ended.returncode, ended.stderr) == (127, "error: the command no-such-command was not found\n")


def test_an_unknown_need_is_a_sentence_and_not_a_traceback() -> None:
    ended = _toolchain("setup", "--needs", "ruby")
    assert ended.returncode == 1
    assert ended.stderr == f"error: there is no need called ruby; known: {', '.join(environment.KNOWN)}\n"


def test_an_unknown_lock_is_a_sentence_and_not_a_traceback() -> None:
    ended = _toolchain("lock", "gems")
    assert (ended.returncode, ended.stderr) == (
        1,
        "error: there is no lock called gems; known: python, checkov, npm, jars\n",
    )


def test_a_cache_that_cannot_be_is_a_sentence_and_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = _toolchain("setup", "--needs", "python", cache=tmp_path / "file" / "cache")
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: ")
    assert "set MSK_MIRROR_CACHE" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_environment_has_the_checkouts_commands_before_the_needs_and_the_users(machine: Machine) -> None:
    host = machine.host()
    met = [
        Provided("python", "3", "venv", path=(Path("/venv/bin"),), variables={"A": "1"}),
        Provided("node", "24", "from PATH", variables={"B": "2"}),
    ]
    made = environment.compose(host, met, ["python", "node"])
    assert made["PATH"] == os.pathsep.join([str(host.checkout / "bin"), "/venv/bin", host.environ["PATH"]])
    assert (made["A"], made["B"], made["MSK_MIRROR_CACHE"]) == ("1", "2", str(host.cache))


def test_a_prepared_environment_serves_until_a_lock_file_changes(machine: Machine) -> None:
    host = machine.host()
    made = environment.compose(host, [], ["kafka", "java"])
    inner = Host(host.checkout, host.cache, {**host.environ, **made}, machine.said.append)
    assert environment.is_prepared(inner, ["kafka"])
    assert not environment.is_prepared(inner, ["provider"])
    assert not environment.is_prepared(host, ["kafka"])
    (host.checkout / "Pipfile.lock").write_text("{}")
    assert not environment.is_prepared(inner, ["kafka"])


def test_needs_bring_what_they_rest_on_in_order(machine: Machine) -> None:
    with pytest.raises(SetupError, match="no need called ruby"):
        environment.prepare(machine.host(), ["ruby"], lambda _provided: None)
    made = environment.compose(machine.host(), [], ["provider", "cdktf"])
    assert made[environment.MARK].partition(":")[2] == "python,node,cdktf,terraform,provider"


def test_a_report_line_tells_version_origin_time_and_note() -> None:
    provided = Provided("java", "17.0.15", "from PATH", seconds=12.4, note="a note")
    assert (
        provided.line() == "java 17.0.15          from PATH (installed in 12 s)\n                      a note"
    )


def test_clean_removes_what_is_generated_and_keeps_the_cache_unless_asked(machine: Machine) -> None:
    host = machine.host()
    (host.checkout / "build" / "reports").mkdir(parents=True)
    (host.checkout / "topology" / "__pycache__").mkdir(parents=True)
    (host.checkout / ".coverage").touch()
    cleaning.clean(host, cache_too=False)
    assert sorted(path.name for path in host.checkout.rglob("*")) == ["Pipfile.lock", "topology"]
    assert host.cache.is_dir()
    cleaning.clean(host, cache_too=True)
    assert not host.cache.exists()


def _toolchain(
    *arguments: str, cwd: Path | None = None, cache: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the toolchain in an environment that is prepared already, so that no test installs anything."""
    host = Host(CHECKOUT, cache or CHECKOUT / "build" / "no-cache", os.environ, print)
    prepared = (
        environment.compose(host, [], ["python"]) if cache is None else {"MSK_MIRROR_CACHE": str(cache)}
    )
    return subprocess.run(
        [sys.executable, "-m", "toolchain", *arguments],
        cwd=cwd,
        env={**os.environ, **prepared, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
    )
