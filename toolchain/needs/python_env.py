"""Python packages from Pipfile.lock by pip alone: the project's venv, and tools that come as packages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toolchain import cache
from toolchain.command import SetupStep, Symptom, counter, run_step
from toolchain.host import Host, Provided, SetupError, this_platform

PIP_OPTIONS = (
    "--require-hashes",
    "--no-deps",
    "--no-input",
    "--disable-pip-version-check",
    "--progress-bar=off",
    "--no-compile",
)
PIP_RETRIES = "5"
PIP_SYMPTOMS = (
    Symptom(
        r"DO NOT MATCH THE HASHES",
        "a package differs from its hash in Pipfile.lock: a damaged download or a changed package. "
        "Try again; if it stays, look at what your index serves before you run `make lock`",
    ),
    Symptom(
        r"NewConnectionError|ConnectTimeout|NameResolution|Max retries|Temporary failure|ProxyError|SSLError|"
        r"Connection (refused|reset|broken)|timed out",
        "the Python package index was not reached. The first set-up needs it: check the network, or name a "
        "mirror in pip's own settings (PIP_INDEX_URL or pip.conf)",
    ),
    Symptom(
        r"Could not find a version|No matching distribution",
        "the Python package index has no build of a locked package for this Python and platform "
        f"({this_platform()}). Try another Python (3.11 is what the lock is tested with)",
    ),
    Symptom(r"No space left", "no space is left; set MSK_MIRROR_CACHE to a directory on a larger disk"),
)


def read_lock(checkout: Path, name: str | Path = "Pipfile.lock") -> dict[str, Any]:
    """A lock that pipenv has made; raises SetupError where it is missing or not JSON."""
    path = checkout / name
    try:
        content: dict[str, Any] = json.loads(path.read_text())
    except (OSError, json.JSONDecodeError) as error:
        raise SetupError(f"{path} cannot be read ({error}); restore it with `git checkout {name}`") from error
    return content


def requirements(lock: Mapping[str, Any], *categories: str) -> str:
    """The categories of a Pipfile.lock as a pip requirements file with hashes, sorted, one package a line."""
    packages = {name: entry for category in categories for name, entry in lock.get(category, {}).items()}
    return "".join(f"{_requirement(name, entry)}\n" for name, entry in sorted(packages.items()))


def _requirement(name: str, entry: Mapping[str, Any]) -> str:
    if "version" not in entry or not entry.get("hashes"):
        raise SetupError(
            f"Pipfile.lock: {name} has no version with hashes; only released packages can be locked"
        )
    extras = f"[{','.join(entry['extras'])}]" if entry.get("extras") else ""
    marker = f" ; {entry['markers']}" if entry.get("markers") else ""
    hashes = "".join(f" --hash={digest}" for digest in entry["hashes"])
    return f"{name}{extras}{entry['version']}{marker}{hashes}"


def venv_folder(host: Host) -> Path:
    """Where the venv of this checkout's Pipfile.lock, this Python and this platform is or will be."""
    wanted = requirements(read_lock(host.checkout), "default", "develop")
    return host.cache / f"venv-{cache.key(wanted, this_platform())}"


def ensure_venv(host: Host) -> Provided:
    """The venv with every package of the lock's default and develop categories."""
    wanted = requirements(read_lock(host.checkout), "default", "develop")
    folder = venv_folder(host)
    if cache.is_complete(folder) and not os.access(folder / "bin" / "python", os.X_OK):
        (folder / cache.STAMP).unlink()  # the Python that it was made of has been removed
    count = wanted.count("\n")
    seconds = cache.install(host, folder, lambda target: _make_venv(host, target, wanted))
    return Provided(
        name="python",
        version=_python_version(folder),
        origin=f"venv with {count} locked packages",
        path=(folder / "bin",),
        # a fresh clone would analyze every package again, for minutes; mypy compares content, not places
        variables={"VIRTUAL_ENV": str(folder), "MYPY_CACHE_DIR": str(folder / "mypy-cache")},
        seconds=seconds,
    )


def _make_venv(host: Host, folder: Path, wanted: str) -> None:
    host.say(f"python: a venv with {wanted.count(chr(10))} packages into {folder}")
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(folder)],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if made.returncode != 0:
        detail = (made.stdout + made.stderr).strip().splitlines()[-1:]
        raise SetupError(
            f"python: {sys.executable} cannot make a venv ({' '.join(detail)}). On Debian and Ubuntu: "
            "apt install python3-venv python3-pip; elsewhere install a Python 3.11+ that has venv and pip"
        )
    _pip_install(host, wanted, folder, "python packages")


def install_target(host: Host, category: str, folder: Path) -> None:
    """Install one category of the lock into `folder`/site by the venv's pip, for a tool not on the PATH."""
    wanted = requirements(read_lock(host.checkout), category)
    if not wanted:
        raise SetupError(
            f"Pipfile.lock has no category {category}; restore it with `git checkout Pipfile.lock`"
        )
    install_packages(host, wanted, folder, category)


def install_packages(host: Host, wanted: str, folder: Path, what: str) -> None:
    """Install a requirements text into `folder`/site by the venv's pip; `what` names the step."""
    _pip_install(host, wanted, folder, what, ("--target", str(folder / "site")))


def _pip_install(host: Host, wanted: str, folder: Path, what: str, options: tuple[str, ...] = ()) -> None:
    python = venv_folder(host) / "bin" / "python"
    listed = folder / "requirements.txt"
    listed.write_text(wanted)
    count = counter(host, wanted.count("\n"), "packages", r"^Collecting ")

    def each_line(line: str) -> None:
        count(line)
        if line.startswith("Installing collected"):
            host.say("  installing")

    command = [str(python), "-m", "pip", "install", *PIP_OPTIONS, "--retries", PIP_RETRIES]
    # a user's PIP_TARGET, PIP_PREFIX or PIP_USER would send the packages elsewhere
    unwanted = ("PIP_TARGET", "PIP_PREFIX", "PIP_USER")
    environ = {name: value for name, value in host.environ.items() if name not in unwanted}
    step = SetupStep(what, [*command, *options, "-r", str(listed)], PIP_SYMPTOMS, environ=environ)
    run_step(host, step, each_line)
    _compile(host, folder)


def _compile(host: Host, folder: Path) -> None:
    """Byte-compile on all cores what pip installed; pip itself would take one core for twice the time."""
    host.say("  compiling")
    python = venv_folder(host) / "bin" / "python"
    # the exit code tells of files that are meant for other Pythons, which some packages carry as test data
    subprocess.run([str(python), "-m", "compileall", "-q", "-q", "-j", "0", str(folder)], check=False)


def _python_version(folder: Path) -> str:
    for line in (folder / "pyvenv.cfg").read_text().splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "version":
            return value.strip()
    return "unknown"
