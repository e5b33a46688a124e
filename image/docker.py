"""Builds an image with Docker, out of a staged context and the Dockerfile of its name."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from image.contents import Contents, reference_of
from image.errors import ImageError
from image.labels import PREFIX, image_labels
from image.staging import stage
from toolchain.host import CHECKOUT

__all__ = ["BUILD_TIME", "answers", "build", "build_command"]

BUILD_TIME = ("revision", "source")
"""Labels that the Dockerfile cannot know."""
ASK_SECONDS = 10


def answers() -> bool:
    """Whether there is a Docker with a daemon."""
    return _succeeds("version", "--format", "{{.Server.Version}}")


def build(
    name: str,
    contents: Contents,
    directory: Path,
    tag: str | None,
    say: Callable[[str], None],
) -> str:
    """Stage into `directory`/`name` and build; the image's id. Raises ImageError with the end of the log."""
    context = directory / name
    stage(CHECKOUT, contents, context)
    say(f"{name}: docker build, log in {context}.log")
    builder = (
        ("buildx", "build", "--load", "--provenance=false") if _succeeds("buildx", "version") else ("build",)
    )
    with Path(f"{context}.log").open("wb") as log:
        command = ["docker", *builder, *build_command(name, contents, tag), str(context)]
        done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        tail = Path(f"{context}.log").read_text(errors="replace").splitlines()[-15:]
        raise ImageError("\n".join([f"{name}: docker build failed; the end of {context}.log:", *tail]))
    ask = ["docker", "image", "inspect", "--format", "{{.Id}}", reference_of(contents, tag)]
    return subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()


def build_command(name: str, contents: Contents, tag: str | None) -> list[str]:
    """Options of `docker build`: the base by the list, no time of building (reproducible-builds.org,
    SOURCE_DATE_EPOCH; BuildKit takes it as a build argument), labels."""
    options = [
        *("--file", str(CHECKOUT / "image" / f"{name}.Dockerfile")),
        *("--tag", reference_of(contents, tag)),
        *("--build-arg", f"BASE={contents.base}"),
        *("--build-arg", f"SOURCE_DATE_EPOCH={os.environ.get('SOURCE_DATE_EPOCH', '0')}"),
    ]
    for label, value in image_labels(contents, CHECKOUT).items():
        if label.removeprefix(PREFIX) in BUILD_TIME:
            options += ["--label", f"{label}={value}"]
    return options


def _succeeds(*arguments: str) -> bool:
    command: Sequence[str] = ["docker", *arguments]
    try:
        return subprocess.run(command, capture_output=True, timeout=ASK_SECONDS, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
