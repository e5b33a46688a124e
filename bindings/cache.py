"""Pruned packages, kept outside the checkout, one for each version of a provider and set of submodules."""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
import tempfile
import time
import zlib
from collections.abc import Collection
from pathlib import Path

from bindings.assembly import FORMAT, UnexpectedPackageError, prune
from bindings.provider import Provider

__all__ = ["folder", "key", "pruned_package"]


def pruned_package(
    provider: Provider, version: str, shipped: Path, submodules: Collection[str]
) -> Path | None:
    """The package that holds these submodules: out of the cache, or made now (seconds, said in one line).

    None, with the reason in one line, where it cannot be made: the shipped package serves then.
    """
    file = folder() / f"{key(provider, version, submodules)}.tgz"
    damaged = file.exists() and not _is_whole(file)
    if file.exists() and not damaged:
        return file
    began = time.monotonic()
    try:
        _write(file, prune(provider, shipped, submodules))
    except (OSError, UnexpectedPackageError) as error:
        _say(f"{provider.assembly} {version} is loaded as shipped, which is slow: {error}")
        return None
    reason = "its file in the cache was damaged" if damaged else "once for this set"
    _say(
        f"packed {len(submodules)} submodules of {provider.assembly} {version} "
        f"in {time.monotonic() - began:.1f} s ({reason}): {file}"
    )
    return file


def folder() -> Path:
    """Where the packages are: $MSK_MIRROR_CACHE/bindings."""
    if own := os.environ.get("MSK_MIRROR_CACHE"):
        return Path(own) / "bindings"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "msk-mirror" / "bindings"


def key(provider: Provider, version: str, submodules: Collection[str]) -> str:
    """The name of a package in the cache; it changes with everything that its content depends on."""
    names = hashlib.sha256("\n".join(sorted(submodules)).encode()).hexdigest()[:16]
    return f"provider-{provider.name}-{version}-{names}-v{FORMAT}"


def _is_whole(file: Path) -> bool:
    """Whether it is a complete gzip file: the trailer holds length and CRC-32 of the content (RFC 1952)."""
    try:
        return bool(gzip.decompress(file.read_bytes()))
    except (OSError, EOFError, zlib.error):
        return False


def _write(file: Path, content: bytes) -> None:
    """In one step, so that a process that reads at the same time sees nothing or all of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".packing-", delete=False) as unfinished:
        try:
            unfinished.write(content)
            unfinished.close()
            Path(unfinished.name).replace(file)
        except BaseException:
            Path(unfinished.name).unlink(missing_ok=True)
            raise


def _say(sentence: str) -> None:
    sys.stderr.write(f"bindings: {sentence}\n")
