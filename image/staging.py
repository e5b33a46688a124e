"""The parts of an image that come out of this project: jars, packages, files. Docker and the writer of
archives both take them from here."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from image.contents import Contents
from image.errors import ImageError
from image.tree import Tree
from toolchain.needs import jars, python_env

__all__ = ["application_tree", "jar_tree", "locked_packages", "locked_texts", "stage"]

JARS_VARIABLE = "MSK_MIRROR_KAFKA_LIBS"


def stage(checkout: Path, contents: Contents, directory: Path) -> None:
    """Fill `directory` anew as the build context that the image's Dockerfile copies from."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    context = application_tree(checkout, contents).below("rootfs")
    if contents.jars:
        lock = jars.read_lock(checkout / jars.LOCK)
        context.update(jar_tree(checkout, contents).below("rootfs"))
        sums = (f"{jar.sha256}  {place.lstrip('/')}\n" for jar, place in jar_places(lock, contents))
        context.text("sha256sums", "".join(sums))
    if contents.packages:
        context.text("requirements.txt", package_requirements(checkout, contents))
    context.write_directory(directory)


def jar_tree(checkout: Path, contents: Contents) -> Tree:
    """The locked jars, each checked by its sha256; there are no others."""
    lock = jars.read_lock(checkout / jars.LOCK)
    where = os.environ.get(JARS_VARIABLE)
    if not where:
        raise ImageError(f"{JARS_VARIABLE} does not say where the locked jars are; `make images` sees to it")
    if wrong := jars.mismatches(lock, Path(where)):
        raise ImageError("\n".join([f"{where} is not what {jars.LOCK} says:", *wrong]))
    tree = Tree()
    for jar, place in jar_places(lock, contents):
        tree.file(place, Path(where) / jar.filename, mode=0o644)
    return tree


def jar_places(lock: jars.JarLock, contents: Contents) -> list[tuple[jars.Jar, str]]:
    """Every locked jar and its file in the image."""
    wanted = contents.jars
    if wanted is None:
        return []
    apart = dict(wanted.apart)
    places = [(jar, apart.pop(jar.artifact, f"{wanted.to}/{jar.filename}")) for jar in lock.jars]
    if apart:
        raise ImageError(f"{jars.LOCK} has no {', '.join(apart)}, which image/images.yaml puts apart")
    return places


def locked_texts(checkout: Path, contents: Contents) -> tuple[str, ...]:
    """All that the jars of an image depend on."""
    return ((checkout / jars.LOCK).read_text(encoding="utf-8"), repr(contents.jars))


def locked_packages(checkout: Path, contents: Contents) -> dict[str, str]:
    """The image's packages and their versions in Pipfile.lock. Raises ImageError for one it does not have."""
    locked = python_env.read_lock(checkout)["default"]
    names = contents.packages.names if contents.packages else ()
    if missing := [name for name in names if name not in locked]:
        raise ImageError(f"Pipfile.lock has no {', '.join(missing)}, which image/images.yaml names")
    return {name: str(locked[name]["version"]).removeprefix("==") for name in names}


def package_requirements(checkout: Path, contents: Contents) -> str:
    """The image's packages as a pip requirements file with the hashes of Pipfile.lock."""
    locked = python_env.read_lock(checkout)["default"]
    return python_env.requirements(
        {"image": {n: locked[n] for n in locked_packages(checkout, contents)}}, "image"
    )


def application_tree(checkout: Path, contents: Contents) -> Tree:
    """The project's own files."""
    tree = Tree()
    for source, place in contents.files.items():
        if (checkout / source).is_dir():
            tree.everything(place, checkout / source)
        else:
            tree.file(place, checkout / source)
    return tree
