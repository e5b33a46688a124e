"""Folders of the cache: complete or not there, whoever is killed and however many start at once."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from toolchain.host import Host, SetupError

STAMP = ".complete"


def key(*parts: str) -> str:
    """Twelve hex digits that change when any part does."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def is_complete(folder: Path) -> bool:
    """True once an install into `folder` has ended well."""
    return (folder / STAMP).is_file()


def install(host: Host, folder: Path, build: Callable[[Path], None]) -> float:
    """Fill `folder` by `build(folder)` unless that was done before; the seconds it took, 0.0 for none.

    The folder is filled in place, since a virtual environment cannot be renamed, and counts only with the
    stamp that is written last: what a killed install leaves is removed by the next one.
    """
    if is_complete(folder):
        return 0.0
    with exclusive(host, folder.name):
        if is_complete(folder):
            return 0.0
        started = time.monotonic()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            build(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        (folder / STAMP).touch()
        return time.monotonic() - started


@contextmanager
def exclusive(host: Host, name: str) -> Iterator[None]:
    """Hold the cache's lock `name`, waiting for another process that has it; it ends with its holder."""
    try:
        locks = host.cache / "locks"
        locks.mkdir(parents=True, exist_ok=True)
        file = (locks / name).open("w")
    except OSError as error:
        raise SetupError(
            f"the cache {host.cache} cannot be written ({error.strerror}); "
            "set MSK_MIRROR_CACHE to a directory that can be"
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            host.say(f"waiting for another set-up of {name}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
