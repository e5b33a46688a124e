"""The Python of an image that is built without Docker: the one that runs this, and packages of its venv."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from image.errors import ImageError
from image.tree import Tree

__all__ = ["add_packages", "add_python", "canonical", "compile_all", "python_key"]

UNWANTED = re.compile(
    r"(test|tests|idlelib|tkinter|turtledemo|turtle\.py|ensurepip|lib2to3|pydoc_data|config-[^/]*"
    r"|site-packages|dist-packages|lib-dynload/(_tkinter|_test|_ctypes_test|_xx|xxl)[^/]*)"
)
"""What of the standard library (paths within it) an image does not need; `tests` and dist-packages are
Debian's."""


def python_key() -> str:
    """What the runtime depends on."""
    program = Path(sys.executable).resolve()
    return f"{program} {program.stat().st_mtime_ns} {sys.version}"


def add_python(tree: Tree, home: str) -> list[Path]:
    """Add interpreter and standard library at `home`; programs and libraries, for `add_libraries`."""
    base = Path(sys.base_prefix)
    program = Path(sys.executable).resolve()
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    tree.file(f"{home}/bin/{version}", program)
    for name in ("python3", "python"):
        tree.link(f"{home}/bin/{name}", version)
    folders = {
        Path(sysconfig.get_path(kind, vars={"base": str(base), "platbase": str(base)}))
        for kind in ("stdlib", "platstdlib")
    }
    modules = []
    for folder in sorted(folders):
        place = f"{home}/{folder.relative_to(base).as_posix()}"
        tree.everything(place, folder, lambda path: bool(UNWANTED.fullmatch(path.as_posix())))
        modules += [
            path
            for path in sorted((folder / "lib-dynload").glob("*.so"))
            if not UNWANTED.fullmatch(f"lib-dynload/{path.name}")
        ]
    return [program, *modules]


def add_packages(tree: Tree, place: str, wanted: dict[str, str]) -> list[Path]:
    """Add packages (name: locked version) of this environment; their libraries, for `add_libraries`.

    Raises ImageError where this environment is not what the lock says.
    """
    libraries = []
    for name, version in sorted(wanted.items()):
        package = _distribution(name, version)
        for entry in package.files or ():
            source = Path(str(package.locate_file(entry)))
            if ".." in entry.parts or "__pycache__" in entry.parts or not source.is_file():
                continue  # commands, which nobody calls, and bytecode, which is made anew
            tree.file(f"{place}/{entry.as_posix()}", source)
            if ".so" in entry.suffixes:
                libraries.append(source)
    return libraries


def compile_all(directory: Path, places: Iterable[str]) -> None:
    """Byte-compile what is at `places` of the image that is laid out in `directory`.

    A pod's root is read-only: what is not compiled here is compiled at every start. The bytecode is tied to
    no time (PEP 552, unchecked hash) and to no path of this machine.
    """
    command = [
        *(sys.executable, "-m", "compileall", "-q", "-q", "-j", str(os.cpu_count() or 1)),
        *("--invalidation-mode", "unchecked-hash"),
        *("-s", str(directory), "-p", "/"),
        *(f"{directory}{place}" for place in places),
    ]
    # the exit code tells of files that are meant for other Pythons, which some packages carry as test data
    subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": "0"}, check=False)


def canonical(name: str) -> str:
    """A package's name as Pipfile.lock has it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _distribution(name: str, version: str) -> Distribution:
    try:
        found = distribution(name)
    except PackageNotFoundError as error:
        raise ImageError(f"{name} is not installed for {sys.executable}; `make images` sets it up") from error
    if found.version != version:
        raise ImageError(
            f"{name} of {sys.executable} is {found.version}, Pipfile.lock says {version}; "
            "`make images` uses the locked environment"
        )
    return found
