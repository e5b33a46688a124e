"""checkov, which scans what is synthesized, in a directory of its own.

It has a lock of its own beside this file: it pins packages, boto3 and networkx among them, that would hold
the project's own back, and pipenv gives every category of one Pipfile the versions of the default one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from toolchain import cache
from toolchain.host import Host, Provided, this_platform
from toolchain.needs import python_env

LOCK = Path("toolchain") / "needs" / "checkov.Pipfile.lock"
PIPFILE = LOCK.with_suffix("")
COMMAND = Path(__file__).with_name("checkov_command.py")


def ensure(host: Host) -> Provided:
    """The command `checkov`, which runs without a network; $MSK_MIRROR_CHECKOV names it."""
    lock = python_env.read_lock(host.checkout, LOCK)
    wanted = python_env.requirements(lock, "default")
    where = folder(host)
    seconds = cache.install(host, where, lambda target: _install(host, target, wanted))
    return Provided(
        "checkov",
        lock["default"]["checkov"]["version"].removeprefix("=="),
        f"{wanted.count(chr(10))} locked packages, apart from the venv",
        variables={"MSK_MIRROR_CHECKOV": str(where / "checkov")},
        seconds=seconds,
    )


def folder(host: Host) -> Path:
    """Where the packages of this checkout's lock, for this Python and platform, are or will be."""
    wanted = python_env.requirements(python_env.read_lock(host.checkout, LOCK), "default")
    return host.cache / f"checkov-{cache.key(wanted, COMMAND.read_text(), this_platform())}"


def _install(host: Host, target: Path, wanted: str) -> None:
    host.say(f"checkov: {wanted.count(chr(10))} packages into {target}")
    python_env.install_packages(host, wanted, target, "checkov packages")
    script = target / COMMAND.name
    shutil.copy(COMMAND, script)
    launcher = target / "checkov"
    # the environment that names this launcher has the venv's Python, for which it was installed, on its PATH;
    # -S: none of the venv's packages
    launcher.write_text(f'#!/bin/sh\nexec python3 -I -S "{script}" "$@"\n')
    launcher.chmod(0o755)
