"""The shared libraries that programs of this machine need, for an image that has none of its own."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from image.errors import ImageError
from image.tree import Tree

__all__ = ["add_libraries", "add_programs", "needed_libraries"]

LIBC = "libc.so.6"
NAME_SERVICES = ("libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2")
"""What glibc opens to find users and hosts, and ldd does not see; since 2.34 they are within libc itself
(glibc 2.34 release notes)."""

_LIBRARY = re.compile(r"^\s+(?P<name>\S+)(?: => (?P<path>/\S+))? \(0x", re.MULTILINE)


@dataclass(frozen=True)
class Library:
    """A shared library: its name as programs ask for it, and its file."""

    name: str
    file: Path


def needed_libraries(files: Iterable[Path]) -> list[Library]:
    """What the dynamic loader finds for `files`, all the way down, and the loader itself. What it does not
    find (the JVM's own libraries find one another when they are loaded) is left out."""
    listed = [str(file) for file in files]
    if not listed:
        return []
    if not shutil.which("ldd"):
        raise ImageError("ldd is needed to see which libraries a program needs; images are built on Linux")
    answer = subprocess.run(["ldd", *listed], capture_output=True, text=True, check=False)
    found = {}
    for match in _LIBRARY.finditer(answer.stdout):
        name = match["name"]
        if match["path"] or name.startswith("/"):
            found[name] = Library(name, Path(match["path"] or name))
    return [library for _, library in sorted(found.items())]


def add_libraries(tree: Tree, files: Iterable[Path], within: Iterable[Path] = ()) -> None:
    """Add what `files` need, but not libraries below one of the directories `within`, which come along.

    All go where this machine has its libc, a directory that its loader searches without being told.
    """
    libraries = needed_libraries(files)
    libc = next((library.file for library in libraries if library.name == LIBC), None)
    if libc is None:
        raise ImageError("programs of this machine do not use glibc; its images cannot be built here")
    own = [folder.resolve() for folder in within]
    for library in libraries:
        if any(library.file.resolve().is_relative_to(folder) for folder in own):
            continue
        # the loader's path is written into every program
        place = library.name if library.name.startswith("/") else f"{libc.parent}/{library.name}"
        tree.file(place, library.file.resolve(), mode=0o755)
    for name in NAME_SERVICES:
        if (file := libc.parent / name).exists():
            tree.file(f"{libc.parent}/{name}", file.resolve(), mode=0o755)


def add_programs(tree: Tree, names: Iterable[str]) -> list[Path]:
    """Add programs of this machine to /usr/bin; their files, for `add_libraries`."""
    files = []
    for name in names:
        found = shutil.which(name)
        if not found:
            raise ImageError(f"{name} is not on the PATH")
        files.append(Path(found).resolve())
        tree.file(f"/usr/bin/{name}", files[-1])
    return files
