"""Builds the images without Docker, into archives; and the one that holds a pod's namespaces."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from image.archive import BuiltImage, Configuration, write_archive
from image.contents import read_list, reference_of
from image.errors import ImageError
from image.labels import image_labels
from image.layers import cached_layer
from image.rootfs import image_layers
from image.tree import Tree
from toolchain.host import CHECKOUT, Host, cache_root

__all__ = ["PAUSE", "build_archive", "build_pause"]

PAUSE = "localhost/msk-mirror/pause:1"
"""The process that holds a pod's namespaces."""
PAUSE_SOURCES = Path(__file__).with_name("pause")


def build_archive(
    name: str, directory: Path, tag: str | None = None, say: Callable[[str], None] | None = None
) -> BuiltImage:
    """Build the image `name` of image/images.yaml into `directory`/`name`.tar.

    `tag` is another tag than the list's or, with a colon, a whole reference. A kubelet looks for a name
    without a host in its default registry: what it shall find locally needs a host, as in
    `localhost/msk-mirror/connect:4.1.1`. Raises ImageError, or toolchain.host.SetupError.
    """
    images = read_list()
    if name not in images:
        raise ImageError(f"there is no image {name}; known: {', '.join(images)}")
    contents, host = images[name], _host(say)
    configuration = Configuration(
        entrypoint=contents.entrypoint,
        user=contents.user,
        environment=contents.environment,
        working_directory=contents.working_directory,
        labels=image_labels(contents, host.checkout),
    )
    layers = image_layers(host, contents)
    return write_archive(directory / f"{name}.tar", reference_of(contents, tag), layers, configuration)


def build_pause(directory: Path, say: Callable[[str], None] | None = None) -> BuiltImage:
    """Build localhost/msk-mirror/pause:1 into `directory`/pause.tar: a static program that sleeps until
    SIGTERM and reaps children. Needs Go; raises ImageError without."""

    def plan(work: Path) -> Tree:
        tree = Tree()
        tree.file("/pause", _compile_pause(work))
        return tree

    sources = tuple(file.read_text() for file in sorted(PAUSE_SOURCES.iterdir()))
    layer = cached_layer(_host(say), "pause", sources, plan)
    configuration = Configuration(entrypoint=["/pause"], user="65535:65535")
    return write_archive(directory / "pause.tar", PAUSE, [layer], configuration)


def _compile_pause(work: Path) -> Path:
    go = shutil.which("go")
    if not go:
        raise ImageError("no go on the PATH, which the pause program is compiled with")
    program = work / "pause"
    command = [
        go,
        "build",
        "-trimpath",
        "-buildvcs=false",
        "-ldflags=-s -w -buildid=",
        "-o",
        str(program),
        ".",
    ]
    settings = {"CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off", "GOTOOLCHAIN": "local"}
    done = subprocess.run(
        command, cwd=PAUSE_SOURCES, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ImageError(f"pause: {done.stdout}{done.stderr}")
    return program


def _host(say: Callable[[str], None] | None) -> Host:
    def to_stderr(text: str) -> None:
        print(text, file=sys.stderr)  # noqa: T201 - said as the set-up says it

    return Host(CHECKOUT, cache_root(os.environ), os.environ, say or to_stderr)
