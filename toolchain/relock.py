"""Regenerate the lock files: hashes and versions, no download addresses."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from toolchain import environment
from toolchain.command import SetupStep, run_step
from toolchain.host import Host, SetupError
from toolchain.needs import cdktf_cli, checkov, jars, python_env


def lock(host: Host, which: Sequence[str]) -> int:
    """Lock each of `which`, all without one; with the tools of the lock that is there now."""
    if unknown := set(which) - set(KINDS):
        raise SetupError(f"there is no lock called {', '.join(sorted(unknown))}; known: {', '.join(KINDS)}")
    met = environment.prepare(host, ("python", "node"), lambda one: host.say(one.line()))
    path = os.pathsep.join([*(str(entry) for one in met for entry in one.path), host.search_path])
    for kind in which or KINDS:
        _LOCKS[kind](host, path)
        host.say(f"{kind}: locked")
    return 0


def without_sources(text: str) -> str:
    """A Pipfile.lock whose index addresses are emptied: pip's own settings say where packages come from."""
    content = json.loads(text)
    content["_meta"]["sources"] = []
    return json.dumps(content, indent=4, separators=(",", ": ")) + "\n"


def _lock_python(host: Host, path: str) -> None:
    _lock_pipfile(host, path, Path("Pipfile"))


def _lock_checkov(host: Host, path: str) -> None:
    _lock_pipfile(host, path, checkov.PIPFILE)


def _lock_pipfile(host: Host, path: str, pipfile: Path) -> None:
    # PIPENV_IGNORE_VIRTUALENVS: pipenv would otherwise take the venv that it runs in for the project's own
    environ = {
        **host.environ,
        "PATH": path,
        "PIPENV_IGNORE_VIRTUALENVS": "1",
        "PIPENV_NOSPIN": "1",
        "PIPENV_PIPFILE": str(host.checkout / pipfile),
        "NO_COLOR": "1",
    }
    step = SetupStep("pipenv lock", ["pipenv", "lock"], python_env.PIP_SYMPTOMS, host.checkout, environ)
    run_step(host, step, lambda line: host.say(f"  {line.rstrip()}"))
    lock_file = host.checkout / f"{pipfile}.lock"
    lock_file.write_text(without_sources(lock_file.read_text()))


def _lock_npm(host: Host, path: str) -> None:
    # .npmrc of the checkout keeps the registry's address out of the lock
    command = ["npm", "install", "--package-lock-only", *cdktf_cli.NPM_OPTIONS]
    environ = {**host.environ, "PATH": path}
    run_step(host, SetupStep("npm lock", command, cdktf_cli.NPM_SYMPTOMS, host.checkout, environ))


def _lock_jars(host: Host, path: str) -> None:
    python = str(python_env.venv_folder(host) / "bin" / "python")
    command = [python, "-m", "toolchain.needs.maven", "lock", str(jars.POM), str(jars.LOCK)]
    environ = {**host.environ, "PATH": path}
    step = SetupStep("jars lock", command, jars.SYMPTOMS, host.checkout, environ)
    run_step(host, step, lambda line: host.say(line.rstrip()))


_LOCKS: dict[str, Callable[[Host, str], None]] = {
    "python": _lock_python,
    "checkov": _lock_checkov,
    "npm": _lock_npm,
    "jars": _lock_jars,
}
KINDS = tuple(_LOCKS)
