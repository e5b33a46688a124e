"""Layers of an image in the cache: what has not changed is not packed again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from image.tree import Tree
from toolchain import cache
from toolchain.host import Host

__all__ = ["Layer", "cached_layer"]

TAR, DIGEST = "layer.tar", "digest"


@dataclass(frozen=True)
class Layer:
    """An uncompressed layer; for such a one the digest of the blob and of its content are the same."""

    what: str
    file: Path
    digest: str


class _Hashing:
    """A file for writing that knows the sha256 of what went through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        return self._file.write(data)


def cached_layer(host: Host, what: str, inputs: tuple[str, ...], plan: Callable[[Path], Tree]) -> Layer:
    """The layer of the files that `plan` tells of, in a directory for what it makes on the way.

    `inputs` say all that the layer depends on, beside the code of this package.
    """
    folder = host.cache / f"layer-{what}-{cache.key(_recipe(), *inputs)}"

    def build(target: Path) -> None:
        host.say(f"image layer: {what}")
        with TemporaryDirectory(dir=target) as work, (target / TAR).open("wb") as file:
            hashing = _Hashing(file)
            plan(Path(work)).write_layer(hashing)  # type: ignore[arg-type] # a stream only writes
            (target / DIGEST).write_text(f"sha256:{hashing.sha256.hexdigest()}")

    cache.install(host, folder, build)
    return Layer(what, folder / TAR, (folder / DIGEST).read_text())


def _recipe() -> str:
    """Changes with the code that makes layers."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(Path(__file__).parent.glob("*.py"))]
    return cache.key(*texts)
